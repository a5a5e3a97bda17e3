package projects

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/markdown"
)

// keepMentions keeps whom and what the task's description names. What a task is called stands also where it is named.
func (s *taskStore) keepMentions(ctx context.Context, tx *data.Tx, w wrote) error {
	was := Task{}
	if w.before != nil {
		was = *w.before
	}
	if w.before != nil && (was.Name != w.after.Name || was.Open != w.after.Open) {
		if err := dropNamed(ctx, tx, w.after.ID); err != nil {
			return err
		}
	}
	if was.Description == w.after.Description {
		return nil
	}
	return keepMentions(ctx, tx, source{project: w.after.ProjectID, task: &w.after.ID}, was.Description, w.after.Description)
}

// keepMentions keeps whom and what the comment names; nothing for one in the trash.
func (s *noteStore) keepMentions(ctx context.Context, tx *data.Tx, r remark) error {
	text := func(c *Comment) string {
		if c == nil || c.DeletedAt != nil {
			return ""
		}
		return c.Text
	}
	was, now := text(r.before), text(r.after)
	if was == now {
		return nil
	}
	return keepMentions(ctx, tx, source{r.after.ProjectID, r.after.TaskID, &r.after.ID}, was, now)
}

// keepMentions writes which mentions a text has now. A word that was there before leads where it did.
func keepMentions(ctx context.Context, tx *data.Tx, src source, was, text string) error {
	now := mentionedIn(text)
	if len(now) == 0 && len(mentionedIn(was)) == 0 {
		return nil
	}
	var have []Mention
	q := tx.NewSelect().Model(&have).Where("m.project_id = ?", src.project)
	for _, c := range []struct {
		column string
		id     *int64
	}{{"m.task_id", src.task}, {"m.comment_id", src.comment}} {
		if c.id == nil {
			q = q.Where(c.column + " IS NULL")
		} else {
			q = q.Where(c.column+" = ?", *c.id)
		}
	}
	if err := q.Scan(ctx, &have); err != nil {
		return fmt.Errorf("mentions of before: %w", err)
	}
	kept := map[markdown.Mention]bool{}
	var gone, touched []int64
	for _, m := range have {
		word := markdown.Mention{Person: m.UserID != nil, Word: m.Word}
		if slices.Contains(now, word) {
			kept[word] = true
			continue
		}
		gone = append(gone, m.ID)
		touched = append(touched, data.OrZero(m.TargetID))
	}
	made, err := newMentions(ctx, tx, src, slices.DeleteFunc(now, func(m markdown.Mention) bool { return kept[m] }))
	if err != nil {
		return err
	}
	for _, m := range made {
		touched = append(touched, data.OrZero(m.TargetID))
	}
	if len(gone) > 0 {
		if _, err := tx.NewDelete().Table("mentions").Where("id IN (?)", list(gone)).Exec(ctx); err != nil {
			return fmt.Errorf("remove mentions: %w", err)
		}
	}
	if len(made) > 0 {
		if _, err := tx.NewInsert().Model(&made).Exec(ctx); err != nil {
			return fmt.Errorf("keep mentions: %w", err)
		}
	}
	return dropTargets(ctx, tx, touched)
}

// newMentions are the rows of words that name something, in two queries.
func newMentions(ctx context.Context, tx *data.Tx, src source, words []markdown.Mention) ([]Mention, error) {
	var tasks []string
	for _, w := range words {
		if !w.Person {
			tasks = append(tasks, w.Word)
		}
	}
	found, err := findTasks(ctx, tx, src.project, tasks)
	if err != nil {
		return nil, err
	}
	people, err := findPeople(ctx, tx, words)
	if err != nil {
		return nil, err
	}
	var rows []Mention
	for _, w := range words {
		m := Mention{ProjectID: src.project, TaskID: src.task, CommentID: src.comment, Word: w.Word, CreatedAt: tx.Now}
		if w.Person {
			m.UserID = data.Optional(people[w.Word])
		} else {
			m.TargetID = data.Optional(found[w.Word])
		}
		if m.UserID != nil || m.TargetID != nil {
			rows = append(rows, m)
		}
	}
	return rows, nil
}

// findPeople are the ids of the people that words name. A name that two people have names nobody.
func findPeople(ctx context.Context, tx *data.Tx, words []markdown.Mention) (map[string]int64, error) {
	var keys, names []string
	for _, w := range words {
		if w.Person {
			keys, names = append(keys, data.Fold(w.Word)), append(names, w.Word)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID             int64
		Username, Name string
	}
	err := tx.NewSelect().Table("users").Column("id", "username", "name").Where("username_key IN (?)", bun.In(keys)).WhereOr("name IN (?)", bun.In(names)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("people that a text names: %w", err)
	}
	found := map[string]int64{}
	for _, word := range names {
		var whole []int64
		for _, r := range rows {
			switch {
			case data.Fold(r.Username) == data.Fold(word):
				found[word] = r.ID
			case data.Fold(r.Name) == data.Fold(word):
				whole = append(whole, r.ID)
			}
		}
		if found[word] == 0 && len(whole) == 1 {
			found[word] = whole[0]
		}
	}
	return found, nil
}

// newlyMentioned are the people that a text names now and did not before, each once, whether or not they may see it.
func newlyMentioned(ctx context.Context, tx *data.Tx, before, after string) ([]int64, error) {
	was, now := mentionedIn(before), mentionedIn(after)
	people, err := findPeople(ctx, tx, slices.Concat(was, now))
	if err != nil {
		return nil, err
	}
	var old, fresh []int64
	for _, m := range was {
		if m.Person {
			add(&old, people[m.Word])
		}
	}
	for _, m := range now {
		if n := people[m.Word]; m.Person && n != 0 && !slices.Contains(old, n) {
			add(&fresh, n)
		}
	}
	return fresh, nil
}

// dropNamed ends what is held of the tasks that texts of these tasks name: their pages say by what they are named.
func dropNamed(ctx context.Context, tx *data.Tx, tasks ...int64) error {
	var named []int64
	if err := tx.NewSelect().Table("mentions").ColumnExpr("DISTINCT target_id").Where("task_id IN (?)", list(tasks)).Where("target_id IS NOT NULL").Scan(ctx, &named); err != nil {
		return fmt.Errorf("tasks that are named: %w", err)
	}
	return dropTargets(ctx, tx, named)
}

// dropTargets ends what is held of these tasks' pages.
func dropTargets(ctx context.Context, tx *data.Tx, tasks []int64) error {
	tasks = slices.DeleteFunc(slices.Clone(tasks), func(n int64) bool { return n == 0 })
	if len(tasks) == 0 {
		return nil
	}
	var rows []struct{ ID, ProjectID int64 }
	if err := tx.NewSelect().Table("tasks").Column("id", "project_id").Where("id IN (?)", list(tasks)).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("projects of tasks that are named: %w", err)
	}
	var stale []string
	for _, r := range rows {
		stale = append(stale, taskKey(r.ID), seenFamily(r.ProjectID))
	}
	tx.Ends(stale...)
	return nil
}
