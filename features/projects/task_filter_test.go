package projects

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/data"
)

func TestFilter_TidyLeavesOneAddressForOneView(t *testing.T) {
	many := strings.Repeat("due,", 50) + "-name,priority,status"
	for _, c := range []struct {
		name string
		f    taskFilter
		want string
	}{
		{"nothing", taskFilter{}, "/x"},
		{"sorts", taskFilter{List: data.List{Sort: "-priority,due"}}, "/x?sort=-priority%2Cdue"},
		{"a sort twice", taskFilter{List: data.List{Sort: "due,-due,due"}}, "/x?sort=due"},
		{"fifty sorts", taskFilter{List: data.List{Sort: many}}, "/x?sort=due%2C-name%2Cpriority"},
		{"unknown sorts", taskFilter{List: data.List{Sort: "t.id;--,-,,--due,name"}}, "/x?sort=name"},
		{"sorts of a form", taskFilter{Sorts: []string{"priority", "", "due"}, Dirs: []string{"-", "-", ""}}, "/x?sort=-priority%2Cdue"},
		{"more directions than sorts", taskFilter{Sorts: []string{"due"}, Dirs: []string{"-", "-", "-"}}, "/x?sort=-due"},
		{"fewer directions than sorts", taskFilter{Sorts: []string{"due", "name"}, Dirs: []string{"-"}}, "/x?sort=-due%2Cname"},
		{"group", taskFilter{Group: "status"}, "/x?group=status"},
		{"unknown group", taskFilter{Group: "t.id"}, "/x"},
		{"columns in their order", taskFilter{Columns: []string{"due,labels", "status"}}, "/x?columns=status%2Clabels%2Cdue"},
		{"the usual columns", taskFilter{Columns: []string{"updated", "due", "status", "priority,assignee"}}, "/x"},
		{"script for columns", taskFilter{Columns: []string{"<script>", "due"}}, "/x?columns=due"},
		{"lanes", taskFilter{Lanes: "priority"}, "/x?lanes=priority"},
		{"unknown lanes", taskFilter{Lanes: "status"}, "/x"},
		{"unknown show", taskFilter{Show: "odd"}, "/x"},
		{"depths", taskFilter{Deep: "3.7:90,2:120,x:1,2:0"}, "/x?deep=2%3A120%2C3.7%3A90"},
		{"too deep", taskFilter{Deep: "2:999999"}, "/x?deep=2%3A2000"},
	} {
		tidy := c.f.tidy()
		if got := tidy.link("/x"); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
		if again := tidy.tidy().link("/x"); again != c.want {
			t.Errorf("%s, tidied twice: %s", c.name, again)
		}
	}
}

func TestFilter_HeadingsGoRound(t *testing.T) {
	for _, c := range []struct{ sort, key, url, add, dir string }{
		{"", "due", "due", "due", ""}, {"due", "due", "-due", "-due", "ascending"}, {"-due", "due", "", "", "descending"},
		{"name", "due", "due", "name,due", ""}, {"name,due", "due", "-due", "name,-due", "ascending"}, {"name,-due,status", "due", "", "name,status", "descending"},
		{"name,status,priority", "due", "due", "name,status,due", ""},
	} {
		f := taskFilter{List: data.List{Sort: c.sort}}.tidy()
		h := f.heading("", c.key, "Due")
		sortOf := func(address string) string {
			u, _ := url.Parse(address)
			return u.Query().Get("sort")
		}
		if sortOf(h.url) != c.url || sortOf(h.add) != c.add || h.dir != c.dir {
			t.Errorf("%s by %s: %s, with Shift %s, %s", c.sort, c.key, h.url, h.add, h.dir)
		}
	}
}

// listed are the numbers of the tasks on the page, in their order, and the heads of groups between them.
func listed(a apptest.Answer) string {
	var all []string
	for _, m := range regexp.MustCompile(`data-row id="task-(\d+)"|task-group-line"><span class="clip">([^<]*)</span> <span class="soft">([^<]*)</span>`).FindAllStringSubmatch(a.Body, -1) {
		all = append(all, strings.TrimSpace(m[1]+m[2]+" "+m[3]))
	}
	return strings.Join(all, "; ")
}

// various makes a project whose tasks differ in all that a list sorts and groups by.
func various(t *testing.T) (*world, Project) {
	t.Helper()
	w := open(t)
	p := w.project("Various", "Lea Lead", nil)
	for i, c := range []struct{ status, priority, who, due string }{
		{"To do", "Low", "", "2026-12-03"}, {"Review", "High", "Walt Watcher", ""}, {"To do", "High", "Lea Lead", "2026-12-01"}, {"Done", "Low", "Lea Lead", "2026-12-01"},
	} {
		w.task(p, fmt.Sprintf("Task %d", i+1), func(f *taskForm) {
			f.Status, f.Priority, f.DueOn = w.status(c.status), w.priority(c.priority), c.due
			if c.who != "" {
				f.Assignee = w.id(c.who, "user")
			}
		})
	}
	for i, name := range []string{"Power", "Cable"} {
		w.Exec("INSERT INTO labels (project_id, name, name_key, tone, version, created_at, updated_at) VALUES (?, ?, ?, 'red', 1, ?, ?)", p.ID, name, strings.ToLower(name), w.DB.Now(), w.DB.Now())
		w.Exec("INSERT INTO task_labels (task_id, label_id) VALUES (2, ?)", i+1)
	}
	w.Exec("INSERT INTO milestones (project_id, name, description, due_on, version, created_at, updated_at) VALUES (?, 'Hall B', '', '2026-12-24', 1, ?, ?)", p.ID, w.DB.Now(), w.DB.Now())
	w.Exec("UPDATE tasks SET label_ids = '2,1' WHERE id = 2")
	w.Exec("UPDATE tasks SET milestone_id = 1, estimate = 30 * id WHERE id IN (3, 4)")
	w.Cache.Clear("")
	return w, p
}

