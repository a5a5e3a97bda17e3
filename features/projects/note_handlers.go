package projects

import (
	"crypto/rand"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/web"
)

type noteHandlers struct{ base }

// todoForm is a new todo.
type todoForm struct {
	Text string `form:"text" validate:"required,max=60000"` // a todo a line
	Once string `form:"once" validate:"max=64"`
}

// commentText is a new comment, or one that is edited.
type commentText struct {
	Text    string `form:"text" validate:"required,max=20000"`
	Version int64  `form:"version"`
	Once    string `form:"once" validate:"max=64"`
}

// The sections of a page, as its fragments are named.
const (
	sectionTodos    = "todos"
	sectionComments = "comments"
)

// owner is what the address's todos and comments hang on.
func (h noteHandlers) owner(c *fiber.Ctx) (owner, error) {
	project, err := web.ID(c, "id")
	if err != nil {
		return owner{}, errNoProject()
	}
	o := owner{project: project}
	if c.Params("number") != "" {
		o.number, err = numberOf(c)
	}
	return o, err
}

// view is what the section of the address's project or task shows.
func (h noteHandlers) view(c *fiber.Ctx, section string) (notesView, error) {
	if c.Params("number") != "" {
		t, err := h.openTask(c)
		return t.notes(), err
	}
	head, err := h.head(c, section)
	if err != nil {
		return notesView{}, err
	}
	n := notesView{
		headView: head, path: head.Project.Path(), once: rand.Text(), alone: true, every: everyAsked(c),
		today: h.today(c.UserContext()), mayTick: head.mayWork(head.me) && head.me.Can(tickTodo), mayComment: head.me.Can(addComment),
	}
	if section == sectionTodos {
		n.todos, err = h.notes.Todos(c.UserContext(), head.Project.ID)
	} else {
		if n.comments, err = h.notes.Comments(c.UserContext(), head.Project.ID); err != nil {
			return n, err
		}
		if err = h.fillComments(c.UserContext(), head, n.comments); err != nil {
			return n, err
		}
		n.files, err = h.files.OfComments(c.UserContext(), head.Project.ID)
	}
	return n, err
}

func (h noteHandlers) todos(c *fiber.Ctx) error    { return h.show(c, sectionTodos) }
func (h noteHandlers) comments(c *fiber.Ctx) error { return h.show(c, sectionComments) }

func (h noteHandlers) show(c *fiber.Ctx, section string) error {
	n, err := h.view(c, section)
	if err != nil {
		return err
	}
	return web.Show(c, notesPage(n, section))
}

// notesPage is the tab of a project's todos or comments.
func notesPage(n notesView, section string) web.Page {
	if section == sectionTodos {
		return web.Page{Title: n.Project.Name + ": todos", Body: todosPage(n)}
	}
	return web.Page{Title: n.Project.Name + ": comments", Body: commentsPage(n)}
}

// written answers after a write: with the section as it now is, or back on the page.
func (h noteHandlers) written(c *fiber.Ctx, section, toast, undo string) error {
	n, err := h.view(c, section)
	if err != nil {
		return err
	}
	r := web.Result{Back: n.sectionPath(section), Toast: toast, Undo: undo, Piece: commentSection(n)}
	if section == sectionTodos {
		n.added = c.Params("todo") == ""
		r.Piece = todoSection(n)
	}
	if undo == "" && web.IsFragment(c) {
		r.Toast = "" // the change itself is to be seen
	}
	return web.Done(c, r)
}

// wrong answers with the section and what is wrong with what was typed.
func (h noteHandlers) wrong(c *fiber.Ctx, section, typed string, cause error) error {
	n, err := h.view(c, section)
	if err != nil {
		return err
	}
	if section == sectionTodos && !n.mayTick {
		return errNotTeam()
	}
	n.typed, n.wrong = typed, fault.Of(cause).Fields["text"]
	page := notesPage(n, section)
	if n.alone {
		return web.Retry(c, cause, page)
	}
	page.Body = todoSection(n)
	if section == sectionComments {
		page.Body = commentSection(n)
	}
	return web.Retry(c, cause, page)
}

func (h noteHandlers) addTodo(c *fiber.Ctx) error {
	o, err := h.owner(c)
	if err != nil {
		return err
	}
	var f todoForm
	if err = web.Bind(c, &f); err == nil {
		err = h.notes.AddTodo(c.UserContext(), o, f.Text, f.Once)
	}
	if fault.Is(err, fault.Invalid) {
		return h.wrong(c, sectionTodos, f.Text, err)
	}
	if err != nil {
		return err
	}
	return h.written(c, sectionTodos, "The todo is added.", "")
}

func (h noteHandlers) tick(c *fiber.Ctx) error {
	return h.todo(c, func(o owner, id int64) (string, string, error) {
		return "The todo is changed.", "", h.notes.Tick(c.UserContext(), o, id, web.Value(c, "done") == "true")
	})
}

