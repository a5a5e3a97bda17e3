package projects

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/sheet"
)

// importJob works on imports as soon as there is one.
func importJob(b base) feature.Job {
	s := newImportStore(b)
	return feature.Job{Name: "projects.import", Title: "Work on imports of tasks, and remove files that nobody came back to", Every: time.Second, Run: s.work, Ready: s.waiting}
}

// work runs all imports that wait, one after the other. Only one process does so at a time; what was running when it
// begins has been left by one that stopped.
func (s *importStore) work(ctx context.Context) error {
	if err := s.abandon(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		var i fileImport
		var all []fileImport
		err := s.db.Read.NewSelect().Model(&all).Where("i.state IN (?)", bun.In([]string{importCheck, importStart})).OrderExpr("i.updated_at, i.id").Limit(1).Scan(ctx)
		if err != nil || len(all) == 0 {
			return err
		}
		i = all[0]
		if err := s.run(ctx, i); err != nil {
			return fmt.Errorf("import %d: %w", i.ID, err)
		}
	}
	return nil
}

// abandon ends what was left running, and files that nobody came back to for a day.
func (s *importStore) abandon(ctx context.Context) error {
	var left []fileImport
	err := s.db.Read.NewSelect().Model(&left).Column("id", "state").Where("i.state IN (?)", bun.In([]string{importChecking, importRunning, importCancelling})).Scan(ctx)
	if err != nil {
		return err
	}
	for _, i := range left {
		state, said := importFailed, "The portal stopped while it was working on this. Nothing was made; please send the file again."
		if i.State == importCancelling {
			state, said = importCancelled, ""
		}
		if err := s.end(ctx, i.ID, state, said); err != nil {
			return err
		}
	}
	var old []int64
	before := s.db.Now().Add(-importKept)
	stale := []string{importMapping, importChecked}
	if err := s.db.Read.NewSelect().Table("imports").Column("id").Where("state IN (?)", bun.In(stale)).Where("updated_at < ?", before).Scan(ctx, &old); err != nil {
		return err
	}
	for _, n := range old {
		err := s.db.Write(ctx, func(tx *data.Tx) error {
			tx.Unchanged()
			_, err := tx.NewUpdate().Table("imports").Set("state = ?", importCancelled).Set("said = ?", "Nobody came back to it for a day.").
				Set("ended_at = ?", tx.Now).Where("id = ?", n).Where("state IN (?)", bun.In(stale)).Where("updated_at < ?", before).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
		if err := s.clear(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// errCancelled ends a run that somebody has cancelled.
var errCancelled = errors.New("cancelled")

// run does what the import waits for, as who began it, and keeps how it ended.
func (s *importStore) run(ctx context.Context, i fileImport) error {
	as, err := s.viewerOf(ctx, i)
	if err == nil {
		var cancel context.CancelFunc
		as, cancel = context.WithTimeout(as, importDeadline)
		defer cancel()
		if i.State == importCheck {
			err = s.check(as, i)
		} else {
			err = s.make(as, i)
		}
	}
	ctx = context.WithoutCancel(ctx) // also when the portal stops
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errCancelled):
		return s.end(ctx, i.ID, importCancelled, "")
	case fault.Is(err, fault.Broken) || fault.Of(err).Kind == fault.Broken:
		return errors.Join(err, s.end(ctx, i.ID, importFailed, "Something went wrong on our side. Nothing was made; please try again."))
	}
	return s.end(ctx, i.ID, importFailed, fault.Of(err).Public)
}

// step changes the state of a run, or says that it is cancelled.
func (s *importStore) step(ctx context.Context, tx *data.Tx, importID int64, from string, set func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	tx.Unchanged()
	res, err := set(tx.NewUpdate().Table("imports").Set("updated_at = ?", tx.Now)).Where("id = ?", importID).Where("state = ?", from).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errCancelled)
	}
	return nil
}

// check reads the whole file: rows without errors wait in import_rows to become tasks, unless there is any error.
func (s *importStore) check(ctx context.Context, i fileImport) error {
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		if _, err := tx.NewDelete().Table("import_parts").Where("import_id = ?", i.ID).Where("kind = ?", partErrors).Exec(ctx); err != nil {
			return err
		}
		return s.step(ctx, tx, i.ID, importCheck, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("state = ?", importChecking) })
	})
	if err != nil {
		return err
	}
	if err := s.clearRows(ctx, i.ID); err != nil {
		return err
	}
	body, err := s.Body(ctx, i.ID, partFile)
	if err != nil {
		return err
	}
	r, err := s.reader(ctx, i)
	if err != nil {
		return err
	}
	total, err := s.count(ctx, i, body, r)
	if err != nil {
		return err
	}
	c := &checking{store: s, of: i, errors: csv.NewWriter(nil)}
	c.errors = csv.NewWriter(&c.list)
	c.errors.UseCRLF = true
	c.list.WriteString("\ufeff") // Excel then knows that it is UTF-8
	_ = c.errors.Write([]string{"Row", "Column", "Error"})
	if err := c.all(ctx, body, r); err != nil {
		return err
	}
	if c.bad > 0 {
		if err := s.clearRows(ctx, i.ID); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		return s.step(ctx, tx, i.ID, importChecking, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("state = ?", importChecked).Set("total = ?", total).Set("done = ?", total).Set("bad = ?", c.bad).Set("problems = ?", importJSON(c.first))
		})
	})
}

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
		r.labels[l.NameKey], r.labels[data.Fold(l.Name)] = l.Name, l.Name
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
		up[t.ID] = value(t.ParentID)
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

