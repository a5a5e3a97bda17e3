package projects

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"portal/app/data"
	"portal/app/fault"
)

// recounted compares all that is kept of tasks and projects, and follows from other rows, with what is so.
func (w *world) recounted(after string) {
	w.t.Helper()
	for _, c := range []struct{ what, kept, counted string }{
		{"open", "CASE WHEN x.open THEN 1 ELSE 0 END", "(SELECT CASE WHEN s.stage IN ('done', 'cancelled') THEN 0 ELSE 1 END FROM statuses s WHERE s.id = x.status_id)"},
		{"completed", "CASE WHEN x.completed_at IS NULL THEN 0 ELSE 1 END", "(SELECT CASE WHEN s.stage = 'done' THEN 1 ELSE 0 END FROM statuses s WHERE s.id = x.status_id)"},
		{"waits_on", "x.waits_on", "(SELECT COUNT(*) FROM task_dependencies d JOIN tasks n ON n.id = d.needs_id JOIN projects p ON p.id = n.project_id WHERE d.task_id = x.id AND n.open = TRUE AND n.deleted_at IS NULL AND (p.deleted_at IS NULL OR p.id = x.project_id))"},
		{"label_ids", "x.label_ids", "COALESCE((SELECT GROUP_CONCAT(l.id ORDER BY l.name_key, l.id) FROM task_labels k JOIN labels l ON l.id = k.label_id WHERE k.task_id = x.id AND l.deleted_at IS NULL), '')"},
	} {
		w.different(after, c.what, "tasks", c.kept, c.counted)
	}
	const count = "(SELECT COUNT(*) FROM tasks t JOIN statuses s ON s.id = t.status_id WHERE t.project_id = x.id AND t.deleted_at IS NULL AND s.stage "
	for _, c := range []struct{ what, counted string }{
		{"tasks_total", count + "<> 'cancelled')"},
		{"tasks_done", count + "= 'done')"},
		{"next_due_on", "COALESCE((SELECT MIN(t.due_on) FROM tasks t WHERE t.project_id = x.id AND t.deleted_at IS NULL AND t.open = TRUE AND t.due_on > ''), '')"},
		{"last_number", "COALESCE((SELECT MAX(t.number) FROM tasks t WHERE t.project_id = x.id), 0)"},
	} {
		w.different(after, c.what, "projects", "x."+c.what, c.counted)
	}
}

// different fails for the rows of a table whose kept column is not what was counted.
func (w *world) different(after, what, table, kept, counted string) {
	w.t.Helper()
	var rows []struct {
		ID            int64
		Kept, Counted string
	}
	if err := w.DB.Writer().NewRaw(fmt.Sprintf("SELECT * FROM (SELECT x.id, %s AS kept, %s AS counted FROM %s x) y WHERE kept <> counted", kept, counted, table)).Scan(w.Context(), &rows); err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		w.t.Fatalf("after %s: %s of %s %d is %s, counted %s", after, what, table, r.ID, r.Kept, r.Counted)
	}
}

