package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/markdown"
)

// findTasks are the ids of the tasks that words name, in one query; words that name none are left out.
func findTasks(ctx context.Context, db bun.IDB, project int64, words []string) (map[string]int64, error) {
	numbers := map[string][]int64{}
	var keys []string
	for _, w := range words {
		key, n := taskWord(w)
		if numbers[key] == nil {
			keys = append(keys, key)
		}
		numbers[key] = append(numbers[key], n)
	}
	found := map[string]int64{}
	if len(keys) == 0 {
		return found, nil
	}
	var all *bun.SelectQuery // one part for each project: each goes by its numbers
	for _, key := range keys {
		q := db.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.id, t.number, ? AS task_key", key).Where("t.number IN (?)", list(numbers[key]))
		if key == "" {
			q = q.Where("t.project_id = ?", project)
		} else {
			q = q.Where("t.project_id = (SELECT id FROM projects WHERE task_key = ?)", key)
		}
		if all == nil {
			all = q
		} else {
			all = all.UnionAll(q)
		}
	}
	var rows []struct {
		ID, Number int64
		TaskKey    string
	}
	if err := all.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("find the tasks that a text names: %w", err)
	}
	for _, r := range rows {
		word := id(r.Number)
		if r.TaskKey != "" {
			word = r.TaskKey + "-" + word
		}
		found[word] = r.ID
	}
	return found, nil
}

// loadLinks reads what a task's texts name and what names the task, in one query; with another one for words that
// were written before mentions were kept.
func loadLinks(ctx context.Context, db bun.IDB, th *thread) error {
	var rows []struct {
		Back                 bool
		ProjectID, CommentID int64
		Word                 string
		UserID, TargetID     int64
		Number               int64
		Name                 string
		Open                 bool
	}
	const query = "SELECT 0 AS back, m.project_id, COALESCE(m.comment_id, 0) AS comment_id, m.word, COALESCE(m.user_id, 0) AS user_id, COALESCE(m.target_id, 0) AS target_id, " +
		"0 AS number, '' AS name, 0 AS open FROM mentions AS m WHERE m.task_id = ? " +
		"UNION ALL SELECT * FROM (SELECT 1 AS back, m.project_id, COALESCE(m.comment_id, 0) AS comment_id, '' AS word, 0 AS user_id, 0 AS target_id, " +
		"COALESCE(t.number, 0) AS number, COALESCE(t.name, '') AS name, COALESCE(t.open, 1) AS open " +
		"FROM mentions AS m LEFT JOIN tasks AS t ON t.id = m.task_id WHERE m.target_id = ? AND t.deleted_at IS NULL AND (m.task_id IS NULL OR m.task_id <> ?) ORDER BY m.id DESC LIMIT 200) AS x"
	if err := db.NewRaw(query, th.Task.ID, th.Task.ID, th.Task.ID).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("mentions of task %d: %w", th.Task.ID, err)
	}
	seen := map[backlink]bool{}
	for _, r := range rows {
		if !r.Back {
			th.Links = append(th.Links, link{r.CommentID, r.Word, r.UserID, r.TargetID})
			continue
		}
		b := backlink{r.ProjectID, r.CommentID, r.Number, r.Name, r.Open}
		if !seen[b] {
			seen[b] = true
			th.Back = append(th.Back, b)
		}
	}
	texts := map[int64]string{0: th.HTML}
	for _, c := range th.Comments {
		texts[c.ID] = c.HTML
	}
	var err error
	th.Links, err = withUnkept(ctx, db, th.Task.ProjectID, th.Links, texts)
	return err
}

// withUnkept are the links, and those that the texts name but nobody has kept. texts are by their comment, 0 the description.
func withUnkept(ctx context.Context, db bun.IDB, project int64, have links, texts map[int64]string) (links, error) {
	var words []string
	unkept := map[string][]int64{}
	for comment, text := range texts {
		for _, m := range eachOnce(markdown.Mentions(text)) {
			if m.Person || have.of(comment, m.Word).Task != 0 {
				continue
			}
			if unkept[m.Word] == nil && len(words) < maxMentions {
				words = append(words, m.Word)
			}
			unkept[m.Word] = append(unkept[m.Word], comment)
		}
	}
	found, err := findTasks(ctx, db, project, words)
	for word, task := range found {
		for _, comment := range unkept[word] {
			have = append(have, link{Comment: comment, Word: word, Task: task})
		}
	}
	return have, err
}

// textLinks are what a project's own texts name: its description, or its comments.
func (s *projectStore) textLinks(ctx context.Context, project int64, texts map[int64]string) (links, error) {
	some := false
	for _, text := range texts {
		some = some || len(markdown.Mentions(text)) > 0
	}
	if !some {
		return nil, nil
	}
	var rows []struct {
		CommentID        int64
		Word             string
		UserID, TargetID int64
	}
	err := s.db.Read.NewSelect().TableExpr("mentions AS m").
		ColumnExpr("COALESCE(m.comment_id, 0) AS comment_id, m.word, COALESCE(m.user_id, 0) AS user_id, COALESCE(m.target_id, 0) AS target_id").
		Where("m.project_id = ?", project).Where("m.task_id IS NULL").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("mentions in project %d: %w", project, err)
	}
	var all links
	for _, r := range rows {
		if _, shown := texts[r.CommentID]; shown {
			all = append(all, link{r.CommentID, r.Word, r.UserID, r.TargetID})
		}
	}
	return withUnkept(ctx, s.db.Read, project, all, texts)
}

// reference is a task as a link to it shows it.
type reference struct {
	ID, ProjectID, Number int64
	Name, TaskKey         string
	StatusID              int64
	Open                  bool
}

// references are those of the tasks that the viewer may know of, in one query.
func (s *projectStore) references(ctx context.Context, tasks []int64) (map[int64]reference, error) {
	all := map[int64]reference{}
	if len(tasks) == 0 {
		return all, nil
	}
	var rows []reference
	err := s.db.Read.NewSelect().TableExpr("tasks AS t").Join("JOIN projects AS p ON p.id = t.project_id").
		ColumnExpr("t.id, t.project_id, t.number, t.name, t.status_id, t.open, p.task_key").
		Where("t.id IN (?)", list(tasks)).Where("t.deleted_at IS NULL").Where("p.deleted_at IS NULL").Apply(visibleTo(auth.From(ctx))).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("tasks that a text names: %w", err)
	}
	for _, r := range rows {
		all[r.ID] = r
	}
	return all, nil
}