func (h noteHandlers) deleteTodo(c *fiber.Ctx) error {
	return h.todo(c, func(o owner, id int64) (string, string, error) {
		return "The todo is in the trash.", strings.TrimSuffix(c.Path(), "delete") + "restore", h.notes.DeleteTodo(c.UserContext(), o, id, true)
	})
}

func (h noteHandlers) restoreTodo(c *fiber.Ctx) error {
	return h.todo(c, func(o owner, id int64) (string, string, error) {
		return "The todo is back.", "", h.notes.DeleteTodo(c.UserContext(), o, id, false)
	})
}

// todo does something to the todo of the address and says what in a sentence, and how to undo it.
func (h noteHandlers) todo(c *fiber.Ctx, do func(owner, int64) (toast, undo string, err error)) error {
	o, err := h.owner(c)
	if err != nil {
		return err
	}
	n, err := web.ID(c, "todo")
	if err != nil {
		return err
	}
	toast, undo, err := do(o, n)
	if err != nil {
		return err
	}
	return h.written(c, sectionTodos, toast, undo)
}

func (h noteHandlers) addComment(c *fiber.Ctx) error {
	o, err := h.owner(c)
	if err != nil {
		return err
	}
	f, err := bindComment(c)
	if fault.Is(err, fault.Invalid) {
		return h.wrong(c, sectionComments, f.Text, err)
	}
	if err != nil {
		return err
	}
	if _, err := h.notes.AddComment(c.UserContext(), o, f.Text, f.Once); err != nil {
		return err
	}
	return h.written(c, sectionComments, "Your comment is added.", "")
}

func bindComment(c *fiber.Ctx) (commentText, error) {
	var f commentText
	err := web.Bind(c, &f)
	return f, err
}

// comment is the comment of the address and the section it stands in.
func (h noteHandlers) comment(c *fiber.Ctx) (notesView, Comment, error) {
	n, err := h.view(c, sectionComments)
	if err != nil {
		return n, Comment{}, err
	}
	id, err := web.ID(c, "comment")
	if err != nil {
		return n, Comment{}, err
	}
	i := slices.IndexFunc(n.comments, func(c Comment) bool { return c.ID == id })
	if i < 0 {
		return n, Comment{}, fault.New(fault.NotFound, "There is no such comment any more.")
	}
	return n, n.comments[i], nil
}

func (h noteHandlers) commentForm(c *fiber.Ctx) error {
	n, one, err := h.comment(c)
	if err != nil {
		return err
	}
	if !n.mayEdit(one) {
		return errNotAuthor(one)
	}
	n.typed = one.Text
	return web.Show(c, web.Page{Title: "Edit comment", Body: commentFormPage(n, one)})
}

func (h noteHandlers) editComment(c *fiber.Ctx) error {
	o, err := h.owner(c)
	if err != nil {
		return err
	}
	n, one, err := h.comment(c)
	if err != nil {
		return err
	}
	if !n.mayEdit(one) {
		return errNotAuthor(one)
	}
	f, err := bindComment(c)
	if fault.Is(err, fault.Invalid) {
		one.Version = f.Version
		n.typed, n.wrong = f.Text, fault.Of(err).Fields["text"]
		if web.IsFragment(c) {
			c.Set("HX-Retarget", "#c"+id(one.ID))
		}
		return web.Retry(c, err, web.Page{Title: "Edit comment", Body: commentFormPage(n, one)})
	}
	if err != nil {
		return err
	}
	if err := h.notes.EditComment(c.UserContext(), o, one.ID, f.Text, f.Version); err != nil {
		return fieldFault(c, err, n.commentPath(one, "edit"), n.sectionPath(sectionComments))
	}
	if standsAlone(c) {
		return web.Done(c, web.Result{Back: n.sectionPath(sectionComments), Toast: "Your comment is changed."})
	}
	return h.written(c, sectionComments, "Your comment is changed.", "")
}

func (h noteHandlers) deleteComment(c *fiber.Ctx) error  { return h.trashComment(c, true) }
func (h noteHandlers) restoreComment(c *fiber.Ctx) error { return h.trashComment(c, false) }

// trashComment moves a comment to the trash, or takes it back.
func (h noteHandlers) trashComment(c *fiber.Ctx, deleted bool) error {
	o, err := h.owner(c)
	if err != nil {
		return err
	}
	n, err := web.ID(c, "comment")
	if err != nil {
		return err
	}
	if err := h.notes.DeleteComment(c.UserContext(), o, n, deleted); err != nil {
		return err
	}
	if !deleted {
		return h.written(c, sectionComments, "The comment is back.", "")
	}
	return h.written(c, sectionComments, "The comment is in the trash.", strings.TrimSuffix(c.Path(), "delete")+"restore")
}
