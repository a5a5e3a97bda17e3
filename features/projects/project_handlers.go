package projects

import (
	"context"
	"crypto/rand"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/savedview"
	"portal/app/web"
	"portal/components"
)

// base is what all handlers of the feature stand on.
type base struct {
	projects *projectStore
	tasks    *taskStore
	notes    *noteStore
	files    *fileStore
	drawn    *drawn
	mine     *mineStore
	views    *savedview.Store
	feeds    *feedStore

	statistics *statisticsStore
}

type projectHandlers struct{ base }

func (b base) today(ctx context.Context) clock.Day {
	return clock.DayOf(b.projects.db.Now(), auth.From(ctx).Zone)
}

// open is the project of the address, and what turns its ids into words.
func (b base) open(c *fiber.Ctx) (heldProject, view, error) {
	n, err := web.ID(c, "id")
	if err != nil {
		return heldProject{}, view{}, errNoProject()
	}
	h, err := b.projects.Get(c.UserContext(), n)
	if err != nil {
		return h, view{}, err
	}
	v, err := b.projects.view(c.UserContext())
	return h, v.of(h), err
}

func (h projectHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l := listView{me: auth.From(ctx)}
	web.Query(c, &l.f)
	l.f.List = l.f.Tidy()
	to, err := h.opened(c, l.list())
	if err != nil {
		return err
	}
	if to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	today := h.today(ctx)
	address, show := l.f.pageLink(l.f.Page, l.f.Size), listPage
	if web.IsFragment(c) {
		web.Push(c, address)
		address, show = "list "+address, projectTable
	}
	draw := func(ctx context.Context) (templ.Component, error) {
		err := h.readList(ctx, &l, today)
		if err == nil {
			l.views, err = h.menu(c, l.list())
		}
		return show(l), err
	}
	var body templ.Component
	if l.f.Show == "trash" { // its rows have forms, which are no two sessions' the same
		body, err = draw(ctx)
	} else {
		body, err = h.drawn.piece(ctx, listFamily, address, today, draw)
	}
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Projects", Body: body})
}

// readList reads all that the list shows.
func (h projectHandlers) readList(ctx context.Context, l *listView, today clock.Day) error {
	var err error
	if l.cards, err = h.projects.Cards(ctx, today); err != nil {
		return err
	}
	if l.v, err = h.projects.view(ctx); err != nil {
		return err
	}
	l.rows, err = h.projects.List(ctx, l.f, today)
	return err
}

func (h projectHandlers) newForm(c *fiber.Ctx) error {
	v, err := h.projects.view(c.UserContext())
	if err != nil {
		return err
	}
	f := projectForm{
		Status: v.words.stage(StageTodo).ID, Priority: v.words.usual().ID, Lead: auth.From(c.UserContext()).ID, Icon: icons[0], Once: rand.Text(),
	}
	templates, err := h.projects.Templates(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "New project", Body: projectFormPage(formView{f: f, v: v, roles: h.roles(), templates: templates})})
}

// roles are offered for a project's team.
func (b base) roles() []components.Option {
	var all []components.Option
	a := b.projects.users.Gate().Access()
	for _, name := range a.RoleNames() {
		all = append(all, components.Option{Value: id(a.RoleID(name)), Label: name})
	}
	return all
}

func (h projectHandlers) create(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f projectForm
	err := web.Bind(c, &f)
	f.NotifyCreated, f.NotifyDone, f.NotifyComment = true, true, true // as of every new project
	var p Project
	if err == nil {
		p, err = h.projects.Create(ctx, f)
	}
	switch {
	case fault.Is(err, fault.Invalid):
		v, viewErr := h.projects.view(ctx)
		if viewErr != nil {
			return viewErr
		}
		return web.Retry(c, err, web.Page{Title: "New project", Body: projectFormPage(formView{f: f, v: v, roles: h.roles(), wrong: fault.Of(err).Fields})})
	case err != nil:
		return err
	}
	return web.Done(c, web.Result{Back: projectPath(p.ID), Toast: "The project “" + f.Name + "” is made."})
}

