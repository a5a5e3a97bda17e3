package projects

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
)

// laned makes a project with tasks of three people and nobody.
func laned(t *testing.T) (*world, Project) {
	t.Helper()
	w := open(t)
	p := w.project("Lanes", "Lea Lead", func(f *projectForm) { f.Watchers = []int64{w.id("Walt Watcher", "user")} })
	for i, who := range []string{"Lea Lead", "Walt Watcher", "", "Walt Watcher"} {
		w.task(p, fmt.Sprintf("Task %d", i+1), func(f *taskForm) {
			if who != "" {
				f.Assignee = w.id(who)
			}
			f.Priority = w.words().Priorities[i].ID
		})
	}
	return w, p
}

func TestBoard_LanesLook(t *testing.T) {
	w, p := laned(t)
	b := w.As("Lea Lead")
	apptest.Golden(t, "board-lanes-assignee", b.Fragment("GET", p.Path()+"?lanes=assignee", "board", nil).Want(200, "Task 3").Body)
	apptest.Golden(t, "board-lanes-priority", b.Fragment("GET", p.Path()+"?lanes=priority&q=task+4", "board", nil).Want(200, "Task 4").Lacks("Task 3").Body)
	b.Fragment("GET", p.Path()+"?lanes=assignee&q=nothing", "board", nil).Want(200, "No task fits the filters.")
	b.Get(p.Path()+"?lanes=%3Cscript%3E").Want(200, "board-column").Lacks("<script>\"", "lane-row")
}

// What a filter shows has an address that shows it to others.
func TestBoard_FilterIsInTheAddress(t *testing.T) {
	w, p := laned(t)
	b := w.As("Lea Lead")
	ask := p.Path() + "?q=task&show=open&status=&lanes=priority&priority=&deep=odd"
	if to := b.Fragment("GET", ask, "board", nil).Want(200).Header.Get("HX-Push-Url"); to != p.Path()+"?lanes=priority&q=task&show=open" {
		t.Errorf("pushed %s", to)
	}
	b.Header.Set("Portal-Live", "1")
	if to := b.Fragment("GET", ask, "board", nil).Want(200).Header.Get("HX-Push-Url"); to != "" {
		t.Errorf("a live look pushed %s", to)
	}
}

// A card put into another lane has what the lane is by, and its column, from one write.
func TestBoard_MoveToAnotherLane(t *testing.T) {
	for _, c := range []struct {
		name, lanes, lane, status, want string
		fields                          int
	}{
		{"another person", laneAssignee, "Walt Watcher", "To do", "To do, Walt Watcher, Low", 1}, {"nobody", laneAssignee, "", "To do", "To do, , Low", 1},
		{"person and column", laneAssignee, "Walt Watcher", "Review", "Review, Walt Watcher, Low", 2}, {"priority and column", lanePriority, "High", "Review", "Review, Lea Lead, High", 2},
		{"the same lane", lanePriority, "Low", "Review", "Review, Lea Lead, Low", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, p := laned(t)
			lane := "0"
			if c.lanes == lanePriority {
				lane = id(w.priority(c.lane))
			} else if c.lane != "" {
				lane = id(w.id(c.lane))
			}
			path := p.Path() + "/tasks/1/move?lanes=" + c.lanes
			w.As("Lea Lead").Fragment("POST", path, "board", apptest.Form("status", id(w.status(c.status)), "lanes", c.lanes, "lane", lane, "version", "1")).Want(200, "lane-row")
			got := w.text("SELECT CONCAT(s.name, ', ', COALESCE(u.name, ''), ', ', r.name) FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id " +
				"JOIN priorities AS r ON r.id = t.priority_id LEFT JOIN users AS u ON u.id = t.assignee_id WHERE t.id = 1")
			if got != c.want {
				t.Errorf("it is %s", got)
			}
			if n := w.Count("history", "version = 2", "thing_id = 1", "kind = 'projects.task'"); n != c.fields {
				t.Errorf("%d lines of history", n)
			}
		})
	}
}

func TestBoard_MoveToALaneThatIsNot(t *testing.T) {
	w, p := laned(t)
	b := w.As("Lea Lead")
	for name, f := range map[string][]string{
		"no person": {"lanes", "assignee", "lane", "999"}, "no priority": {"lanes", "priority", "lane", "0"}, "other lanes": {"lanes", "milestone", "lane", "1"},
		"no number": {"lanes", "assignee", "lane", "x"},
	} {
		before := w.kept()
		b.Post(p.Path()+"/tasks/1/move", apptest.Form(append([]string{"status", "2", "version", "1"}, f...)...)).Want(http.StatusUnprocessableEntity)
		if w.kept() != before {
			t.Errorf("%s: something was written", name)
		}
	}
}

