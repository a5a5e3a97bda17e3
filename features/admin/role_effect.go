package admin

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
)

// roleEffectView is what a change of a role will do, before it is saved.
type roleEffectView struct {
	role   auth.RoleInfo // as it is
	f      roleForm      // as it will be
	effect effectView
}

// included are the roles, as one text.
func included(roles []string) string {
	if len(roles) == 0 {
		return "no other role"
	}
	return strings.Join(roles, ", ")
}

// save shows who would gain and lose, and saves once that has been seen; what changes nobody's access is saved at once.
func (h roleHandlers) save(c *fiber.Ctx) error {
	ctx := c.UserContext()
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoRole()
	}
	var f roleForm
	err = web.Bind(c, &f)
	var effect auth.Effect
	if err == nil && !f.Confirmed {
		effect, err = h.store.Effect(ctx, h.Mappings.Tree().Routes, auth.RoleInfo{ID: id, Version: f.Version}, f.form())
	}
	if err == nil && !effect.None() {
		return h.preview(c, f, effect)
	}
	if err == nil {
		err = h.store.Edit(ctx, id, f.Version, f.form())
	}
	if err != nil {
		return h.again(c, err, "role", func(p *rolePage) {
			if fault.Is(err, fault.Invalid) { // after a conflict the page shows what it is now
				p.f = f
			}
		})
	}
	return web.Done(c, web.Result{Back: rolePath(id), Toast: "The role " + f.Name + " is saved."})
}

// preview shows what the form would do, to be saved or left.
func (h roleHandlers) preview(c *fiber.Ctx, f roleForm, e auth.Effect) error {
	p, err := h.page(c)
	if err != nil {
		return err
	}
	v := roleEffectView{role: p.role, f: f, effect: effectView{effect: e, tree: newMappingTree(h.Kit)}}
	return web.Show(c, web.Page{Title: "Change the role " + p.role.Name, Body: roleEffectPage(v)})
}
