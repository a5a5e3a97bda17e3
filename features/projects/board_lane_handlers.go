package projects

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

// boardRoutes are the routes of more of the board: the rest of a column, and its limit.
func boardRoutes(b base) []feature.Route {
	h := projectHandlers{b}
	const one = "/:id<int>"
	return []feature.Route{
		feature.Get("project.see.board.more", one+"/board/:status<int>", "More of a board's column", h.more),
		feature.Get("project.see.limit", one+"/limits/:status<int>", "The limit of a board's column", h.limit),
		feature.Get("project.edit.limit.form", one+"/limits/:status<int>/edit", "Form of the limit of a board's column", h.limitForm),
		feature.Post("project.edit.limit", one+"/limits/:status<int>", "Set the limit of a board's column", h.saveLimit),
	}
}

// more answers with the next cards of a column; a browser without scripts is led to the list of all of them.
func (h projectHandlers) more(c *fiber.Ctx) error {
	head, err := h.head(c, "board")
	if err != nil {
		return err
	}
	st, err := statusOf(c, head)
	if err != nil {
		return err
	}
	b := h.boardOf(c, head)
	if !web.IsFragment(c) {
		return c.Redirect(b.f.link(b.Project.Path()+"/list", "status", id(st.ID), "lanes", "", "deep", ""), fiber.StatusSeeOther)
	}
	end := stackEnd{at: cellKey{Status: st.ID}}
	if b.f.Lanes != "" {
		end.at.Lane = max(0, int64(c.QueryInt("lane", 0)))
	}
	position, card, _ := strings.Cut(c.Query("after"), ".")
	end.behind.Position, _ = strconv.ParseInt(position, 10, 64)
	end.behind.ID, _ = strconv.ParseInt(card, 10, 64)
	next, err := h.tasks.More(c.UserContext(), b.Project.ID, b.f, end, b.today)
	if err != nil {
		return err
	}
	b.before = max(0, min(c.QueryInt("shown", 0), deepest))
	return web.Show(c, web.Page{Body: boardMore(b, cell{stack: next})})
}

// statusOf is the status of the address.
// Errors: fault.NotFound.
func statusOf(c *fiber.Ctx, head headView) (Status, error) {
	n, err := strconv.ParseInt(c.Params("status"), 10, 64)
	if st := head.v.words.Status(n); err == nil && st.ID != 0 {
		return st, nil
	}
	return Status{}, errNoColumn()
}

// limitOf is the head of the column of the address.
func (h projectHandlers) limitOf(c *fiber.Ctx) (fieldCell, headView, Status, error) {
	head, err := h.head(c, "board")
	if err != nil {
		return fieldCell{}, head, Status{}, err
	}
	st, err := statusOf(c, head)
	if err != nil {
		return fieldCell{}, head, st, err
	}
	n, err := tasksIn(c.UserContext(), h.projects.db.Read, head.Project.ID, st.ID)
	return head.limitCell(st, n), head, st, err
}

func (h projectHandlers) limit(c *fiber.Ctx) error {
	f, head, _, err := h.limitOf(c)
	if err != nil {
		return err
	}
	if !web.IsFragment(c) {
		return c.Redirect(head.Project.Path(), fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: limitValue(f)})
}

func (h projectHandlers) limitForm(c *fiber.Ctx) error {
	f, head, _, err := h.limitOf(c)
	if err != nil {
		return err
	}
	if !f.may {
		return errNotLead()
	}
	return web.Show(c, editorPage(f, head.Project.Path(), ""))
}

func (h projectHandlers) saveLimit(c *fiber.Ctx) error {
	f, head, st, err := h.limitOf(c)
	if err != nil {
		return err
	}
	if !f.may {
		return errNotLead()
	}
	var form limitForm
	if err = web.Bind(c, &form); err == nil {
		err = h.projects.SetLimit(c.UserContext(), head.Project.ID, st.ID, form)
	}
	if fault.Is(err, fault.Invalid) {
		f.value = web.Value(c, f.name)
		return web.Retry(c, err, editorPage(f, head.Project.Path(), known(fault.Of(err).Fields["most"], fault.Of(err).Public)))
	}
	if err != nil {
		return err
	}
	if standsAlone(c) {
		return web.Done(c, web.Result{Back: backTo(c, head.Project.Path()), Toast: "The limit of “" + st.Name + "” is saved."})
	}
	if f, _, _, err = h.limitOf(c); err != nil {
		return err
	}
	f.saved = true
	return web.Show(c, web.Page{Body: limitValue(f)})
}