// Two people drag one card into other lanes: who comes second is told, and the card stays where it was put first.
func TestBoard_TwoPeopleDragOneCardToOtherLanes(t *testing.T) {
	w, p := laned(t)
	lea, walt := w.As("Lea Lead"), w.As("Walt Watcher")
	to := func(lane int64, status string) []string {
		return []string{"status", id(w.status(status)), "lanes", "assignee", "lane", id(lane), "version", "1"}
	}
	walt.Post(p.Path()+"/tasks/1/move", apptest.Form(to(w.id("Walt Watcher"), "To do")...)).Want(http.StatusSeeOther)
	for name, f := range map[string][]string{
		"to a third lane": to(0, "To do"), "within the lane it was taken from": append(to(w.id("Lea Lead"), "To do"), "before", "2"),
		"along the lane it was taken from": to(w.id("Lea Lead"), "Review"),
	} {
		before := w.kept()
		lea.Post(p.Path()+"/tasks/1/move", apptest.Form(f...)).Want(http.StatusConflict, "Walt Watcher gave this card to Walt Watcher first. It stays there.")
		if w.kept() != before {
			t.Errorf("%s: something was written", name)
		}
	}
}

func TestBoard_MoreOfAColumnInPlace(t *testing.T) {
	w := open(t)
	p := w.project("Long", "Lea Lead", nil)
	first := w.task(p, "Task 001", nil)
	var rest []Task
	for i := 2; i <= windowSize*2+5; i++ {
		t := first
		t.ID, t.Number, t.Name, t.Position = 0, int64(i), fmt.Sprintf("Task %03d", i), int64(i)*gap
		rest = append(rest, t)
	}
	w.Insert(&rest)
	w.Cache.Clear("")
	b := w.As("Lea Lead")
	todo := id(first.StatusID)
	page := b.Fragment("GET", p.Path(), "board", nil).Want(200, "Task 060", "Show more (65)").Lacks("Task 061")
	_, more, _ := strings.Cut(page.Body, `hx-get="`+p.Path()+"/board/")
	more, _, _ = strings.Cut(more, `"`)
	more = p.Path() + "/board/" + strings.ReplaceAll(more, "&amp;", "&")
	a := b.Fragment("GET", more, "", nil).Want(200, "Task 061", "Task 120", "Show more (5)", "deep="+todo+"%3A120").Lacks("Task 060", "Task 121")
	_, last, _ := strings.Cut(a.Body, `hx-get="`+p.Path()+"/board/")
	last, _, _ = strings.Cut(last, `"`)
	b.Fragment("GET", p.Path()+"/board/"+strings.ReplaceAll(last, "&amp;", "&"), "", nil).Want(200, "Task 121", "Task 125").Lacks("Show more", "Task 120")
	b.Get(p.Path()+"?deep="+todo+"%3A120").Want(200, "Task 120", "Show more (5)").Lacks("Task 121")
	b.Get(p.Path()+"?lanes=priority").Want(200, "Task 010", "Show more (115)").Lacks("Task 011")
	b.Get(more).Want(http.StatusSeeOther)
	for _, odd := range []string{"", "?after=x", "?after=-1.-1&shown=-5&lane=-3&lanes=assignee", "?after=99999999999999999999.1&shown=99999999999", "?deep=%3Cscript%3E,1:1:1,1:99999999999,0:5,-1:5"} {
		b.Fragment("GET", p.Path()+"/board/"+todo+odd, "", nil).Want(200).Lacks("<script>")
		b.Get(p.Path() + odd).Want(200)
	}
}

func TestBoard_CardsSayWhatTheyAre(t *testing.T) {
	w, p := laned(t)
	w.Exec("INSERT INTO labels (project_id, name, name_key, tone, version, created_at, updated_at) VALUES (?, 'Power', 'power', 'red', 1, ?, ?)", p.ID, w.DB.Now(), w.DB.Now())
	w.Exec("INSERT INTO task_labels (task_id, label_id) VALUES (1, 1)")
	w.Exec("UPDATE tasks SET label_ids = '1', estimate = 90, waits_on = 2, repeat_rule = 'FREQ=DAILY' WHERE id = 1")
	w.task(p, "Part", func(f *taskForm) { f.Parent = 1 })
	w.Cache.Clear("")
	b := w.As("Walt Watcher")
	b.Fragment("GET", p.Path(), "board", nil).Want(200, "Power", "1h 30m", "Waits for 2 tasks", "Comes again", "0 of 1 subtask done")
	for query, lacks := range map[string]string{"label=1": "Task 2", "show=waits": "Task 2", "show=nobody": "Task 1", "milestone=-1&label=1": "Task 2", "show=mine": "Task 3"} {
		b.Fragment("GET", p.Path()+"?"+query, "board", nil).Want(200, "chip").Lacks(">" + lacks + "<")
	}
}
