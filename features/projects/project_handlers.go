package projects

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// base is what all handlers of the feature stand on.
type base struct {
	projects *projectStore
	tasks    *taskStore
	notes    *noteStore
	drawn    *drawn
}

type projectHandlers struct{ base }

func (b base) today(ctx context.Context) clock.Day {
	return clock.DayOf(b.projects.db.Now(), auth.From(ctx).Zone)
}

// open is the project of the address, and what turns its ids into words.
func (b base) open(c *fiber.Ctx) (hot, view, error) {
	n, err := web.ID(c, "id")
	if err != nil {
		return hot{}, view{}, errNoProject()
	}
	h, err := b.projects.Get(c.UserContext(), n)
	if err != nil {
		return h, view{}, err
	}
	v, err := b.projects.view(c.UserContext())
	return h, v, err
}

func (h projectHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l := listView{me: auth.From(ctx)}
	web.Query(c, &l.f)
	l.f.List = l.f.Tidy()
	today := h.today(ctx)
	address, show := l.f.pageLink(l.f.Page, l.f.Size), listPage
	if web.IsFragment(c) {
		pushAddress(c, address)
		address, show = "list "+address, projectTable
	}
	draw := func(ctx context.Context) (templ.Component, error) {
		err := h.readList(ctx, &l, today)
		return show(l), err
	}
	var body templ.Component
	var err error
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

// pushAddress puts the tidy address of what a filter shows into the browser, unless the page only looks for changes.
func pushAddress(c *fiber.Ctx, to string) {
	if web.IsFragment(c) && c.Get("Portal-Live") == "" {
		c.Set("HX-Push-Url", to)
	}
}

func (h projectHandlers) newForm(c *fiber.Ctx) error {
	v, err := h.projects.view(c.UserContext())
	if err != nil {
		return err
	}
	f := projectForm{
		Status: v.words.stage(StageTodo).ID, Priority: v.words.usual().ID, Lead: auth.From(c.UserContext()).ID, Icon: icons[0], Once: rand.Text(),
	}
	return web.Show(c, web.Page{Title: "New project", Body: projectFormPage(formView{f: f, v: v, roles: h.roles()})})
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
	return headView{hot: h, v: v, tab: tab, me: auth.From(c.UserContext())}, err
}

func (h projectHandlers) board(c *fiber.Ctx) error {
	head, err := h.head(c, "board")
	if err != nil {
		return err
	}
	b := h.boardOf(c, head)
	switch {
	case !web.IsFragment(c):
	case c.Get("HX-Target") == "project-head":
		return web.Show(c, web.Page{Body: projectHead(b.headView)})
	default:
		cards, err := h.boardPiece(c, b)
		if err != nil {
			return err
		}
		return web.Show(c, web.Page{Body: cards})
	}
	body, err := h.drawn.piece(c.UserContext(), seenFamily(b.Project.ID), "page "+b.f.link(b.Project.Path()), b.today, func(context.Context) (templ.Component, error) {
		err := h.readBoard(c, &b)
		return boardPage(b), err
	})
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: head.Project.Name, Body: body})
}

// boardOf is the board that the address asks for, without its columns.
func (b base) boardOf(c *fiber.Ctx, head headView) boardData {
	d := boardData{headView: head, today: b.today(c.UserContext())}
	web.Query(c, &d.f)
	d.f.List = d.f.Tidy()
	return d
}

// boardPiece are the board's columns, as the viewer sees them.
func (b base) boardPiece(c *fiber.Ctx, d boardData) (templ.Component, error) {
	return b.drawn.piece(c.UserContext(), seenFamily(d.Project.ID), d.f.link(d.Project.Path()), d.today, func(context.Context) (templ.Component, error) {
		err := b.readBoard(c, &d)
		return board(d), err
	})
}

