package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

// Routes that the pages of the mappings ask about.
const (
	editMapping = "admin.mapping.edit.save"
	seeWhy      = "admin.why.see"
)

func mappings(k feature.Kit) part {
	h := mappingHandlers{k}
	w := whyHandlers{k}
	return part{
		access: []feature.Access{
			{Node: "admin.mapping.see", Label: "See who may use what", Roles: []string{auth.Admin}},
			{Node: "admin.mapping.edit", Label: "Set who may use what, and the menu", Roles: []string{auth.Admin}},
			{Node: "admin.why", Label: "Ask why somebody may or may not", Roles: []string{auth.Admin}},
		},
		nav: []feature.NavItem{{Title: "Route mappings", Icon: "shield-lock", Route: "mapping.see.list", Category: menu, Weight: 40}},
		routes: []feature.Route{
			feature.Get("mapping.see.list", "/routes", "Route mappings", h.list),
			feature.Get("mapping.see.who", "/routes/who/:node", "Who may use a route", h.who),
			feature.Get("mapping.edit.who", "/routes/who/:node/edit", "Editor of who may use a route", h.whoForm),
			feature.Post("mapping.edit.save", "/routes/edit", "Set who may use routes", h.save).Confirmed(),
			feature.Post("mapping.edit.several", "/routes/selected", "Editor of who may use several routes", h.several).Confirmed(),
			feature.Get("mapping.see.menu", "/routes/menu/:node/:field", "A field of the menu", h.menuField),
			feature.Get("mapping.edit.menu.form", "/routes/menu/:node/:field/edit", "Editor of a field of the menu", h.menuForm),
			feature.Post("mapping.edit.menu", "/routes/menu/:node/:field", "Change a field of the menu", h.saveMenu).Confirmed(),
			feature.Post("mapping.edit.move", "/routes/move", "Move an entry of the menu", h.move).Confirmed(),
			feature.Post("mapping.edit.undo", "/routes/undo/:id<int>", "Take a change of mappings back", h.undo).Confirmed(),
			feature.Get("why.see", "/why", "Why somebody may or may not", w.show),
		},
	}
}

type mappingHandlers struct{ feature.Kit }

func (h mappingHandlers) list(c *fiber.Ctx) error {
	q, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		q = url.Values{}
	}
	p := h.page(c, mappingFilterOf(q), "")
	web.Push(c, p.f.link())
	return web.Show(c, web.Page{Title: "Route mappings", Body: mappingList(p)})
}

// page is what the page shows now; saved is the cell that was just saved.
func (h mappingHandlers) page(c *fiber.Ctx, f mappingFilter, saved string) *mappingPage {
	p := newMappingPage(newMappingTree(h.Kit), h.Mappings.Tree(), f)
	v := auth.From(c.UserContext())
	p.saved, p.may, p.whys = saved, v.Can(editMapping), v.Can(seeWhy)
	for _, s := range p.sections {
		s.top.find(saved)
	}
	return p
}

// mappingBack is the page that the form stood on, with its filters.
func mappingBack(c *fiber.Ctx) mappingFilter {
	at := c.Get("HX-Current-URL")
	if at == "" {
		at = c.Get(fiber.HeaderReferer)
	}
	if sent := web.Value(c, "back"); sent != "" {
		at = sent
	}
	u, err := url.Parse(at)
	if err != nil || u.Path != mappingPath {
		return mappingFilter{View: "access"}
	}
	return mappingFilterOf(u.Query())
}

// node is the one that the address names.
// Errors: fault.NotFound when no route has it.
func (h mappingHandlers) node(c *fiber.Ctx) (string, mappingTree, error) {
	t := newMappingTree(h.Kit)
	node := c.Params("node")
	if !h.Mappings.Tree().Has(node) {
		return "", t, fault.New(fault.NotFound, "There is no such route.")
	}
	return node, t, nil
}

func (h mappingHandlers) who(c *fiber.Ctx) error {
	node, t, err := h.node(c)
	if err != nil {
		return err
	}
	if !web.IsFragment(c) {
		return c.Redirect(mappingFilter{Text: node}.link(), fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: whoValue(t.who(node), auth.From(c.UserContext()).Can(editMapping))})
}

func (h mappingHandlers) whoForm(c *fiber.Ctx) error {
	node, t, err := h.node(c)
	if err != nil {
		return err
	}
	f := t.newWhoForm([]string{node}, mappingBack(c).link())
	if web.IsFragment(c) {
		return web.Show(c, web.Page{Body: whoEditor(f)})
	}
	f.alone = true
	return web.Show(c, web.Page{Title: "Who may use " + t.title(node), Body: whoPage(f)})
}

// several is the editor of the rows that were ticked, or what resetting them would do.
func (h mappingHandlers) several(c *fiber.Ctx) error {
	var f mappingForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	t := newMappingTree(h.Kit)
	slices.Sort(f.Nodes)
	f.Nodes = slices.Compact(f.Nodes)
	f.Nodes = slices.DeleteFunc(f.Nodes, func(n string) bool { return !h.Mappings.Tree().Has(n) })
	if len(f.Nodes) == 0 {
		return fault.New(fault.Invalid, "Tick the rows first that shall change.")
	}
	f.Versions = nil
	for _, n := range f.Nodes {
		f.Versions = append(f.Versions, t.who(n).version())
	}
	if f.Does == "reset" {
		return h.look(c, f, t)
	}
	form := t.newWhoForm(f.Nodes, mappingBack(c).link())
	if web.IsFragment(c) {
		return web.Show(c, web.Page{Body: severalDialog(form)})
	}
	form.alone = true
	return web.Show(c, web.Page{Title: "Who may use these", Body: severalPage(form)})
}

func (h mappingHandlers) undo(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return err
	}
	nodes, err := h.Mappings.Undo(c.UserContext(), id)
	if err != nil {
		return err
	}
	said := strconv.Itoa(len(nodes)) + " mappings are as they were."
	if len(nodes) == 1 {
		said = "The mapping of “" + newMappingTree(h.Kit).title(nodes[0]) + "” is as it was."
	}
	return h.done(c, said, 0, "")
}

// listShown reports whether htmx asks from the page itself, not from an editor that stands on a page of its own.
func listShown(c *fiber.Ctx) bool {
	u, err := url.Parse(c.Get("HX-Current-URL"))
	return err != nil || !strings.HasPrefix(u.Path, mappingPath+"/")
}

// done shows the page as it is after a change, with the way back.
func (h mappingHandlers) done(c *fiber.Ctx, said string, saved int64, cell string) error {
	back := mappingBack(c)
	r := web.Result{Back: back.link(), Toast: said, Event: "portal.done"}
	if saved != 0 {
		r.Undo = mappingPath + "/undo/" + itoa(saved)
	}
	if web.IsFragment(c) && listShown(c) {
		c.Set("HX-Retarget", "#list")
		c.Set("HX-Reswap", "outerHTML")
		p := h.page(c, back, cell)
		r.Piece, r.Also = mappingBody(p), []templ.Component{mappingStatsOut(p)}
	}
	return web.Done(c, r)
}
