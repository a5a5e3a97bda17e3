package projects

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/web"
)

// todoAt is the todo of the address and the section it stands in, for who may change it.
func (h noteHandlers) todoAt(c *fiber.Ctx) (notesView, Todo, error) {
	n, err := h.view(c, sectionTodos)
	if err != nil {
		return n, Todo{}, err
	}
	id, err := web.ID(c, "todo")
	if err != nil {
		return n, Todo{}, err
	}
	i := slices.IndexFunc(n.todos, func(d Todo) bool { return d.ID == id })
	switch {
	case i < 0:
		return n, Todo{}, fault.New(fault.NotFound, "There is no such todo any more.")
	case !n.mayTick:
		return n, Todo{}, errNotTeam()
	}
	return n, n.todos[i], nil
}

// todoForm answers with the todo's editor; without htmx it is a page of its own.
func (h noteHandlers) todoForm(c *fiber.Ctx) error {
	n, d, err := h.todoAt(c)
	if err != nil {
		return err
	}
	return web.Show(c, todoEditor(todoEditView{notesView: n, todo: d, f: todoEditOf(d)}))
}

func todoEditor(v todoEditView) web.Page {
	return web.Page{Title: "Edit todo", Body: todoEditPage(v)}
}

func (h noteHandlers) editTodo(c *fiber.Ctx) error {
	o, err := h.owner(c)
	if err != nil {
		return err
	}
	n, d, err := h.todoAt(c)
	if err != nil {
		return err
	}
	var f todoEdit
	if err = web.Bind(c, &f); err == nil {
		err = h.notes.EditTodo(c.UserContext(), o, d.ID, f)
	}
	if fault.Is(err, fault.Invalid) {
		if web.IsFragment(c) {
			c.Set("HX-Retarget", "#todo-"+id(d.ID))
		}
		return web.Retry(c, err, todoEditor(todoEditView{notesView: n, todo: d, f: f, wrongs: fault.Of(err).Fields}))
	}
	if err != nil {
		return fieldFault(c, err, n.todoPath(d, "edit"), n.sectionPath(sectionTodos))
	}
	if standsAlone(c) {
		return web.Done(c, web.Result{Back: n.sectionPath(sectionTodos), Toast: "The todo is changed."})
	}
	return h.written(c, sectionTodos, "The todo is changed.", "")
}

// todoMove says where a todo goes: up, down, or before another one.
type todoMove struct {
	Way    string `form:"way" validate:"omitempty,oneof=up down"`
	Before int64  `form:"before"` // its id; 0 for the end
}

func (h noteHandlers) moveTodo(c *fiber.Ctx) error {
	return h.todo(c, func(o owner, id int64) (string, string, error) {
		var f todoMove
		if err := web.Bind(c, &f); err != nil {
			return "", "", err
		}
		return "The todo is moved.", "", h.notes.MoveTodo(c.UserContext(), o, id, f.Before, f.Way)
	})
}
