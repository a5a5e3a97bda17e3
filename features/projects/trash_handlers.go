package projects

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

type trashHandlers struct{ base }

// trashRoutes are the routes of a project's trash.
func trashRoutes(b base) []feature.Route {
	return []feature.Route{feature.Get("project.see.trash", "/:id<int>/trash", "A project's trash", trashHandlers{b}.list)}
}

func (h trashHandlers) list(c *fiber.Ctx) error {
	head, err := h.head(c, "trash")
	if err != nil {
		return err
	}
	if !head.mayWork(head.me) {
		return fault.New(fault.Forbidden, "Only the project's team looks into its trash. Ask its lead to add you.")
	}
	v := trashView{headView: head, now: h.projects.db.Now()}
	web.Query(c, &v.f)
	v.f.List = v.f.Tidy()
	if v.rows, err = h.notes.Trash(c.UserContext(), head.Project.ID, v.f); err != nil {
		return err
	}
	web.Push(c, v.pageLink(v.rows.Page, v.rows.Size))
	return web.Show(c, web.Page{Title: head.Project.Name + ": trash", Body: trashPage(v)})
}

// trashView is a project's trash.
type trashView struct {
	headView
	f    trashFilter
	rows data.Rows[trashed]
	now  time.Time
}

func (v trashView) path() string { return v.Project.Path() + "/trash" }

// link is the address of the trash with another value for some of its parameters.
func (v trashView) link(pairs ...string) string { return web.Link(v.path(), v.f, pairs...) }

func (v trashView) pageLink(page, size int) string {
	return v.link("page", pageParameter(page), "size", sizeParameter(size))
}

func (v trashView) sort(key, label string) components.Sort {
	return components.SortBy(v.f.Sort, key, label, v.link)
}

// trashShows are the cuts of the trash.
var trashShows = []components.Option{
	{Value: "", Label: "Everything"}, {Value: trashTask, Label: "Tasks"}, {Value: trashTodo, Label: "Todos"}, {Value: trashComment, Label: "Comments"},
	{Value: trashFile, Label: "Files"}, {Value: trashMilestone, Label: "Milestones"},
}

func (v trashView) chips() []components.Chip {
	var all []components.Chip
	for _, s := range trashShows[1:] {
		if s.Value == v.f.Show {
			all = append(all, components.Chip{Label: s.Label, Without: v.link("show", "")})
		}
	}
	if v.f.Text != "" {
		all = append(all, components.Chip{Label: "“" + v.f.Text + "”", Without: v.link("q", "")})
	}
	return all
}

func (v trashView) empty() components.EmptyState {
	if len(v.chips()) > 0 {
		return components.EmptyState{Icon: "filter", Title: "Nothing fits", Text: "The filters above hide all that lies in this project's trash.", Action: components.Link{Label: "Show everything", URL: v.path()}}
	}
	return components.EmptyState{Icon: "trash", Title: "The trash is empty", Text: "Deleted tasks, todos, comments, files and milestones of this project stay here for 30 days and can be brought back."}
}

// trashIcon is the icon of a kind.
func trashIcon(kind string) string {
	return map[string]string{trashTask: "list-check", trashTodo: "checkbox", trashComment: "message", trashFile: "paperclip", trashMilestone: "flag"}[kind]
}

// kindOf says what the thing is, and on what it was.
func (v trashView) kindOf(b trashed) string {
	kind := strings.ToUpper(b.Kind[:1]) + b.Kind[1:]
	if b.Said {
		kind = "File of a comment"
	}
	switch {
	case b.Kind == trashTask && b.OnTask != nil:
		return kind + ", part of “" + *b.OnTask + "”"
	case b.Kind != trashTask && b.OnTask != nil:
		return kind + " on “" + *b.OnTask + "”"
	}
	return kind
}

// with says what comes back with a task.
func (b trashed) with() string {
	if b.Parts == 0 {
		return ""
	}
	return "with " + components.Plural(b.Parts, "subtask")
}

// left says how long the thing stays.
func (v trashView) left(b trashed) string {
	left := b.DeletedAt.Add(data.TrashKept).Sub(v.now)
	if left <= 24*time.Hour {
		return "less than a day left"
	}
	return components.Plural(int(left.Hours()/24), "day") + " left"
}

// back is the address that brings the thing back; empty when the viewer may not, or it can't come back yet.
func (v trashView) back(b trashed) string {
	on := v.Project.Path()
	if b.Number != nil {
		on = taskPath(v.Project.ID, *b.Number)
	}
	may, to := false, ""
	switch b.Kind {
	case trashTask:
		may, to = !b.Blocked && v.me.Can("projects.task.edit.restore") && v.mayTask(v.me, Task{AssigneeID: b.AssigneeID}), on
	case trashTodo:
		may, to = v.me.Can("projects.task.edit.todo.restore") && v.mayTask(v.me, Task{AssigneeID: b.AssigneeID}), on+"/todos/"+id(b.ID)
	case trashComment:
		may, to = v.me.Can("projects.comment.edit.restore") && mayComment(v.me, Comment{AuthorID: b.OwnerID}), on+"/comments/"+id(b.ID)
	case trashFile:
		a := attached{Attachment: Attachment{CreatedBy: b.OwnerID}, TaskAssignee: b.AssigneeID}
		if b.Said {
			a.CommentID = &b.ID // whichever it is: who may is the same for all
		}
		may, to = v.me.Can("projects.task.edit.file.restore") && v.mayFile(v.me, a), v.Project.Path()+"/files/"+id(b.ID)
	case trashMilestone:
		may, to = v.me.Can("projects.project.edit.milestone.restore") && v.mayEdit(v.me), v.Project.Path()+"/milestones/"+id(b.ID)
	}
	if !may || data.TrashOver(&b.DeletedAt, v.now) {
		return ""
	}
	return to + "/restore"
}

// why says why there is no button.
func (v trashView) why(b trashed) string {
	switch {
	case data.TrashOver(&b.DeletedAt, v.now):
		return "Its 30 days are over"
	case b.Blocked:
		return "Bring back what it is part of first"
	case b.Kind == trashComment, b.Said:
		return "Only who wrote it brings it back"
	case b.Kind == trashMilestone:
		return "Only the lead brings it back"
	}
	return "You may not bring it back"
}