func TestFigures_StayTrueAfterActsOfAllKinds(t *testing.T) {
	w := open(t)
	var all []Project
	for _, name := range []string{"Racks", "Cables", "Doors"} {
		p := w.project(name, "Lea Lead", nil)
		for _, label := range []string{"Aisle", "Zone"} {
			must[Label](t)(w.tasks.AddLabel(w.as("Lea Lead"), p.ID, labelForm{Name: label}))
		}
		for range 5 {
			w.task(p, "Task", nil)
		}
		all = append(all, p)
	}
	b := w.As("Lea Lead")
	lea, ada := w.as("Lea Lead"), w.as("Ada Admin", "admin")
	random := rand.New(rand.NewPCG(7, 11))
	pick := func(from []int64) int64 { return from[random.IntN(len(from))] }
	status := func() int64 { return w.words().Statuses[random.IntN(len(w.words().Statuses))].ID }
	day := func() string { return fmt.Sprintf("2026-12-%02d", random.IntN(20)+1) }
	stages := []string{"todo", "in progress", "review", "done", "cancelled"}
	some := func() (p Project, n int64) { p = all[random.IntN(len(all))]; return p, int64(random.IntN(14) + 1) }
	labelsOf := func(p Project) []int64 {
		return append(w.rows("labels", "deleted_at IS NULL AND project_id = "+id(p.ID)), 0)
	}
	acts := map[string]func(p Project, n int64) error{
		"create": func(p Project, n int64) error {
			f := taskForm{Name: "T", Status: status(), Priority: w.priority("Low"), DueOn: day(), Parent: n * int64(random.IntN(2)), NewLabels: []string{"", "Zone", "New", "Aisle, New"}[random.IntN(4)]}
			_, err := w.tasks.Create(lea, p.ID, f)
			return err
		},
		"move": func(p Project, n int64) error {
			_, err := w.tasks.Move(lea, p.ID, n, moveForm{Status: status(), Version: 1 << 40})
			return err
		},
		"update": func(p Project, n int64) error {
			f := taskForm{Status: status(), DueOn: day(), Labels: slices.DeleteFunc([]int64{pick(labelsOf(p))}, func(n int64) bool { return n == 0 }), Version: 1 << 40}
			_, err := w.tasks.Update(lea, p.ID, n, f, []string{"status", "due_on", "labels"})
			return err
		},
		"trash":   func(p Project, n int64) error { _, err := w.tasks.Delete(lea, p.ID, n, true); return err },
		"restore": func(p Project, n int64) error { _, err := w.tasks.Delete(lea, p.ID, n, false); return err },
		"bulk": func(p Project, n int64) error {
			f := bulkForm{Tasks: []int64{n, n + 1, n + 2, n + 3}, Status: id(status()), Days: "+1", AddLabel: id(labelsOf(p)[0])}
			if random.IntN(3) == 0 {
				f = bulkForm{Tasks: f.Tasks, Do: bulkTrash}
			}
			_, err := w.tasks.ChangeMany(lea, p.ID, f, taskFilter{})
			return err
		},
		"undo": func(p Project, _ int64) error {
			mine := w.rows("undos", "undone_at IS NULL AND project_id = "+id(p.ID))
			if len(mine) == 0 {
				return errNoUndo()
			}
			_, err := w.tasks.TakeBack(lea, p.ID, mine[len(mine)-1])
			return err
		},
		"wait": func(p Project, n int64) error {
			q, m := some()
			return w.tasks.AddWait(lea, end{p.ID, n}, end{q.ID, m})
		},
		"end waiting": func(p Project, n int64) error {
			q, m := some()
			return w.tasks.RemoveWait(lea, end{p.ID, n}, data.OrZero(&w.rows("tasks", "project_id = "+id(q.ID)+" AND number <= "+id(m))[0]), "waits")
		},
		"stage": func(Project, int64) error {
			s := w.words().Status(status())
			f := wordForm{labelForm{Name: s.Name, Version: 1 << 40}, stages[random.IntN(len(stages))]}
			_, err := w.projects.words.Save(ada, statusList, s.ID, f)
			return err
		},
		"merge a status": func(Project, int64) error {
			_, _, err := w.projects.words.Merge(ada, statusList, status(), status())
			return err
		},
		"a new status": func(Project, int64) error {
			_, err := w.projects.words.Add(ada, statusList, wordForm{labelForm{Name: fmt.Sprint("Status ", random.Int64())}, stages[random.IntN(len(stages))]})
			return err
		},
		"trash the project":   func(p Project, _ int64) error { _, err := w.projects.Delete(lea, p.ID, true); return err },
		"restore the project": func(p Project, _ int64) error { _, err := w.projects.Delete(lea, p.ID, false); return err },
		"merge a label": func(p Project, _ int64) error {
			_, _, err := w.tasks.MergeLabel(lea, p.ID, pick(labelsOf(p)), pick(labelsOf(p)))
			return err
		},
		"trash a label": func(p Project, _ int64) error {
			_, err := w.tasks.MarkLabel(lea, p.ID, pick(labelsOf(p)), true)
			return err
		},
		"restore a label": func(p Project, _ int64) error {
			_, err := w.tasks.MarkLabel(lea, p.ID, pick(append(w.rows("labels", "deleted_at IS NOT NULL"), 0)), false)
			return err
		},
		"rename a label": func(p Project, _ int64) error {
			_, err := w.tasks.SaveLabel(lea, p.ID, pick(labelsOf(p)), labelForm{Name: string(rune('A' + random.IntN(26))), Version: 1 << 40})
			return err
		},
		"repeat": func(p Project, n int64) error {
			_, err := w.tasks.SetRepeat(lea, p.ID, n, repeatRule{Freq: "DAILY", Every: 1}, 1<<40)
			return err
		},
		"quick add": func(p Project, _ int64) error {
			_, _, err := w.tasks.CreateLines(lea, p.ID, []quickTask{{Name: "Q", Due: "2026-12-01", Labels: []string{"Zone"}}, {Name: "R", Depth: 1}}, "")
			return err
		},
		"copy": func(p Project, _ int64) error {
			if len(w.rows("projects", "1 = 1")) > 6 {
				return errNoProject()
			}
			_, err := w.projects.Copy(lea, p.ID, copyForm{Name: "Twin", Tasks: true, Labels: true, Waits: true, FirstOn: "2027-01-01"})
			return err
		},
		"import": func(p Project, _ int64) error {
			if len(w.rows("imports", "1 = 1")) > 5 {
				return errNoProject()
			}
			a := send(b, p, "tasks.csv", "Name,Status,Labels,Due\nImported,Done,Zone;Aisle,\nOther,,New,2026-12-01\n")
			if a.Status != http.StatusSeeOther {
				return errNoProject()
			}
			b.Post(a.Location()+"/check", columns("name", "status", "labels", "due_on"))
			w.work()
			b.Post(a.Location()+"/start", nil)
			w.work()
			return nil
		},
		"take an import back": func(p Project, _ int64) error {
			_, err := w.imports().Undo(lea, p.ID, pick(append(w.rows("imports", "project_id = "+id(p.ID)), 0)), random.IntN(2) == 0)
			return err
		},
	}
	maps.Copy(acts, w.textActs(lea, random))
	var names []string
	for name := range acts {
		names = append(names, name)
	}
	slices.Sort(names)
	done, last, acted := map[string]int{}, map[string]error{}, 0
	for step := range 1050 {
		w.Clock.Add(time.Second)
		name := names[random.IntN(len(names))]
		if random.IntN(3) == 0 {
			name = "wait" // few are allowed
		} else if random.IntN(4) == 0 {
			name = "restore the project" // in the trash nothing else can be done to it
		}
		p, n := some()
		err := acts[name](p, n)
		if err != nil && (fault.Of(err).Kind == fault.Broken) {
			t.Fatalf("step %d, %s: %v", step, name, err)
		}
		last[name] = err
		if err == nil {
			done[name]++
			w.recounted(fmt.Sprintf("step %d, %s", step, name))
			if acted++; acted%10 == 0 { // what is wrong once stays wrong, and a rebuild of all takes long
				w.foundAsStored(fmt.Sprintf("step %d, %s, or one of the nine before it", step, name))
			}
			if t.Failed() {
				t.FailNow()
			}
		}
	}
	for _, name := range names {
		if done[name] == 0 {
			t.Errorf("nothing did: %s: %v", name, last[name])
		}
	}
	w.foundAsStored("at the end")
	t.Log(done)
}
