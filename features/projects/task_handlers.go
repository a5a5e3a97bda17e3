package projects

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

type taskHandlers struct{ base }

// numberOf is the task's number in the address.
// Errors: fault.NotFound, since no task has another sort of number.
func numberOf(c *fiber.Ctx) (int64, error) {
	n, err := strconv.ParseInt(c.Params("number"), 10, 64)
	if err != nil || n <= 0 {
		return 0, errNoTask()
	}
	return n, nil
}

// openTask is the task of the address with all that its page shows.
func (b base) openTask(c *fiber.Ctx) (taskView, error) {
	t, err := b.bareTask(c)
	t.every = everyAsked(c)
	if err != nil {
		return t, err
	}
	s, err := b.see(c.UserContext(), t.v, t.Links, t.Back)
	return t.with(c.UserContext(), s), err
}

// everyAsked reports whether the address asks for all comments.
func everyAsked(c *fiber.Ctx) bool { return c.Query("comments") == "all" }

// bareTask is openTask without what the task's texts name.
func (b base) bareTask(c *fiber.Ctx) (taskView, error) {
	head, err := b.head(c, "")
	if err != nil {
		return taskView{}, err
	}
	n, err := numberOf(c)
	if err != nil {
		return taskView{}, err
	}
	t, err := b.tasks.Get(c.UserContext(), head.heldProject, n)
	if err != nil {
		return taskView{headView: head}, err
	}
	view := taskView{headView: head, thread: t, today: b.today(c.UserContext()), once: rand.Text(), mostFile: b.files.most()}
	view.known, err = b.knownOf(c.UserContext(), head.heldProject, t.Dependencies)
	return view, err
}

// knownOf are the projects of the dependencies that the viewer may know of: the page's own, and others in one query.
func (b base) knownOf(ctx context.Context, h heldProject, needs []dependency) (map[int64]Project, error) {
	var others []int64
	for _, l := range needs {
		if l.ProjectID != h.Project.ID {
			others = append(others, l.ProjectID)
		}
	}
	known, err := b.projects.knownAmong(ctx, b.projects.db.Read, others)
	if err == nil {
		known[h.Project.ID] = h.Project
	}
	return known, err
}

// printKnown is a text that is another one as soon as the viewer may know of other projects, or they are called otherwise.
func printKnown(known map[int64]Project) string {
	var all strings.Builder
	for _, n := range slices.Sorted(maps.Keys(known)) {
		_, _ = fmt.Fprintf(&all, " %d %q %s", n, known[n].Name, known[n].TaskKey)
	}
	return all.String()
}

// both are the project's id and the task's number of the address.
func both(c *fiber.Ctx) (project, number int64, err error) {
	if project, err = web.ID(c, "id"); err != nil {
		return 0, 0, errNoProject()
	}
	number, err = numberOf(c)
	return project, number, err
}

func (h taskHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	head, err := h.head(c, "list")
	if err != nil {
		return err
	}
	l := taskListView{headView: head, today: h.today(ctx)}
	web.Query(c, &l.f)
	l.f = l.f.tidy()
	if web.IsFragment(c) {
		if err := h.readTasks(c, &l); err != nil {
			return err
		}
		web.Push(c, l.pageLink(l.rows.Page, l.f.Size))
		return web.Show(c, web.Page{Body: taskListPage(l)})
	}
	to, err := h.opened(c, taskList(head.Project))
	if err != nil {
		return err
	}
	if to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	body, err := h.drawn.piece(ctx, seenFamily(head.Project.ID), "page "+l.pageLink(l.f.Page, l.f.Size), l.today, func(context.Context) (templ.Component, error) {
		err := h.readTasks(c, &l)
		return taskListPage(l), err
	})
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: head.Project.Name + ": tasks", Body: body})
}

func (h taskHandlers) show(c *fiber.Ctx) error {
	ctx := c.UserContext()
	if target := c.Get("HX-Target"); web.IsFragment(c) && target != "panel" {
		t, err := h.openTask(c)
		if err != nil {
			return err
		}
		return web.Show(c, web.Page{Body: taskPage(t)})
	}
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	n, err := numberOf(c)
	if err != nil {
		return err
	}
	title, err := h.tasks.Title(ctx, head.heldProject, n)
	if err != nil {
		return err
	}
	today := h.today(ctx)
	named, err := h.tasks.Named(ctx, head.heldProject, n)
	if err != nil {
		return err
	}
	seen, err := h.see(ctx, head.v, named.Links, named.Back)
	if err != nil {
		return err
	}
	known, err := h.knownOf(ctx, head.heldProject, named.Needs)
	if err != nil {
		return err
	}
	address := liveURL(taskPath(head.Project.ID, n), everyAsked(c)) + seen.print() + printKnown(known)
	body, err := h.drawn.piece(ctx, seenFamily(head.Project.ID), address, today, func(context.Context) (templ.Component, error) {
		t, err := h.bareTask(c)
		t.today, t.once, t.known, t.every = today, components.Hole(components.OnceHole), known, everyAsked(c)
		return taskPage(t.with(ctx, seen)), err // seen, as the piece is kept: what the viewer may know of may be another thing by now
	})
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: title, Body: body})
}

func (h taskHandlers) history(c *fiber.Ctx) error {
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	page := max(1, c.QueryInt("page", 1))
	lines, more, err := h.tasks.History(c.UserContext(), t.Project.ID, t.Task.ID, page)
	if err != nil {
		return err
	}
	view := historyView{lines, false, more, page, t.Task.Path() + "/history", t.v}
	return web.Show(c, web.Page{Title: t.Task.Name + ": history", Body: taskHistoryPage(t, view)})
}

