package projects

import (
	"context"
	"crypto/rand"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

type milestoneHandlers struct{ base }

// milestoneRoutes are the routes of milestones.
func milestoneRoutes(b base) []feature.Route {
	const all, one = "/:id<int>/milestones", "/:id<int>/milestones/:milestone<int>"
	h := milestoneHandlers{b}
	return []feature.Route{
		feature.Get("project.see.milestones", all, "A project's milestones", h.list),
		feature.Post("project.edit.milestone.add", all, "Make a milestone", h.add),
		feature.Get("project.edit.milestone.form", one+"/edit", "Form of a milestone", h.form),
		feature.Post("project.edit.milestone.save", one+"/edit", "Change a milestone", h.save),
		feature.Post("project.edit.milestone.reach", one+"/reach", "Reach a milestone", h.mark(markReached)),
		feature.Post("project.edit.milestone.reopen", one+"/reopen", "Open a milestone again", h.mark(markReopened)),
		feature.Post("project.edit.milestone.delete", one+"/delete", "Delete a milestone", h.mark(markDeleted)),
		feature.Post("project.edit.milestone.restore", one+"/restore", "Bring back a milestone", h.mark(markRestored)),
	}
}

func viewerID(ctx context.Context) int64 { return auth.From(ctx).ID }

// milestonesView is the page of a project's milestones.
type milestonesView struct {
	headView
	rows    []milestoneRow
	today   clock.Day
	once    string
	editing int64         // the milestone whose form is open; 0: the form of a new one
	f       milestoneForm // of the form that is open
	wrong   map[string]string
}

// mayPlan reports whether the viewer may change milestones.
func (m milestonesView) mayPlan() bool { return m.mayEdit(m.me) && m.me.Can(editMilestone) }

const editMilestone = "projects.project.edit.milestone.add"

// view is the page of the address's project.
func (h milestoneHandlers) view(c *fiber.Ctx) (milestonesView, error) {
	head, err := h.head(c, "timeline")
	if err != nil {
		return milestonesView{}, err
	}
	m := milestonesView{headView: head, today: h.today(c.UserContext()), once: rand.Text()}
	m.rows, err = h.tasks.Milestones(c.UserContext(), head.Project.ID)
	return m, err
}

// page is the view as an answer.
func (m milestonesView) page() web.Page {
	return web.Page{Title: m.Project.Name + ": milestones", Body: milestonesPage(m)}
}

func (h milestoneHandlers) list(c *fiber.Ctx) error {
	m, err := h.view(c)
	if err != nil {
		return err
	}
	return web.Show(c, m.page())
}

// milestoneOf is the milestone's id in the address.
func milestoneOf(c *fiber.Ctx) (int64, error) {
	n, err := web.ID(c, "milestone")
	if err != nil {
		return 0, errNoMilestone()
	}
	return n, nil
}

func (h milestoneHandlers) add(c *fiber.Ctx) error {
	m, err := h.view(c)
	if err != nil {
		return err
	}
	if !m.mayEdit(m.me) {
		return errNotLead()
	}
	if err = web.Bind(c, &m.f); err == nil {
		err = h.tasks.AddMilestone(c.UserContext(), m.Project.ID, m.f)
	}
	if fault.Is(err, fault.Invalid) {
		m.wrong = fault.Of(err).Fields
		return web.Retry(c, err, m.page())
	}
	if err != nil {
		return err
	}
	return h.written(c, "The milestone “"+m.f.Name+"” is made.", "")
}

// written answers with the milestones as they now are, or the way back to them.
func (h milestoneHandlers) written(c *fiber.Ctx, said, undo string) error {
	m, err := h.view(c)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: milestonesPath(m.Project.ID), Piece: milestoneSection(m), Toast: said, Undo: undo})
}

// edited is the view with the address's milestone open, if the viewer may change it.
func (h milestoneHandlers) edited(c *fiber.Ctx) (milestonesView, error) {
	m, err := h.view(c)
	if err != nil {
		return m, err
	}
	n, err := milestoneOf(c)
	if err != nil {
		return m, err
	}
	for _, r := range m.rows {
		if r.ID == n {
			m.editing, m.f = n, milestoneFormOf(r.Milestone)
		}
	}
	switch {
	case !m.mayEdit(m.me):
		return m, errNotLead()
	case m.editing == 0:
		return m, errNoMilestone()
	}
	return m, nil
}

func (h milestoneHandlers) form(c *fiber.Ctx) error {
	m, err := h.edited(c)
	if err != nil {
		return err
	}
	return web.Show(c, m.page())
}

func (h milestoneHandlers) save(c *fiber.Ctx) error {
	m, err := h.edited(c)
	if err != nil {
		return err
	}
	m.f = milestoneForm{}
	if err = web.Bind(c, &m.f); err == nil {
		err = h.tasks.UpdateMilestone(c.UserContext(), m.Project.ID, m.editing, m.f)
	}
	if clash, ok := data.ClashOf(err); ok {
		view := web.ClashOfForm(c, clash, milestonesPath(m.Project.ID)+"/"+id(m.editing)+"/edit", milestonesPath(m.Project.ID))
		return web.AskClashOver(c, err, view)
	}
	if fault.Is(err, fault.Invalid) {
		m.wrong = fault.Of(err).Fields
		return web.Retry(c, err, m.page())
	}
	if err != nil {
		return err
	}
	said := "The milestone “" + m.f.Name + "” is saved."
	if standsAlone(c) {
		return web.Done(c, web.Result{Back: milestonesPath(m.Project.ID), Toast: said})
	}
	return h.written(c, said, "")
}

// mark is the handler of what is done to a milestone as a whole.
func (h milestoneHandlers) mark(as milestoneMark) fiber.Handler {
	return func(c *fiber.Ctx) error {
		project, err := web.ID(c, "id")
		if err != nil {
			return errNoProject()
		}
		n, err := milestoneOf(c)
		if err != nil {
			return err
		}
		name, err := h.tasks.MarkMilestone(c.UserContext(), project, n, as)
		if err != nil {
			return err
		}
		said, undo := "“"+name+"” "+milestoneSaid[as]+".", ""
		if as == markDeleted {
			undo = milestonesPath(project) + "/" + id(n) + "/restore"
		}
		return h.written(c, said, undo)
	}
}

var milestoneSaid = map[milestoneMark]string{
	markReached: "is reached", markReopened: "is open again", markDeleted: "is deleted; its tasks have no milestone now", markRestored: "is back, on its tasks too",
}
