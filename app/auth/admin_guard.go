package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/fault"
)

// adminNode covers all that administrates the portal.
const adminNode = "admin"

// MayChange refuses that somebody who is no administrator changes the account of one, or of anybody who may do more of
// the administration than they: whoever may reset its password, or lock it, could take its place. Whoever works for
// the portal itself may.
// Errors: fault.Forbidden.
func (u *Users) MayChange(ctx context.Context, id int64) error { return mayChange(ctx, u.db.Read, id) }

func mayChange(ctx context.Context, db bun.IDB, id int64) error {
	v := From(ctx)
	if !v.Known() || v.Admin() || v.ID == id {
		return nil
	}
	admins, err := adminRoles(ctx, db)
	if err != nil {
		return err
	}
	var held []int64
	if err := db.NewSelect().Table("user_roles").Column("role_id").Where("user_id = ?", id).Scan(ctx, &held); err != nil {
		return fmt.Errorf("look up roles of %d: %w", id, err)
	}
	for _, r := range held {
		if slices.Contains(admins, r) {
			return fault.New(fault.Forbidden, "This account is an administrator's; only administrators change it.")
		}
		if v.below(r) {
			return fault.New(fault.Forbidden, "This account may change more of the administration than you may; ask an administrator to do this.")
		}
	}
	return nil
}

// mayGive refuses that somebody who is no administrator makes administrators, by a grant or by what a role includes;
// and that they give what they do not have: a role that changes more of the administration than they may.
func mayGive(ctx context.Context, db bun.IDB, role int64) error {
	v := From(ctx)
	if !v.Known() || v.Admin() {
		return nil
	}
	roles, err := adminRoles(ctx, db)
	if err != nil {
		return err
	}
	if slices.Contains(roles, role) {
		return fault.New(fault.Forbidden, "This role makes administrators; only administrators give or change it.")
	}
	if v.below(role) {
		return fault.New(fault.Forbidden, "This role may change more of the administration than you may; only administrators give or change it.")
	}
	return nil
}

// reads reports whether the node of the administration is of routes that only show something.
func reads(node string) bool {
	return strings.Contains(node+".", ".see.") || Covers("admin.audit", node) || Covers("admin.why", node)
}

// below reports whether the role changes a part of the administration that the viewer may not use.
func (v *Viewer) below(role int64) bool {
	if v.access == nil {
		return false
	}
	for node := range v.access.Mappings {
		if Covers(adminNode, node) && !reads(node) && v.access.RoleMay(role, node) && !v.Can(node) {
			return true
		}
	}
	return false
}

// mayMap refuses that somebody who is no administrator says who administrates the portal: who sets the mappings of
// other features could open all of this to themselves.
func mayMap(ctx context.Context, steps []step) error {
	v := From(ctx)
	if !v.Known() || v.Admin() {
		return nil
	}
	for _, s := range steps {
		if Covers(adminNode, s.is.Node) && s.other() {
			return fault.New(fault.Forbidden, "Only administrators set who may use %s.", s.is.Node)
		}
	}
	return nil
}

// other reports whether the step changes who may, and not only the menu.
func (s step) other() bool {
	was, now := s.was.Audience, s.is.Audience
	if s.was.ID == 0 {
		was = string(ForInherit)
	}
	if s.gone {
		now = string(ForInherit)
	}
	return was != now || now == string(ForRoles) && !slices.Equal(s.was.roles, s.is.roles)
}
