package projects

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// moveHandlers move tasks in time, and what follows them.
type moveHandlers struct{ base }

// days moves a task by days, as it was dragged in the calendar or the timeline; the answer is what it was dragged in.
func (h moveHandlers) days(c *fiber.Ctx) error {
	c.Set("HX-Push-Url", "false") // a bar's own request, which opens its task, pushes the task's address
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	if !t.mayTask(t.me, t.Task) {
		return errNotTeam()
	}
	var f daysForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	form, names := f.into(t.Task)
	now := t.Task
	if len(names) > 0 {
		if now, err = h.tasks.Update(c.UserContext(), t.Project.ID, t.Task.Number, form, names); err != nil {
			return daysFault(err, t)
		}
	}
	r := web.Result{Back: backTo(c, t.Task.Path()), Toast: "“" + t.Task.Name + "” is " + whenSaid(now, t) + ".", Offer: t.offer(t.Task, now)}
	switch {
	case !web.IsFragment(c):
	case c.Query("in") == "calendar":
		r.Piece, err = h.calendarPiece(c)
	default:
		r.Piece, err = h.timelinePiece(c)
	}
	if err != nil {
		return err
	}
	return web.Done(c, r)
}

// whenSaid is when the task is, now that it was moved.
func whenSaid(t Task, v taskView) string {
	switch {
	case t.DueOn != "" && t.StartOn != "":
		return "from " + t.StartOn.Text(v.today) + " to " + t.DueOn.Text(v.today)
	case t.DueOn != "":
		return "due on " + t.DueOn.Text(v.today)
	case t.StartOn != "":
		return "to start on " + t.StartOn.Text(v.today)
	}
	return "without dates; give it one first"
}

// daysFault says who moved the task first: it then stands where it is.
func daysFault(err error, t taskView) error {
	clash, ok := data.ClashOf(err)
	if !ok || len(clash.Fields) == 0 {
		return err
	}
	who := clash.Who
	if who == "" {
		who = "Somebody"
	}
	return fault.New(fault.Conflict, "%s moved “%s” first. It stays where they put it.", who, t.Task.Name)
}

// followView is what moves with a task.
type followView struct {
	taskView
	plan plan
}

// lead says what the page is about.
func (f followView) lead() string {
	return "“" + f.Task.Name + "” has moved by " + components.Plural(int(f.plan.days), "day") + ". Each task below waits for it, or for one that does, and keeps its length."
}

func (h moveHandlers) preview(c *fiber.Ctx) error {
	view, err := h.followOf(c, int64(c.QueryInt("days", 1)))
	if err != nil {
		return err
	}
	return web.Show(c, followShown(c, view))
}

// followShown is the plan, in the dialog or on a page of its own.
func followShown(c *fiber.Ctx, view followView) web.Page {
	if web.IsFragment(c) {
		return web.Page{Body: followDialog(view)}
	}
	return web.Page{Title: "Move what follows", Body: followPage(view)}
}

// followOf is the plan of the address's task.
func (h moveHandlers) followOf(c *fiber.Ctx, days int64) (followView, error) {
	t, err := h.openTask(c)
	if err != nil {
		return followView{}, err
	}
	view := followView{taskView: t}
	view.plan, err = h.tasks.Followers(c.UserContext(), h.projects.db.Read, t.Task, max(1, min(days, 40000)))
	return view, err
}

func (h moveHandlers) follow(c *fiber.Ctx) error {
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	if !t.mayTask(t.me, t.Task) {
		return errNotTeam()
	}
	var f followForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	act, moved, err := h.tasks.Follow(c.UserContext(), end{t.Project.ID, t.Task.Number}, f)
	if fault.Is(err, fault.Conflict) {
		view, planErr := h.followOf(c, f.Days)
		if planErr != nil {
			return planErr
		}
		view.waits.wrong = fault.Of(err).Public
		return web.Retry(c, err, followShown(c, view))
	}
	if err != nil {
		return err
	}
	r := web.Result{Back: t.Task.Path(), Toast: "Nothing had to move."}
	if moved > 0 {
		r.Toast, r.Undo = components.Plural(moved, "task")+" moved.", t.Task.Path()+"/follow/"+act+"/undo"
	}
	if web.IsFragment(c) { // from the dialog: what lies under it shows by itself what came of it
		r.Piece, r.Event = templ.NopComponent, "portal.done"
	}
	return web.Done(c, r)
}

func (h moveHandlers) undo(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	moved, err := h.tasks.Unfollow(c.UserContext(), end{project, number}, c.Params("act"))
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: backTo(c, taskPath(project, number)), Toast: components.Plural(moved, "task") + " moved back."})
}