// readBoard reads all that a board shows.
func (b base) readBoard(c *fiber.Ctx, d *boardData) error {
	var err error
	if d.headView, err = b.head(c, d.tab); err != nil {
		return err
	}
	d.columns, err = b.tasks.Board(c.UserContext(), d.Project.ID, d.f, d.today)
	return err
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
	if clash, ok := clashOf(err); ok {
		view := clashView(clash, projectPath(n)+"/edit", projectPath(n)+"/about")
		view.Others = hiddenFields(c, clash)
		return web.Retry(c, err, web.Page{Title: "Two changes at once", Body: conflictPage(view)})
	}
	if fault.Is(err, fault.Invalid) {
		return web.Retry(c, err, web.Page{Title: "Edit project", Body: projectFormPage(formView{id: n, f: f, v: head.v, roles: h.roles(), wrong: fault.Of(err).Fields})})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: p.Path() + "/about", Toast: "“" + p.Name + "” is saved."})
}

// hiddenFields carry what was typed beside the clash, so that nothing is lost.
func hiddenFields(c *fiber.Ctx, clash *data.Clash) []components.Option {
	skip := map[string]bool{"_csrf": true, "version": true}
	for _, f := range clash.Fields {
		skip[f.Mine.Name] = true
	}
	var all []components.Option
	for _, f := range clash.Theirs {
		skip[f.Name] = true
		all = append(all, components.Option{Value: f.Name, Label: f.Value})
	}
	for k, v := range c.Request().PostArgs().All() {
		if !skip[string(k)] {
			all = append(all, components.Option{Value: string(k), Label: string(v)})
		}
	}
	return all
}

func (h projectHandlers) archive(c *fiber.Ctx) error   { return h.shelve(c, true) }
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

// field answers with one field's plain value.
func (h projectHandlers) field(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	return h.showField(c, head, false)
}

func (h projectHandlers) showField(c *fiber.Ctx, head headView, saved bool) error {
	cell, ok := projectCell(head.v, head.Project, c.Params("field"), place(c), head.mayEdit(head.me))
	if !ok {
		return fault.New(fault.NotFound, "There is no such field.")
	}
	cell.saved = saved
	return answerCell(c, cell, head.Project.Path())
}

// answerCell answers with a field's plain value; without htmx there is only the page it stands on.
func answerCell(c *fiber.Ctx, cell fieldCell, page string) error {
	if !web.IsFragment(c) {
		return c.Redirect(page, fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: fieldValue(cell)})
}

// fieldForm answers with the field's editor; without htmx it is a page of its own.
func (h projectHandlers) fieldForm(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	if !head.mayEdit(head.me) {
		return errNotLead()
	}
	cell, ok := projectCell(head.v, head.Project, c.Params("field"), place(c), true)
	if !ok {
		return fault.New(fault.NotFound, "There is no such field.")
	}
	return web.Show(c, editorPage(cell, head.Project.Path(), ""))
}

// editorPage is the field's editor; back is the page it belongs to.
func editorPage(cell fieldCell, back, wrong string) web.Page {
	return web.Page{Title: cell.label + " of " + cell.of, Body: fieldPage(cell, back, wrong)}
}

func (h projectHandlers) saveField(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	if !head.mayEdit(head.me) {
		return errNotLead()
	}
	cell, ok := projectCell(head.v, head.Project, c.Params("field"), place(c), true)
	if !ok {
		return fault.New(fault.NotFound, "There is no such field.")
	}
	var f projectForm
	if err = bindOne(c, &f, cell.name, f.version); err == nil {
		_, err = h.projects.Update(c.UserContext(), head.Project.ID, f, []string{cell.name})
	}
	if fault.Is(err, fault.Invalid) {
		cell.value = web.Value(c, cell.name)
		return web.Retry(c, err, editorPage(cell, head.Project.Path(), fault.Of(err).Public))
	}
	if err != nil {
		return fieldFault(c, err, cell.path, head.Project.Path())
	}
	if standsAlone(c) {
		return web.Done(c, web.Result{Back: backTo(c, head.Project.Path()), Toast: cell.label + " is saved."})
	}
	if head, err = h.head(c, ""); err != nil {
		return err
	}
	return h.showField(c, head, true)
}

