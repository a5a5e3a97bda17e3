package admin

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
)

// mappingForm is what the editors of who may send: one node, or several with the version of each.
type mappingForm struct {
	Does      string   `form:"does"` // who, reset or remove
	Nodes     []string `form:"node"`
	Versions  []int64  `form:"version"`
	Audience  string   `form:"audience"`
	Roles     []string `form:"role"`
	Confirmed bool     `form:"confirmed"` // who gains and loses was shown

	note string // what has changed meanwhile, for the preview
}

// nodesMost is how many mappings one form may change: more than there are.
const nodesMost = 2000

// edits are the changes that the form asks for.
func (f mappingForm) edits() ([]auth.MappingEdit, error) {
	if len(f.Nodes) == 0 || len(f.Versions) != len(f.Nodes) || len(f.Nodes) > nodesMost {
		return nil, fault.New(fault.Invalid, "Reload the page and try again.")
	}
	var all []auth.MappingEdit
	for i, node := range f.Nodes {
		e := auth.MappingEdit{Node: node, Version: f.Versions[i]}
		switch f.Does {
		case "who":
			e.Who = &auth.Who{Audience: auth.Audience(f.Audience)}
			if e.Who.Audience == auth.ForRoles {
				e.Who.Roles = f.Roles
			}
		case "reset":
			e.Reset = true
		case "remove":
			e.Remove = true
		default:
			return nil, fault.New(fault.Invalid, "Reload the page and try again.")
		}
		if e.Version < 0 || slices.ContainsFunc(all, func(o auth.MappingEdit) bool { return o.Node == node }) {
			return nil, fault.New(fault.Invalid, "Reload the page and try again.")
		}
		all = append(all, e)
	}
	return all, nil
}

// save shows who would gain and lose, and saves once that has been seen; what changes nobody's access is saved at once.
func (h mappingHandlers) save(c *fiber.Ctx) error {
	var f mappingForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	t := newMappingTree(h.Kit)
	edits, err := f.edits()
	if err != nil {
		return err
	}
	effect, err := h.Mappings.Effect(c.UserContext(), edits)
	if err != nil {
		return h.refused(c, f, t, err)
	}
	if !effect.None() && !f.Confirmed {
		return h.preview(c, f, t, effect)
	}
	saved, err := h.Mappings.Save(c.UserContext(), edits)
	if err != nil {
		return h.refused(c, f, t, err)
	}
	return h.done(c, f.said(t, saved), saved, f.Nodes[0])
}

// said is what happened, for the toast.
func (f mappingForm) said(t mappingTree, saved int64) string {
	what := "“" + t.title(f.Nodes[0]) + "”"
	if len(f.Nodes) > 1 {
		what = strconv.Itoa(len(f.Nodes)) + " mappings"
	}
	switch {
	case saved == 0:
		return "Nothing had to be changed: it is so already."
	case f.Does == "reset":
		return "Reset to default: " + what + "."
	case f.Does == "remove" && len(f.Nodes) == 1:
		return "The mapping of " + f.Nodes[0] + " is removed."
	case f.Does == "remove":
		return "Removed: " + what + "."
	}
	return "Saved who may use " + what + "."
}

// look works out what the form would do, and shows it.
func (h mappingHandlers) look(c *fiber.Ctx, f mappingForm, t mappingTree) error {
	edits, err := f.edits()
	if err != nil {
		return err
	}
	effect, err := h.Mappings.Effect(c.UserContext(), edits)
	if err != nil {
		return err
	}
	return h.preview(c, f, t, effect)
}

