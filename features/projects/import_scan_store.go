package projects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// reader knows the words of the project that the file is for.
func (s *importStore) reader(ctx context.Context, i fileImport) (*importReader, error) {
	h, err := s.projects.Get(ctx, i.ProjectID)
	if err != nil {
		return nil, err
	}
	if !h.mayWork(auth.From(ctx)) {
		return nil, errNotTeam()
	}
	v, err := s.projects.view(ctx)
	if err != nil {
		return nil, err
	}
	settings := i.settings()
	r := &importReader{
		at: at(ctx, s.db.Now()), settings: settings, columns: columnsOf(settings), heads: i.preview().Heads, words: v.words,
		statuses: map[string]int64{}, priorities: map[string]int64{}, people: map[string]int64{}, milestones: map[string]int64{}, labels: map[string]string{},
	}
	for _, w := range v.words.Statuses {
		r.statuses[data.Fold(w.Name)] = w.ID
	}
	for _, w := range v.words.Priorities {
		r.priorities[data.Fold(w.Name)] = w.ID
	}
	for _, m := range h.Milestones {
		r.milestones[data.Fold(m.Name)] = m.ID
	}
	for _, l := range h.Labels {
		r.labels[l.NameKey], r.labels[data.Key(l.Name)] = l.Name, l.Name
	}
	delete(r.labels, "")
	return r, s.persons(ctx, v, r.people)
}

// persons fills in who is called what. A user name goes before a name.
func (s *importStore) persons(ctx context.Context, v view, into map[string]int64) error {
	var addresses []struct {
		ID       int64
		EmailKey string
	}
	if err := s.db.Read.NewSelect().Table("users").Column("id", "email_key").Where("email_key <> ''").Scan(ctx, &addresses); err != nil {
		return fmt.Errorf("addresses of people: %w", err)
	}
	for _, p := range v.people.List {
		key := data.Fold(p.Name)
		if into[key] != 0 {
			into[key] = -1
			continue
		}
		into[key] = p.ID
	}
	for _, a := range addresses {
		into[data.Fold(a.EmailKey)] = a.ID
	}
	for _, p := range v.people.List {
		into[data.Fold(p.Username)] = p.ID
	}
	return nil
}

// count reads the file once to know how long it is and which row is part of which, and keeps the first on the import's page.
func (s *importStore) count(ctx context.Context, i fileImport, body []byte, r *importReader) (int, error) {
	f := &importFamily{keys: map[string]int{}, parents: []string{""}}
	cell := func(cells []string, field string) string {
		if n, ok := r.columns[field]; ok && n < len(cells) {
			return strings.TrimSpace(cells[n])
		}
		return ""
	}
	n := 0
	err := eachRow(ctx, body, r.settings.Sheet, func(_ int, cells []string) error {
		n++
		if n > importRows {
			return fault.Field("file", "The file has more than %s rows. Split it.", inThousands(importRows))
		}
		if key := data.Fold(cell(cells, "key")); key != "" {
			if f.keys[key] != 0 {
				f.keys[key] = -1
			} else {
				f.keys[key] = n
			}
		}
		f.parents = append(f.parents, strings.Clone(cell(cells, "parent")))
		return nil
	})
	if err != nil {
		return 0, err
	}
	if _, ok := r.columns["parent"]; ok {
		if err := s.relatives(ctx, i.ProjectID, f); err != nil {
			return 0, err
		}
		r.family = f
	}
	return n, s.db.Write(ctx, func(tx *data.Tx) error {
		return s.step(ctx, tx, i.ID, importChecking, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("total = ?", n) })
	})
}

// relatives reads how deep each task of the project lies.
func (s *importStore) relatives(ctx context.Context, project int64, f *importFamily) error {
	h, err := s.projects.Get(ctx, project)
	if err != nil {
		return err
	}
	var rows []struct {
		ID, Number int64
		ParentID   *int64
	}
	err = s.db.Read.NewSelect().Table("tasks").Column("id", "number", "parent_id").Where("project_id = ?", project).Where("deleted_at IS NULL").Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("tasks of project %d: %w", project, err)
	}
	up := make(map[int64]int64, len(rows))
	for _, t := range rows {
		up[t.ID] = data.OrZero(t.ParentID)
	}
	f.taskKey, f.tasks = h.Project.TaskKey, make(map[int64]importKin, len(rows))
	for _, t := range rows {
		k := importKin{id: t.ID}
		for at := up[t.ID]; at != 0 && k.depth < levels; at = up[at] {
			k.depth++
		}
		f.tasks[t.Number] = k
	}
	return nil
}

// eachRow calls do for each row below the heads that is not empty, with the number that a spreadsheet gives it.
func eachRow(ctx context.Context, body []byte, sheetName string, do func(row int, cells []string) error) error {
	t, err := openTable(body, sheetName)
	if err != nil {
		return err
	}
	defer t.Close()
	_, row, err := importHeads(t)
	if err != nil {
		return err
	}
	for {
		row++
		cells, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if blankRow(cells) {
			continue
		}
		if err := do(row, cells); err != nil {
			return err
		}
	}
}