func (h taskHandlers) newForm(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	if err := head.allowNew(head.me); err != nil {
		return err
	}
	f := taskForm{
		Status: head.v.words.stage(StageTodo).ID, Priority: head.v.words.usual().ID,
		Parent: int64(c.QueryInt("parent", 0)), Once: rand.Text(),
	}
	if asked := int64(c.QueryInt("status", 0)); head.v.words.Status(asked).ID != 0 {
		f.Status = asked
	}
	return showTaskForm(c, taskFormView{headView: head, f: f}, nil)
}

// showTaskForm shows the form, in the dialog or on a page of its own; with err, what is wrong with it.
func showTaskForm(c *fiber.Ctx, view taskFormView, err error) error {
	page := web.Page{Title: view.title(), Body: taskFullPage(view)}
	switch {
	case c.Get("HX-Target") == "dialog-body" && web.IsFragment(c):
		page.Body = taskFormPage(view)
	case web.IsFragment(c):
		page.Body = taskFields(view)
	}
	if err != nil {
		return web.Retry(c, err, page)
	}
	return web.Show(c, page)
}

func (h taskHandlers) create(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	if err := head.allowNew(head.me); err != nil {
		return err
	}
	var f taskForm
	err = web.Bind(c, &f)
	var t Task
	if err == nil {
		t, err = h.tasks.Create(c.UserContext(), head.Project.ID, f)
	}
	if fault.Is(err, fault.Invalid) {
		return showTaskForm(c, taskFormView{headView: head, f: f, wrong: fault.Of(err).Fields}, err)
	}
	if err != nil {
		return err
	}
	r := web.Result{Back: backTo(c, t.Path()), Toast: "The task “" + t.Name + "” is made."}
	if web.IsFragment(c) { // from the dialog: what lies under it stays, and shows the task by itself
		r.Piece, r.Event = templ.NopComponent, "portal.done"
	}
	return web.Done(c, r)
}

func (h taskHandlers) editForm(c *fiber.Ctx) error {
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	if !t.mayTask(t.me, t.Task) {
		return errNotTeam()
	}
	return showTaskForm(c, taskFormView{headView: t.headView, number: t.Task.Number, from: t.Task.StatusID, f: taskFormOf(t.Task, t.Parent)}, nil)
}

// taskFieldNames are those of the edit form.
var taskFieldNames = []string{"name", "summary", "description", "status", "priority", "assignee", "start_on", "due_on", "labels", "estimate", "milestone", "queue", "parent"}

// sentNames are the names of the edit form's fields; what a form does not speak of stays as it is.
func sentNames(c *fiber.Ctx) []string {
	return slices.DeleteFunc(slices.Clone(taskFieldNames), func(name string) bool {
		return slices.Contains(planNames, name) && !web.Has(c, name)
	})
}

func (h taskHandlers) save(c *fiber.Ctx) error {
	open, err := h.openTask(c)
	if err != nil {
		return err
	}
	if !open.mayTask(open.me, open.Task) {
		return errNotTeam()
	}
	project, number := open.Project.ID, open.Task.Number
	var f taskForm
	err = web.Bind(c, &f)
	var t Task
	if err == nil {
		t, err = h.tasks.Update(c.UserContext(), project, number, f, sentNames(c))
	}
	if clash, ok := data.ClashOf(err); ok {
		view := web.ClashOfForm(c, clash, taskPath(project, number)+"/edit", taskPath(project, number))
		return web.AskClash(c, err, view)
	}
	if fault.Is(err, fault.Invalid) {
		return showTaskForm(c, taskFormView{headView: open.headView, number: number, from: open.Task.StatusID, f: f, wrong: fault.Of(err).Fields}, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: t.Path(), Toast: "“" + t.Name + "” is saved." + doneWarning(open.Task, t), Offer: open.offer(open.Task, t)})
}

// move answers with the board as it now is; a refused move leaves it to the page to put the card back.
func (h taskHandlers) move(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	var f moveForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	t, err := h.tasks.Move(c.UserContext(), project, number, f)
	if err != nil {
		return moveFault(err)
	}
	head, err := h.head(c, "board")
	if err != nil {
		return err
	}
	warning := doneWarning(Task{}, t)
	cards, err := h.boardPiece(c, h.boardOf(c, head))
	if err != nil {
		return err
	}
	r := web.Result{Piece: cards, Back: projectPath(project)}
	if !web.IsFragment(c) {
		r.Toast = "“" + t.Name + "” is moved."
	}
	if warning != "" {
		r.Toast = "“" + t.Name + "” is completed." + warning
	}
	return web.Done(c, r)
}

// moveFault says who moved the card first: the board then shows where it is.
func moveFault(err error) error {
	clash, ok := data.ClashOf(err)
	if !ok || len(clash.Fields) == 0 {
		return err
	}
	who := clash.Who
	if who == "" {
		who = "Somebody"
	}
	theirs := clash.Fields[0].Theirs
	if theirs.Name == "assignee" {
		return fault.New(fault.Conflict, "%s gave this card to %s first. It stays there.", who, known(theirs.Shown, "nobody"))
	}
	return fault.New(fault.Conflict, "%s moved this card to %s first. It stays there.", who, theirs.Shown)
}

func (h taskHandlers) delete(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	t, err := h.tasks.Delete(c.UserContext(), project, number, true)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{
		Back: projectPath(project), Toast: "“" + t.Name + "” is in the trash for 30 days.", Undo: t.Path() + "/restore",
	})
}

func (h taskHandlers) restore(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	t, err := h.tasks.Delete(c.UserContext(), project, number, false)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: t.Path(), Toast: "“" + t.Name + "” is back."})
}
