package command_test

import (
	"database/sql"
	"path/filepath"
	"testing"
)

func TestBench_MeasuresASmallDepartment(t *testing.T) {
	t.Parallel()
	i := fileInstall(t)
	i.must("user", "add", "lea", "-name", "Lea Kurz")
	fillBoard(t, filepath.Join(i.dir, "portal.db"))
	type load struct {
		Name      string
		PerSecond float64 `json:"per_second"`
		Failed    int
	}
	got := read[struct {
		Floor  load
		Pages  []load
		Moves  struct{ Count, Failed int }
		Start  float64 `json:"start_ms"`
		Memory float64 `json:"memory_mib"`
		First  struct {
			Files []struct{ Bytes int }
			Total int `json:"total_bytes"`
		} `json:"first_page"`
	}](t, i.must("bench", "-dir", i.dir, "-seconds", "1", "-connections", "1", "-moves", "5", "-json"))
	if len(got.Pages) != 3 || len(got.First.Files) < 5 || got.First.Total == 0 || got.Start <= 0 || got.Memory <= 0 {
		t.Errorf("measured %+v", got)
	}
	for _, l := range append(got.Pages, got.Floor) {
		if l.PerSecond <= 0 || l.Failed > 0 {
			t.Errorf("%s: %+v", l.Name, l)
		}
	}
	if got.Moves.Count != 5 || got.Moves.Failed != 0 {
		t.Errorf("moves: %+v", got.Moves)
	}
}

// fillBoard makes one project with forty tasks, led by the only account.
func fillBoard(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	const now = "'2026-11-24 10:00:00+00:00'"
	do := func(q string, args ...any) {
		if _, err := db.Exec(q, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`INSERT INTO projects (id, name, task_key, summary, description, icon, status_id, priority_id, private, lead_id,
		notify_created, notify_done, notify_comment, tasks_total, tasks_done, last_number, search_text, name_key, version, created_at, updated_at)
		SELECT 1, 'Network', 'NET', '', '', 'folder', 1, 1, 0, id, 0, 0, 0, 40, 0, 40, 'network', 'network', 1, ` + now + `, ` + now + ` FROM users`)
	for n := 1; n <= 40; n++ {
		do(`INSERT INTO tasks (project_id, number, name, summary, description, status_id, priority_id, start_on, due_on, position, open,
			search_text, name_key, version, created_at, updated_at)
			VALUES (1, ?, 'Order cable', '', '', ?, 1, '', '', ?, 1, 'order cable', 'order cable', 1, `+now+`, `+now+`)`, n, 1+n%3, n*1024)
	}
}