// head is what stands over every tab of a project.
func (b base) head(c *fiber.Ctx, tab string) (headView, error) {
	h, v, err := b.open(c)
	return headView{heldProject: h, v: v, tab: tab, me: auth.From(c.UserContext())}, err
}

func (h projectHandlers) about(c *fiber.Ctx) error {
	head, err := h.head(c, "about")
	if err != nil {
		return err
	}
	text, err := h.projects.Description(c.UserContext(), head.Project.ID)
	if err != nil {
		return err
	}
	if text, err = h.filledText(c.UserContext(), head.Project.ID, head.v, text); err != nil {
		return err
	}
	roles := map[int64]string{}
	a := h.projects.users.Gate().Access()
	for _, r := range head.Team.Roles {
		roles[r] = a.RoleName(r)
	}
	return web.Show(c, web.Page{Title: head.Project.Name, Body: aboutPage(head, text, roles)})
}

func (h projectHandlers) history(c *fiber.Ctx) error {
	head, err := h.head(c, "history")
	if err != nil {
		return err
	}
	page := max(1, c.QueryInt("page", 1))
	lines, more, err := h.tasks.History(c.UserContext(), head.Project.ID, 0, page)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: head.Project.Name + ": history", Body: historyPage(head, historyView{lines, true, more, page, head.Project.Path() + "/history", head.v})})
}

func (h projectHandlers) editForm(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	if !head.mayEdit(head.me) {
		return errNotLead()
	}
	p := head.Project
	if p.Description, err = h.projects.Description(c.UserContext(), p.ID); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Edit " + p.Name, Body: projectFormPage(formView{id: p.ID, f: formOf(p, head.Team), v: head.v, roles: h.roles()})})
}

// projectFields are those of the edit form.
var projectFields = []string{
	"name", "task_key", "summary", "description", "icon", "status", "priority", "lead", "percent", "private",
	"watchers", "stakeholders", "shareholders", "roles",
}

func (h projectHandlers) save(c *fiber.Ctx) error {
	ctx := c.UserContext()
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	if !head.mayEdit(head.me) {
		return errNotLead()
	}
	n := head.Project.ID
	var f projectForm
	err = web.Bind(c, &f)
	names := slices.Clone(projectFields)
	if !web.Has(c, "watchers_shown") { // a form without the team leaves it as it is
		names = slices.DeleteFunc(names, func(s string) bool { return slices.Contains(teamNames, s) })
	}
	var p Project
	if err == nil {
		p, err = h.projects.Update(ctx, n, f, names)
	}
	if clash, ok := data.ClashOf(err); ok {
		view := web.ClashOfForm(c, clash, projectPath(n)+"/edit", projectPath(n)+"/about")
		return web.AskClash(c, err, view)
	}
	if fault.Is(err, fault.Invalid) {
		return web.Retry(c, err, web.Page{Title: "Edit project", Body: projectFormPage(formView{id: n, f: f, v: head.v, roles: h.roles(), wrong: fault.Of(err).Fields})})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: p.Path() + "/about", Toast: "“" + p.Name + "” is saved."})
}

func (h projectHandlers) archive(c *fiber.Ctx) error { return h.shelve(c, true) }

func (h projectHandlers) unarchive(c *fiber.Ctx) error { return h.shelve(c, false) }

func (h projectHandlers) shelve(c *fiber.Ctx, archived bool) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoProject()
	}
	p, err := h.projects.Shelve(c.UserContext(), n, archived)
	if err != nil {
		return err
	}
	r := web.Result{Back: p.Path(), Toast: "“" + p.Name + "” is out of the archive."}
	if archived {
		r.Toast, r.Undo = "“"+p.Name+"” is archived.", p.Path()+"/unarchive"
	}
	return web.Done(c, r)
}

func (h projectHandlers) delete(c *fiber.Ctx) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoProject()
	}
	p, err := h.projects.Delete(c.UserContext(), n, true)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/projects", Toast: "“" + p.Name + "” is in the trash for 30 days.", Undo: p.Path() + "/restore"})
}

func (h projectHandlers) restore(c *fiber.Ctx) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoProject()
	}
	p, err := h.projects.Delete(c.UserContext(), n, false)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: p.Path(), Toast: "“" + p.Name + "” is back."})
}
