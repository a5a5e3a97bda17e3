package projects

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"portal/app/feature"
	"portal/app/legacy"
)

// takeHistory writes the old lines in the order of their time, which is the order in which ours are shown.
func (a *arrival) takeHistory(ctx context.Context) error {
	rows, err := a.Unseen(ctx, "history", feature.ByID)
	if err != nil {
		return err
	}
	var fresh []pastRow
	for _, r := range rows {
		home := a.home(r)
		if home.project == 0 {
			a.Leave("history", feature.ByID(r), "%s", nowhere(r))
			continue
		}
		lines, mended := a.past(r, home)
		fresh = append(fresh, lines...)
		a.finish("history", feature.ByID(r), lines[0].ThingID, mended)
	}
	slices.SortStableFunc(fresh, func(x, y pastRow) int { return x.CreatedAt.Compare(y.CreatedAt) })
	if err := legacy.Insert(ctx, a.tx, fresh); err != nil {
		return err
	}
	return a.begin(ctx, fresh)
}

// begin notes when tasks were begun: when the old history first says that they had a status of work under way or done.
// The lines are in the order of their time.
func (a *arrival) begin(ctx context.Context, lines []pastRow) error {
	begun := map[string]bool{}
	for _, s := range a.words.Statuses {
		begun[s.Name] = s.Stage != StageTodo && s.Stage != StageCancelled
	}
	seen := map[int64]bool{}
	for _, l := range lines {
		if l.Kind != "projects.task" || l.Field != "status" || !begun[l.NewValue] || seen[l.ThingID] {
			continue
		}
		seen[l.ThingID] = true
		_, err := a.tx.NewUpdate().Table("tasks").Set("started_at = ?", l.CreatedAt).Where("id = ?", l.ThingID).
			Where("started_at IS NULL OR started_at > ?", l.CreatedAt).Exec(ctx)
		if err != nil {
			return fmt.Errorf("when task %d was begun: %w", l.ThingID, err)
		}
	}
	return nil
}

// past is one old line as ours: one for each field that changed, or one when none did. Their version is 0:
// they take no part in merging edits.
func (a *arrival) past(r legacy.Record, home belonging) ([]pastRow, []string) {
	var mended []string
	if home.lost != "" {
		mended = append(mended, home.lost)
	}
	d := detailsOf(r)
	row := pastRow{Kind: "projects.project", ThingID: home.project, CreatedAt: home.changed}
	thing := "project"
	if home.task != nil {
		row.Kind, row.ThingID, row.ParentID, thing = "projects.task", *home.task, home.project, "task"
	}
	for i, f := range d.fields {
		d.fields[i].Old, d.fields[i].New = a.reads(f.Name, f.Old), a.reads(f.Name, f.New)
	}
	row.What = cmp.Or(sentenceOf(r.Line("action"), thing, d), "changed the "+thing)
	row.UserID, row.UserName = a.author(r, &mended)
	if at := r.Time("created_at"); at != nil {
		row.CreatedAt = *at
	} else {
		mended = append(mended, "nobody knows when it was; it carries the last change of the "+thing)
	}
	if len(d.fields) == 0 {
		return []pastRow{row}, mended
	}
	lines := make([]pastRow, len(d.fields))
	for i, f := range d.fields {
		lines[i] = row
		lines[i].Field, lines[i].OldValue, lines[i].NewValue = f.Name, f.Old, f.New
	}
	return lines, mended
}

// reads turns an old id in a field into the name of what it stood for.
func (a *arrival) reads(field, value string) string {
	old, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return value
	}
	name := ""
	switch field {
	case "status":
		name = a.words.Status(a.IDs.Of("project_status", old)).Name
	case "priority":
		name = a.words.Priority(a.IDs.Of("project_priority", old)).Name
	case "assignee", "lead":
		name = a.names[a.IDs.Of("user", old)]
	case "parent":
		if id := a.IDs.Of("task", old); id != 0 {
			name = a.taskName(id)
		}
	}
	return cmp.Or(name, value)
}
