package auth

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"portal/app/data"
	"portal/app/fault"
)

// ViewLife is how long an administrator may look through somebody's eyes before it ends by itself.
const ViewLife = 15 * time.Minute

// Eyes are those of a person or of anybody with a role: whom an administrator views the portal as.
// The zero Eyes are nobody's.
type Eyes struct {
	Person int64 // users.id
	Role   int64 // roles.id
}

// String is how a session keeps it: "person:17", "role:3", empty for nobody.
func (e Eyes) String() string {
	switch {
	case e.Person != 0:
		return "person:" + strconv.FormatInt(e.Person, 10)
	case e.Role != 0:
		return "role:" + strconv.FormatInt(e.Role, 10)
	}
	return ""
}

// ParseEyes reads what String made; nobody's when it can't.
func ParseEyes(s string) Eyes {
	kind, text, _ := strings.Cut(s, ":")
	id, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return Eyes{}
	case kind == "person":
		return Eyes{Person: id}
	case kind == "role":
		return Eyes{Role: id}
	}
	return Eyes{}
}

// Real is who truly asks: the administrator, when the portal is viewed as somebody else. Logs name the real one.
func (v *Viewer) Real() *Viewer {
	if v.real != nil {
		return v.real
	}
	return v
}

// Viewing reports whether the portal is viewed as somebody else; nothing may be changed then.
func (v *Viewer) Viewing() bool { return v.real != nil }

// ViewUntil is when the viewing as somebody else ends; zero when it is none.
func (v *Viewer) ViewUntil() time.Time { return v.until }

// See is the portal as those eyes see it, for an administrator, until a moment. For a role it is a made-up person
// who holds it and nothing else: whatever belongs to people is not theirs.
// Errors: fault.Forbidden for who is no administrator; fault.NotFound when there is no such person or role;
// fault.Conflict for who may not sign in, and so sees nothing.
func (u *Users) See(ctx context.Context, real *Viewer, e Eyes, until time.Time) (*Viewer, error) {
	if !real.Admin() || real.Viewing() {
		return nil, fault.New(fault.Forbidden, "Only administrators view the portal as somebody else.")
	}
	v, err := u.through(ctx, real, e)
	if err != nil {
		return nil, err
	}
	v.real, v.eyes, v.until = real, e, until
	v.SignIn, v.Address, v.Request, v.Confirmed = real.SignIn, real.Address, real.Request, real.Confirmed
	return v, nil
}

func (u *Users) through(ctx context.Context, real *Viewer, e Eyes) (*Viewer, error) {
	if e.Role != 0 {
		a := u.gate.Access()
		name := a.RoleName(e.Role)
		if name == "" {
			return nil, fault.New(fault.NotFound, "There is no such role.")
		}
		// No account has a number below zero, or a blank in its user name.
		return &Viewer{
			ID: -e.Role, Username: "role " + name, Name: "Somebody with the role " + name, Theme: real.Theme, Zone: real.Zone,
			roles: []int64{e.Role}, access: a,
		}, nil
	}
	v, err := u.Viewer(ctx, e.Person)
	if !fault.Is(err, fault.SignIn) {
		return v, err
	}
	row, err := u.ByID(ctx, e.Person)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, fault.New(fault.NotFound, "There is no such person.")
	case err != nil:
		return nil, err
	}
	return nil, fault.New(fault.Conflict, "%s is locked out and sees nothing of the portal. Unlock the account first.", row.Name)
}

// Again is the same viewer as they are now, through the same eyes if it was through somebody's.
// Errors: fault.SignIn when they may not sign in any more; any fault when the viewing as somebody else has ended.
func (u *Users) Again(ctx context.Context, v *Viewer) (*Viewer, error) {
	if v.real == nil {
		return u.Viewer(ctx, v.ID)
	}
	if !u.db.Now().Before(v.until) {
		return nil, NeedSignIn()
	}
	real, err := u.Viewer(ctx, v.real.ID)
	if err != nil {
		return nil, err
	}
	return u.See(ctx, real, v.eyes, v.until)
}

// Viewed is the sentence for the logs that somebody began or ceased to view the portal as v's person or role.
// It stands in the real viewer's name.
func (v *Viewer) Viewed(what string) data.Change {
	c := data.Change{Feature: "admin", Kind: "user", ID: v.eyes.Person, What: what, Title: v.Name}
	if v.eyes.Role != 0 {
		c.Kind, c.ID = "role", v.eyes.Role
	} else {
		c.URL = "/admin/users/" + v.Username
	}
	c.Fields = []data.Field{{Name: "until", New: v.until.UTC().Format(time.RFC3339)}}
	return c
}

// Whom is how the banner names whose eyes these are.
func (v *Viewer) Whom() string {
	if v.eyes.Role != 0 {
		return v.Name
	}
	return fmt.Sprintf("%s (%s)", v.Name, v.Username)
}