// preview shows what the form would do, to be saved or left.
func (h mappingHandlers) preview(c *fiber.Ctx, f mappingForm, t mappingTree, effect auth.Effect) error {
	v := effectView{does: f.Does, effect: effect, audience: f.Audience, roles: f.Roles, note: f.note, back: mappingBack(c).link(), tree: t}
	v.title = "Set who may use “" + t.title(f.Nodes[0]) + "”"
	switch {
	case f.Does == "reset" && len(f.Nodes) == 1:
		v.title = "Reset “" + t.title(f.Nodes[0]) + "” to default"
	case f.Does == "reset":
		v.title = "Reset " + strconv.Itoa(len(f.Nodes)) + " mappings to default"
	case len(f.Nodes) > 1:
		v.title = "Set who may use " + strconv.Itoa(len(f.Nodes)) + " parts"
	}
	for i, node := range f.Nodes {
		v.lines = append(v.lines, t.effectLine(h.Mappings.Tree(), f, node, f.Versions[i]))
	}
	status := fiber.StatusOK
	if f.note != "" {
		status = fiber.StatusConflict
	}
	if web.IsFragment(c) {
		c.Set("HX-Retarget", "#dialog-body")
		c.Set("HX-Reswap", "innerHTML")
		return web.ShowAs(c, status, web.Page{Body: effectDialog(v)})
	}
	return web.ShowAs(c, status, web.Page{Title: v.title, Body: effectPage(v)})
}

// effectLine says what one mapping is and will be.
func (t mappingTree) effectLine(tree auth.Tree, f mappingForm, node string, version int64) effectLine {
	l := effectLine{node: node, title: t.title(node), version: version, was: t.ownSaid(node), is: "no mapping of its own"}
	var ids []int64
	for _, name := range f.Roles {
		ids = append(ids, t.access.RoleID(name))
	}
	if f.Does == "who" {
		l.is = t.access.WhoSaid(auth.Audience(f.Audience), ids)
		return l
	}
	if d, declared := tree.Default(node); declared {
		for _, name := range d.Roles {
			ids = append(ids, t.access.RoleID(name))
		}
		l.is = t.access.WhoSaid(d.Audience, ids)
	}
	return l
}

// ownSaid is whom the node's own mapping is for.
func (t mappingTree) ownSaid(node string) string {
	m := t.access.Mappings[node]
	if m == nil {
		return t.access.WhoSaid(auth.ForInherit, nil)
	}
	return t.access.WhoSaid(m.Audience, m.Roles)
}

// refused brings the editor back with what was typed. After somebody else's change it holds the newer version and
// says what is there now, so that it can be sent again.
func (h mappingHandlers) refused(c *fiber.Ctx, f mappingForm, t mappingTree, err error) error {
	kind := fault.Of(err).Kind
	if kind != fault.Invalid && kind != fault.Conflict || f.Does == "remove" {
		return err
	}
	note := ""
	if kind == fault.Conflict {
		note = fault.Of(err).Public + " Save again to put yours in its place."
		f.Versions = nil
		for _, n := range f.Nodes {
			f.Versions = append(f.Versions, t.who(n).version())
		}
		if f.Confirmed || f.Does == "reset" { // in the dialog
			f.note = note
			return h.look(c, f, t)
		}
	}
	if f.Does == "reset" {
		return err
	}
	form := t.newWhoForm(f.Nodes, mappingBack(c).link())
	form.audience, form.roles, form.note, form.wrong = f.Audience, map[string]bool{}, note, fault.Of(err).Fields
	if kind == fault.Invalid && form.wrong == nil {
		form.note = fault.Of(err).Public
	}
	for _, r := range f.Roles {
		form.roles[r] = true
	}
	switch {
	case len(f.Nodes) == 1 && web.IsFragment(c) && !f.Confirmed:
		return web.Retry(c, err, web.Page{Body: whoEditor(form)})
	case web.IsFragment(c):
		c.Set("HX-Retarget", "#dialog-body")
		c.Set("HX-Reswap", "innerHTML")
		return web.Retry(c, err, web.Page{Body: severalDialog(form)})
	case len(f.Nodes) == 1:
		return web.Retry(c, err, web.Page{Title: "Who may use " + t.title(f.Nodes[0]), Body: whoPage(form)})
	}
	return web.Retry(c, err, web.Page{Title: "Who may use these", Body: severalPage(form)})
}
