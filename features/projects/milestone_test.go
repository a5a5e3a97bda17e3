package projects

import (
	"net/http"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/data"
)

// milestone makes a milestone of the project, as the portal itself.
func (w *world) milestone(p Project, name string) int64 {
	w.t.Helper()
	if err := w.tasks.AddMilestone(w.Context(), p.ID, milestoneForm{Name: name, DueOn: "2026-11-30"}); err != nil {
		w.t.Fatal(err)
	}
	all := w.rows("milestones", "project_id = "+id(p.ID))
	return all[len(all)-1]
}

func TestMilestone_IsMadeEditedReachedDeletedAndBroughtBack(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	lea := w.As("Lea Lead")
	path := milestonesPath(p.ID)
	lea.Get(path).Want(http.StatusOK, "No milestones yet", "Make the milestone")
	lea.Fragment("POST", path, "milestones", apptest.Form("name", "Hall B is open", "due_on", "2026-12-01", "description", "All **racks** stand.", "once", "x")).
		Want(http.StatusOK, "Hall B is open", "Tue 1 Dec", "<strong>racks</strong>", "no tasks")
	lea.Post(path, apptest.Form("name", "Hall B is open", "due_on", "2026-12-01", "once", "x"))
	if n := w.Count("milestones"); n != 1 {
		t.Fatalf("a form sent twice made %d milestones", n)
	}
	m := w.rows("milestones", "1 = 1")[0]
	for i, status := range []string{"Done", "To do", "Cancelled"} {
		task := w.task(p, "Task", func(f *taskForm) { f.Status = w.status(status) })
		w.Exec("UPDATE tasks SET milestone_id = ? WHERE id = ?", m, task.ID)
		_ = i
	}
	w.Cache.Clear("")
	one := path + "/" + id(m)
	apptest.Golden(t, "milestones", lea.Fragment("GET", path, "milestones", nil).Want(http.StatusOK, "1 of 2 tasks done", "50%").Body)
	lea.Fragment("GET", one+"/edit", "milestones", nil).Want(http.StatusOK, `value="Hall B is open"`, `value="2026-12-01"`, "data-cancel")
	before := w.kept()
	lea.Fragment("POST", one+"/edit", "milestones", apptest.Form("name", "", "due_on", "someday", "version", "1")).
		Want(http.StatusUnprocessableEntity, "This is needed.", `value="someday"`)
	lea.Fragment("POST", one+"/edit", "milestones", apptest.Form("name", "Open", "due_on", "someday", "version", "1")).
		Want(http.StatusUnprocessableEntity, "is not a day")
	if w.kept() != before {
		t.Error("what was refused is written")
	}
	lea.Fragment("POST", one+"/edit", "milestones", apptest.Form("name", "Hall B opens", "due_on", "2026-12-02", "version", "1")).Want(http.StatusOK, "Hall B opens", "Wed 2 Dec")
	w.As("Ada Admin", "admin").Post(one+"/edit", apptest.Form("name", "Hall C", "due_on", "2026-12-02", "version", "1")).Want(http.StatusConflict, "Hall B opens", "Hall C")
	lea.Fragment("POST", one+"/reach", "milestones", nil).Want(http.StatusOK, "reached", "Open again")
	lea.Fragment("POST", one+"/reopen", "milestones", nil).Want(http.StatusOK, "Reached")
	lea.Fragment("POST", one+"/delete", "milestones", nil).Want(http.StatusOK, "No milestones yet", one+"/restore")
	lea.Get(p.Path() + "/timeline?from=2026-11-30").Want(http.StatusOK).Lacks("Hall B opens")
	lea.Post(one+"/restore", nil).Want(http.StatusSeeOther)
	lea.Get(path).Want(http.StatusOK, "Hall B opens", "1 of 2 tasks done")
	lea.Get(p.Path()+"/timeline?from=2026-11-30").Want(http.StatusOK, "Hall B opens")
	lea.Get(p.Path()+"/calendar?month=2026-12").Want(http.StatusOK, "Hall B opens")
	lea.Get(p.Path()+"/history").Want(http.StatusOK, "reached the milestone “Hall B opens”", "deleted the milestone")
	w.As("Stan Stranger", "user").Get(path).Want(http.StatusOK, "Hall B opens").Lacks("/delete", "Make the milestone")
}

func TestMilestone_LeavesTheTrashForGoodAfterThirtyDays(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	m := w.milestone(p, "Old")
	task := w.task(p, "Task", nil)
	w.Exec("UPDATE tasks SET milestone_id = ? WHERE id = ?", m, task.ID)
	if _, err := w.tasks.MarkMilestone(w.Context(), p.ID, m, markDeleted); err != nil {
		t.Fatal(err)
	}
	w.Clock.Add(data.TrashKept - time.Minute)
	for _, want := range []int{1, 0} {
		if err := w.notes.purge(w.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.Count("milestones"); n != want {
			t.Errorf("%d milestones, not %d", n, want)
		}
		w.Clock.Add(2 * time.Minute)
	}
	if w.Count("tasks", "milestone_id IS NOT NULL") != 0 {
		t.Error("a task still has the milestone")
	}
}