func TestList_SortsByEveryKeyAndGroups(t *testing.T) {
	w, p := various(t)
	b := w.As("Lea Lead")
	for query, want := range map[string]string{
		"sort=-priority,due":        "3; 2; 4; 1",
		"sort=due,-number":          "4; 3; 1; 2",
		"sort=-due":                 "1; 3; 4; 2",
		"sort=-estimate":            "4; 3; 1; 2",
		"by=priority&dir=-&by=name": "2; 3; 1; 4",
		"group=status":              "To do 2 tasks, 0 done · 1h 30m; 1; 3; Review 1 task, 0 done; 2; Done 1 task, 1 done · 2h; 4",
		"group=assignee&sort=-due":  "Lea Lead 2 tasks, 1 done · 3h 30m; 3; 4; Walt Watcher 1 task, 0 done; 2; Nobody 1 task, 0 done; 1",
		"group=priority&sort=name":  "High 2 tasks, 0 done · 1h 30m; 2; 3; Low 2 tasks, 1 done · 2h; 1; 4",
		"group=milestone":           "Hall B 2 tasks, 1 done · 3h 30m; 3; 4; No milestone 2 tasks, 0 done; 1; 2",
		"group=label":               "Cable, Power 1 task, 0 done; 2; No label 3 tasks, 1 done · 3h 30m; 1; 3; 4",
		"group=status&show=open":    "To do 2 tasks, 0 done · 1h 30m; 1; 3; Review 1 task, 0 done; 2",
		"group=odd":                 "1; 3; 2; 4",
	} {
		a := b.Fragment("GET", p.Path()+"/list?"+query, "list", nil)
		if got := listed(a); a.Status != http.StatusOK || got != want {
			t.Errorf("%s:\n%s\nwant\n%s", query, got, want)
		}
	}
	apptest.Golden(t, "tasks-grouped", b.Fragment("GET", p.Path()+"/list?group=status&sort=-priority,due&columns=status,labels,milestone,estimate,parent,completed", "list", nil).Want(200).Body)
}

func TestList_ShowsTheColumnsThatAreAsked(t *testing.T) {
	w, p := various(t)
	b := w.As("Lea Lead")
	b.Fragment("GET", p.Path()+"/list?columns=start&columns=labels", "list", nil).Want(200, `data-label="Start"`, `data-label="Labels"`, "Power").Lacks(`data-label="Status"`, `data-label="Due"`)
	b.Fragment("GET", p.Path()+"/list?columns=%3Cscript%3E", "list", nil).Want(200, `data-label="Status"`).Lacks("<script>")
	b.Get(p.Path()+"/list?columns=due&group=status&sort=-due").Want(200, `value="due" checked`, `name="columns" value="status"`)
	w.As("Audra Auditor", "auditor").Get(p.Path()+"/list").Want(200, "Task 1").Lacks(`name="task"`, "data-check-all", "Rename")
	b.Get(p.Path()+"/list").Want(200, `name="task" value="1" form="several"`, `data-check-all="task"`, "Rename Task 1")
}

// A group of a list has its figures from one query, however many there are of them.
func TestList_GroupsInQueriesOfPages(t *testing.T) {
	for _, many := range []int{10, 1000} {
		w, p, _ := busy(t, many)
		b := w.As("Lea Lead", "user")
		b.Get(p.Path() + "/list")
		b.Get(p.Path()) // the board's saved views are held from now on
		said := w.Queries(func() {
			b.Fragment("GET", p.Path()+"/list?size=100&group=status&sort=-priority,due&q=task", "list", nil).Want(http.StatusOK)
		})
		if len(said) > 2 {
			t.Errorf("%d tasks: %d queries", many, len(said))
		}
		for _, lanes := range []string{"assignee", "priority"} {
			if said := w.Queries(func() { b.Get(p.Path() + "?lanes=" + lanes).Want(http.StatusOK) }); len(said) > 1 {
				t.Errorf("%d tasks by %s: %d queries", many, lanes, len(said))
			}
		}
	}
}

// A private project's list, groups and board are nobody else's.
func TestList_OfAPrivateProjectIsNotThere(t *testing.T) {
	w := open(t)
	p := w.project("Hidden", "Lea Lead", func(f *projectForm) { f.Private = true })
	w.task(p, "Secret", nil)
	b := w.As("Walt Watcher", "user")
	for _, path := range []string{"/list?group=status", "?lanes=assignee", "/board/1?after=0.0", "/limits/1"} {
		b.Get(p.Path() + path).Want(http.StatusNotFound).Lacks("Secret")
		b.Fragment("GET", p.Path()+path, "list", nil).Want(http.StatusNotFound).Lacks("Secret")
	}
}
