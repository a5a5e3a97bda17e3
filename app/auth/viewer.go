// Package auth knows who is asking and what they may do.
package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"portal/app/clock"
	"portal/app/fault"
)

// Viewer is who is asking. The zero Viewer is a visitor who has not signed in.
type Viewer struct {
	ID       int64 // users.id; 0: nobody is signed in
	Username string
	Name     string
	Email    string
	Theme    string         // system, light or dark
	Avatar   int64          // version of the picture, 0 for none
	Zone     *time.Location // never nil in a request
	SignIn   int64          // sign_ins.id of this session, 0 outside one
	Address  string         // where the request came from
	Request  string         // the request's id, as the log has it

	Confirmed time.Time // when the password was last given in this session; zero outside one
	Factor    bool      // signs in with a second factor

	roles  []int64 // granted and not ended
	access *Access
	system bool

	real  *Viewer   // who looks through this one's eyes; nil when nobody does
	eyes  Eyes      // whose eyes these are
	until time.Time // when the looking ends
}

type viewerKey struct{}

// With puts the viewer into the context.
func With(ctx context.Context, v *Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// From is who is asking; a visitor when the context knows nobody.
func From(ctx context.Context) *Viewer {
	if v, ok := ctx.Value(viewerKey{}).(*Viewer); ok {
		return v
	}
	return &Viewer{Zone: time.UTC, Theme: "system"}
}

// System is the viewer of work that no person asked for: jobs, imports, the command line.
func System(name string) *Viewer {
	return &Viewer{Name: name, Username: name, Zone: time.UTC, system: true}
}

// Known reports whether somebody is signed in.
func (v *Viewer) Known() bool { return v.ID != 0 }

// IsSystem reports whether the portal itself is at work.
func (v *Viewer) IsSystem() bool { return v.system }

// Can reports whether the viewer may use the route, or the node of the access tree, of that name.
// It runs no query.
func (v *Viewer) Can(route string) bool { return v.decide(route).by != byNothing }

// decide is what Can and Explain answer by.
func (v *Viewer) decide(route string) decision {
	switch {
	case v.system:
		return decision{by: bySystem}
	case v.access == nil:
		return decision{}
	}
	return v.access.decide(v, route)
}

// Admin reports whether the viewer holds the role admin, which passes every check.
func (v *Viewer) Admin() bool { return v.system || v.access != nil && v.access.admin(v.roles) }

// Roles are the ids of the roles the viewer holds, with those they include.
func (v *Viewer) Roles() []int64 {
	if v.access == nil {
		return nil
	}
	return v.access.Including(v.roles)
}

// Sight is a text that is another one as soon as the viewer may see or do something else, or is shown it
// otherwise: the person, their roles, the access in force and the zone. What was drawn for one sight is drawn for no other.
func (v *Viewer) Sight() string {
	var serial uint64
	if v.access != nil {
		serial = v.access.serial
	}
	sight := fmt.Sprintf("%d/%d/%v/%s", v.ID, serial, v.roles, v.Zone)
	if v.real != nil {
		sight += fmt.Sprintf("/seen by %d/%d", v.real.ID, v.until.Unix())
	}
	return sight
}

// Rights is a text that is another one once the viewer was granted, or lost, a role.
func (v *Viewer) Rights() string {
	all := slices.Clone(v.roles)
	slices.Sort(all)
	return fmt.Sprint(all)
}

// FactorRole is a role of the viewer's that requires a second factor, granted or included; empty for none.
func (v *Viewer) FactorRole() string {
	if v.access == nil {
		return ""
	}
	return v.access.factorRole(v.roles)
}

// NeedsFactor reports whether the viewer must set up a second factor before anything else. Through another's eyes
// the portal is seen as if they had one.
func (v *Viewer) NeedsFactor() bool {
	return v.Known() && !v.Viewing() && !v.Factor && v.FactorRole() != ""
}

// Visitor makes the viewer of a request without a session.
func Visitor(a *Access) *Viewer { return &Viewer{Zone: time.UTC, Theme: "system", access: a} }

// member is what is cached of a person: enough to answer for who they are.
type member struct {
	ID       int64
	Username string
	Name     string
	Email    string
	Zone     string
	Theme    string
	Avatar   int64
	Locked   bool
	Factor   bool
	Grants   []grant
}

type grant struct {
	Role  int64
	Until time.Time // zero: without an end
}

func (m member) viewer(a *Access, now time.Time) *Viewer {
	v := &Viewer{
		ID: m.ID, Username: m.Username, Name: m.Name, Email: m.Email, Theme: m.Theme, Avatar: m.Avatar,
		Zone: clock.Zone(m.Zone), Factor: m.Factor, access: a,
	}
	for _, g := range m.Grants {
		if g.Until.IsZero() || now.Before(g.Until) {
			v.roles = append(v.roles, g.Role)
		}
	}
	return v
}

// NeedSignIn is the fault of a visitor who asks for what needs an account.
func NeedSignIn() error { return fault.New(fault.SignIn, "Please sign in first.") }