// checking is one check of a file.
type checking struct {
	store  *importStore
	of     fileImport
	rows   []importRow // that are not written yet
	size   int         // of their texts, in bytes
	done   int
	bad    int
	first  []importProblem
	list   bytes.Buffer // of errors that are not written yet
	errors *csv.Writer  // into it
	parts  int64        // of the list that are written
}

func (c *checking) all(ctx context.Context, body []byte, r *importReader) error {
	err := eachRow(ctx, body, r.settings.Sheet, func(row int, cells []string) error {
		c.done++
		t := r.read(c.done, row, cells)
		t.ImportID = c.of.ID
		c.note(r.bad)
		if c.bad == 0 {
			c.rows = append(c.rows, t)
			c.size += len(t.Description)
		}
		if c.done%importSlice == 0 || c.size > partSize {
			return c.flush(ctx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.flush(ctx)
}

// note keeps what is wrong with a row.
func (c *checking) note(bad []importProblem) {
	for _, p := range bad {
		if c.bad < importShown {
			c.first = append(c.first, p)
		}
		c.bad++
		_ = c.errors.Write([]string{strconv.Itoa(p.Row), sheet.Cell(p.Column), sheet.Cell(p.Said)}) // into memory
	}
	if c.bad > 0 {
		c.rows, c.size = nil, 0
	}
}

// flush writes what has come together, unless the import is cancelled.
func (c *checking) flush(ctx context.Context) error {
	c.errors.Flush()
	err := c.store.db.Write(ctx, func(tx *data.Tx) error {
		err := c.store.step(ctx, tx, c.of.ID, importChecking, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("done = ?", c.done).Set("bad = ?", c.bad)
		})
		if err != nil {
			return err
		}
		if c.bad > 0 {
			return keepParts(ctx, tx, c.of.ID, partErrors, c.parts, c.list.Bytes())
		}
		return c.write(ctx, tx)
	})
	if err != nil {
		return err
	}
	if c.bad > 0 {
		c.parts += int64((c.list.Len() + partSize - 1) / partSize)
		c.list.Reset()
	}
	c.rows, c.size = c.rows[:0], 0
	return nil
}

func (c *checking) write(ctx context.Context, tx *data.Tx) error {
	if len(c.rows) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&c.rows).Exec(ctx); err != nil {
		return fmt.Errorf("keep rows of import %d: %w", c.of.ID, err)
	}
	var labels []importLabel
	for _, t := range c.rows {
		for _, name := range t.labels {
			labels = append(labels, importLabel{ImportID: c.of.ID, Place: t.Place, NameKey: cut(data.Fold(name), 190), Name: name})
		}
	}
	if len(labels) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&labels).Exec(ctx)
	return err
}
