package projects

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/app/data"
	"portal/app/feature"
	"portal/app/legacy"
)

// belonging is what a todo or a comment hangs on, by our ids.
type belonging struct {
	project int64
	task    *int64
	changed time.Time // the last change of what it hangs on
	lost    string    // what had to be given up; empty for nothing
}

// home finds what an old row hangs on; the zero project when it hangs on nothing that is here.
func (a *arrival) home(r legacy.Record) belonging {
	if id := a.IDs.Of("task", r.Int("task_id")); id != 0 {
		t := a.tasks[id]
		return belonging{project: t.ProjectID, task: &t.ID, changed: t.UpdatedAt}
	}
	project := a.IDs.Of("project", r.Int("project_id"))
	if project == 0 {
		return belonging{}
	}
	b := belonging{project: project, changed: a.projects[project].UpdatedAt}
	if r.Has("task_id") {
		b.lost = fmt.Sprintf("its task %d is not there; it belongs to the project now", r.Int("task_id"))
	}
	return b
}

// nowhere is why a row that hangs on nothing stays behind.
func nowhere(r legacy.Record) string {
	if !r.Has("task_id") && !r.Has("project_id") {
		return "It belongs to no project and no task."
	}
	return fmt.Sprintf("What it belongs to (project %s, task %s) is not there.", oldNumber(r, "project_id"), oldNumber(r, "task_id"))
}

func (a *arrival) takeTodos(ctx context.Context) error {
	rows, err := a.Unseen(ctx, "todo", feature.ByID)
	if err != nil {
		return err
	}
	ids, err := legacy.NumbersFor(ctx, a.tx, "todos", rows)
	if err != nil {
		return err
	}
	ends, err := a.todoEnds(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(x, y legacy.Record) int {
		return cmp.Or(cmp.Compare(x.Int("sort_order"), y.Int("sort_order")), cmp.Compare(x.ID(), y.ID()))
	})
	var fresh []Todo
	for _, r := range rows {
		home := a.home(r)
		if home.project == 0 {
			a.Leave("todo", feature.ByID(r), "%s", nowhere(r))
			continue
		}
		t, mended := a.todo(r, home)
		t.ID = ids.Give(r.ID())
		end := [2]int64{t.ProjectID, data.OrZero(t.TaskID)}
		ends[end] += gap
		t.Position = ends[end]
		fresh = append(fresh, t)
		a.finish("todo", feature.ByID(r), t.ID, mended)
	}
	return legacy.Insert(ctx, a.tx, fresh)
}

// todoEnds are the last places of the lists that are here, by project and task.
func (a *arrival) todoEnds(ctx context.Context) (map[[2]int64]int64, error) {
	var ours []Todo
	if err := a.tx.NewSelect().Model(&ours).Column("id", "project_id", "task_id", "position").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read todos: %w", err)
	}
	ends := map[[2]int64]int64{}
	for _, t := range ours {
		at := [2]int64{t.ProjectID, data.OrZero(t.TaskID)}
		ends[at] = max(ends[at], t.Position)
	}
	return ends, nil
}

// todo is what an old row becomes, but for its id and place.
func (a *arrival) todo(r legacy.Record, home belonging) (Todo, []string) {
	var mended []string
	if home.lost != "" {
		mended = append(mended, home.lost)
	}
	t := Todo{
		ProjectID: home.project, TaskID: home.task, Text: r.Line("description"), CreatedBy: a.by(r.Text("created_by")),
		AssigneeID: a.who(r, "assigned_to_id", "assignee", &mended), DueOn: day(r, "due_date", &mended), Version: 1,
	}
	if t.Text == "" {
		t.Text = fmt.Sprintf("Todo %d without a text", r.ID())
		mended = append(mended, "it had no text")
	}
	if short := data.Cut(t.Text, 500); short != t.Text {
		t.Text = short
		mended = append(mended, "its text is cut to 500 characters")
	}
	t.CreatedAt, t.UpdatedAt = times(r, home.changed, &mended)
	if !r.Yes("completed") {
		return t, mended
	}
	t.DoneAt = r.Time("completed_at")
	if t.DoneAt == nil {
		at := t.CreatedAt
		if home.changed.After(at) {
			at = home.changed
		}
		t.DoneAt = &at
		mended = append(mended, "it is done, but nobody knows since when; it carries the last change of what it belongs to")
	}
	if t.DoneAt.After(t.UpdatedAt) {
		t.UpdatedAt = *t.DoneAt
	}
	return t, mended
}

func (a *arrival) takeComments(ctx context.Context) error {
	rows, err := a.Unseen(ctx, "comment", feature.ByID)
	if err != nil {
		return err
	}
	ids, err := legacy.NumbersFor(ctx, a.tx, "comments", rows)
	if err != nil {
		return err
	}
	var fresh []Comment
	for _, r := range rows {
		home := a.home(r)
		if home.project == 0 {
			a.Leave("comment", feature.ByID(r), "%s", nowhere(r))
			continue
		}
		c, mended := a.comment(r, home)
		if c.Text == "" {
			a.Leave("comment", feature.ByID(r), "%s", strings.Join(append([]string{"There is no text in it"}, mended...), "; ")+".")
			continue
		}
		c.ID = ids.Give(r.ID())
		fresh = append(fresh, c)
		a.finish("comment", feature.ByID(r), c.ID, mended)
	}
	return legacy.Insert(ctx, a.tx, fresh)
}

// comment is what an old row becomes, but for its id. Its author is kept by name when there is no account.
func (a *arrival) comment(r legacy.Record, home belonging) (Comment, []string) {
	var mended []string
	if home.lost != "" {
		mended = append(mended, home.lost)
	}
	c := Comment{ProjectID: home.project, TaskID: home.task, Version: 1}
	c.AuthorID, c.Author = a.author(r, &mended)
	var removed []string
	c.Text, removed = legacy.Markdown(r.Text("content"))
	mended = append(mended, removed...)
	c.CreatedAt, c.UpdatedAt = times(r, home.changed, &mended)
	return c, mended
}

// author is who wrote or did something: by account, else by the name that stands there.
func (a *arrival) author(r legacy.Record, mended *[]string) (id *int64, name string) {
	if id := a.IDs.Of("user", r.Int("user_id")); id != 0 {
		return &id, a.names[id]
	}
	name = data.Cut(r.Line("created_by"), 200)
	if p := a.people[strings.ToLower(name)]; p.ID != 0 && !r.Has("user_id") {
		return &p.ID, p.Name
	}
	if name == "" {
		name = "Somebody"
	}
	*mended = append(*mended, fmt.Sprintf("its author (account %s) is not there; it carries the name %s", oldNumber(r, "user_id"), name))
	return nil, name
}