func (f *projectForm) version() int64 { return f.Version }

// bindOne reads one field and the version into a form; what is wrong with the other fields is not looked at.
// Errors: fault.Invalid at the field.
func bindOne(c *fiber.Ctx, form any, name string, version func() int64) error {
	err := web.Bind(c, form)
	switch {
	case err != nil && !fault.Is(err, fault.Invalid):
		return err
	case err != nil && fault.Of(err).Fields[name] != "":
		return fault.Field(name, "%s", fault.Of(err).Fields[name])
	case !web.Has(c, name):
		return fault.Field(name, "Choose from the list.")
	case version() <= 0:
		return fault.Field(name, "Reload the page and try again.")
	}
	return nil
}

// standsAlone reports whether the form is not in its cell: on a page of its own, or in the dialog that settles a clash.
func standsAlone(c *fiber.Ctx) bool { return !web.IsFragment(c) || c.Get("HX-Target") == conflictID }

// conflictID is the element of the form that settles a clash.
const conflictID = "conflict"

// fieldFault shows a clash as a choice in the dialog; any other fault as it is.
func fieldFault(c *fiber.Ctx, err error, action, page string) error {
	clash, ok := clashOf(err)
	if !ok {
		return err
	}
	view := clashView(clash, action, backTo(c, page))
	if web.IsFragment(c) {
		c.Set("HX-Retarget", "#dialog-body")
		c.Set("HX-Reswap", "innerHTML")
		return web.Retry(c, err, web.Page{Body: conflictDialog(view)})
	}
	return web.Retry(c, err, web.Page{Title: "Two changes at once", Body: conflictPage(view)})
}

// backTo is the page that the form stood on, if it is one of ours and no editor.
func backTo(c *fiber.Ctx, fallback string) string {
	at := c.Get("HX-Current-URL")
	if at == "" {
		at = c.Get(fiber.HeaderReferer)
	}
	u, err := url.Parse(at)
	if err != nil || u.Path == "" || c.Method() == fiber.MethodPost && formOnly(u.Path) {
		return fallback
	}
	return web.Local(u.RequestURI(), fallback)
}

// formOnly reports whether there is nothing at the address but a form, or the answer to one.
func formOnly(path string) bool {
	return strings.Contains(path, "/field/") || strings.HasSuffix(path, "/new") || strings.HasSuffix(path, "/edit") || strings.HasSuffix(path, "/tasks")
}

func clashOf(err error) (*data.Clash, bool) {
	var clash *data.Clash
	ok := errors.As(err, &clash)
	return clash, ok
}

func clashView(clash *data.Clash, action, back string) components.ConflictView {
	v := components.ConflictView{ID: conflictID, Action: action, Back: back, Version: clash.Version, Who: clash.Who}
	if v.Who == "" {
		v.Who = "Somebody"
	}
	for _, f := range clash.Fields {
		v.Fields = append(v.Fields, components.ConflictField{
			Name: f.Mine.Name, Label: f.Mine.Label, Base: orDash(f.Base), Theirs: orDash(f.Theirs.Shown), Mine: orDash(f.Mine.Shown),
			TheirValue: f.Theirs.Value, MyValue: f.Mine.Value,
		})
	}
	return v
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// warm fills the caches with the projects that changed last.
func (s *projectStore) warm(ctx context.Context, t *taskStore) error {
	if _, err := s.view(ctx); err != nil {
		return err
	}
	var ids []int64
	err := s.db.Read.NewSelect().Table("projects").Column("id").Where("deleted_at IS NULL").Where("archived_at IS NULL").
		OrderExpr("updated_at DESC").Limit(warmed).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("projects to warm: %w", err)
	}
	for _, id := range ids {
		if _, err := s.Get(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// warmed is how many projects are held from the start.
const warmed = 50
