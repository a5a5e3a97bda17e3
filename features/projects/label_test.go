package projects

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"portal/app/apptest"
)

// labelled are the names of a task's labels, as its row keeps them and as its rows do: "kept | rows".
func (w *world) labelled(task Task) string {
	w.t.Helper()
	var names []string
	for _, n := range split(w.text("SELECT label_ids FROM tasks WHERE id = ?", task.ID)) {
		names = append(names, w.text("SELECT name FROM labels WHERE id = ?", n))
	}
	rows := w.text("SELECT COALESCE((SELECT GROUP_CONCAT(l.name ORDER BY l.name_key) FROM task_labels x JOIN labels l ON l.id = x.label_id WHERE x.task_id = ? AND l.deleted_at IS NULL), '')", task.ID)
	return strings.Join(names, ",") + " | " + rows
}

func TestLabel_OfATaskAreNamedWhereTheyStand(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	task := w.task(p, "Task", func(f *taskForm) { f.Assignee = w.id("Asta Assignee", "user") })
	b := w.As("Lea Lead", "user")
	path := task.Path() + "/field/labels"
	b.Fragment("GET", path+"/edit", "t1-labels", nil).Want(200, `name="new_labels"`)
	a := b.Fragment("POST", path, "t1-labels", apptest.Form("labels", "", "new_labels", "Power,  cold   aisle , power", "version", "1")).Want(200, "Power", "cold aisle")
	apptest.Golden(t, "saved-task-labels", a.Body)
	if got := w.labelled(task); got != "cold aisle,Power | cold aisle,Power" {
		t.Error(got)
	}
	apptest.Golden(t, "label-editor", b.Fragment("GET", path+"/edit", "t1-labels", nil).Want(200).Body)
	b.Fragment("POST", path, "t1-labels", apptest.Form("labels", "", "version", "2")).Want(200, "None")
	if got := w.labelled(task); got != " | " {
		t.Error(got)
	}
	b.Get(task.Path()+"/history").Want(200, "cold aisle, Power", "labels")
	asta := w.As("Asta Assignee")
	before := w.kept()
	for _, c := range []struct {
		b    *apptest.Browser
		form []string
		says string
	}{
		{asta, []string{"labels", "", "new_labels", "Mine", "version", "3"}, "Only the project&#39;s team makes new labels"}, {b, []string{"labels", "999", "version", "3"}, "not there any more"},
		{b, []string{"labels", "", "new_labels", strings.Repeat("x", 61), "version", "3"}, "at most 60 characters"}, {b, []string{"labels", "x", "version", "3"}, "Choose from the list."},
		{b, []string{"labels", "", "new_labels", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", "version", "3"}, "at most 20 labels"},
	} {
		c.b.Fragment("POST", path, "t1-labels", apptest.Form(c.form...)).Want(http.StatusUnprocessableEntity, c.says, "<form")
	}
	if w.kept() != before {
		t.Error("something was written")
	}
	asta.Fragment("POST", path, "t1-labels", apptest.Form("labels", "1", "version", "3")).Want(200, "Power")
}

func TestLabel_IsRenamedMergedDeletedAndBroughtBack(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	task := w.task(p, "Task", func(f *taskForm) { f.NewLabels = "Aisle, Cooling, Power" })
	other := w.task(p, "Other", func(f *taskForm) { f.NewLabels = "power" })
	b := w.As("Lea Lead", "user")
	at := func(name, verb string) string {
		return labelsPath(p.ID) + "/" + w.text("SELECT id FROM labels WHERE name = ?", name) + "/" + verb
	}
	seen := func(want string) {
		t.Helper()
		if got := w.labelled(task); got != want+" | "+want {
			t.Errorf("%s, not %s", got, want)
		}
		names, place := strings.Split(want, ","), -1
		body := b.Get(task.Path()).Want(200, names...).Body
		for _, name := range names {
			next := strings.Index(body, `badge-text">`+name+`<`)
			if next < place {
				t.Errorf("the page shows %s elsewhere", name)
			}
			place = next
		}
	}
	seen("Aisle,Cooling,Power")
	b.Post(at("Aisle", "edit"), apptest.Form("name", "Zone", "colour", "red", "version", "1")).Want(http.StatusSeeOther)
	seen("Cooling,Power,Zone")
	undo := at("Power", "restore")
	b.Post(at("Power", "delete"), nil).Want(http.StatusSeeOther)
	b.Get(labelsPath(p.ID)).Want(200, "is deleted.", undo)
	seen("Cooling,Zone")
	if got := w.labelled(other); got != " | " {
		t.Error(got)
	}
	b.Post(task.Path()+"/field/labels", apptest.Form("labels", w.text("SELECT id FROM labels WHERE name = 'Cooling'"), "version", "1")).Want(http.StatusSeeOther)
	seen("Cooling")
	b.Post(undo, nil).Want(http.StatusSeeOther)
	seen("Cooling,Power")
	b.Post(undo, nil).Want(http.StatusNotFound)
	b.Post(at("Power", "merge"), apptest.Form("into", w.text("SELECT id FROM labels WHERE name = 'Cooling'"))).Want(http.StatusSeeOther)
	seen("Cooling")
	if got := w.labelled(other); got != "Cooling | Cooling" {
		t.Error(got)
	}
	for _, c := range []struct{ path, name, says string }{
		{at("Zone", "edit"), "COOLING", "Merge the two instead."}, {labelsPath(p.ID), "zone", "of this name already"}, {labelsPath(p.ID), " ", "This is needed."}, {labelsPath(p.ID), "a,b", "has no comma"},
		{at("Zone", "merge"), "", "Choose another label"},
	} {
		before := w.kept()
		b.Post(c.path, apptest.Form("name", c.name, "version", "2")).Want(http.StatusUnprocessableEntity, c.says)
		if w.kept() != before {
			t.Errorf("%s wrote", c.path)
		}
	}
	b.Post(at("Zone", "delete"), nil).Want(http.StatusSeeOther)
	b.Post(labelsPath(p.ID), apptest.Form("name", "Zone")).Want(http.StatusSeeOther) // the one in the trash is gone for good
	if n := w.Count("labels", "name = 'Zone'"); n != 1 {
		t.Errorf("%d labels of one name", n)
	}
	apptest.Golden(t, "labels", b.Fragment("GET", labelsPath(p.ID), "labels", nil).Want(200).Body)
}

func TestLabel_OfAnotherProjectIsNotFound(t *testing.T) {
	w := open(t)
	p, own := w.project("Closed", "Walt Watcher", func(f *projectForm) { f.Private = true }), w.project("Own", "Lea Lead", nil)
	w.task(p, "Task", func(f *taskForm) { f.NewLabels = "Secret" })
	b := w.As("Lea Lead", "user")
	before := w.kept()
	for _, path := range []string{labelsPath(p.ID), labelsPath(own.ID)} {
		for _, verb := range []string{"/edit", "/merge", "/delete", "/restore"} {
			b.Post(path+"/1"+verb, apptest.Form("name", "x", "version", "1", "into", "1")).Want(http.StatusNotFound).Lacks("Secret")
		}
	}
	b.Get(labelsPath(p.ID)).Want(http.StatusNotFound)
	if w.kept() != before {
		t.Error("something was written")
	}
}

func TestLabel_OfOneNameMadeByManyAtOnceIsOne(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			_, err := w.tasks.Create(ctx, p.ID, taskForm{Name: fmt.Sprintf("Task %d", i), Status: 1, Priority: 2, NewLabels: "Power, Cooling"})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if labels, rows := w.Count("labels", "1 = 1"), w.Count("task_labels", "1 = 1"); labels != 2 || rows != 16 {
		t.Errorf("%d labels, %d times", labels, rows)
	}
}

func TestTask_PlanIsTypedMergedAndRefused(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	w.Insert(&Milestone{ProjectID: p.ID, Name: "Power on", DueOn: "2026-12-01", Version: 1, CreatedAt: w.DB.Now(), UpdatedAt: w.DB.Now()})
	w.Cache.Clear("")
	task := w.task(p, "Task", nil)
	lead, ada := w.As("Lea Lead", "user"), w.As("Ada Admin", "admin")
	role := w.Gate.Access().RoleID("manager")
	at := task.Path() + "/field/"
	for i, c := range []struct{ field, value, shows string }{{"estimate", "2h 30m", "2h 30m"}, {"milestone", "1", "Power on"}, {"queue", id(role), "manager"}, {"estimate", "90m", "1h 30m"}, {"estimate", "", "None"}} {
		lead.Fragment("GET", at+c.field+"/edit", "t1-"+c.field, nil).Want(200, "<form")
		lead.Fragment("POST", at+c.field, "t1-"+c.field, apptest.Form(c.field, c.value, "version", id(int64(i+1)))).Want(200, c.shows)
	}
	ada.Fragment("POST", at+"estimate", "t1-estimate", apptest.Form("estimate", "1d", "version", "6")).Want(200, "1d")
	lead.Fragment("POST", at+"estimate", "t1-estimate", apptest.Form("estimate", "2d", "version", "6")).Want(http.StatusConflict, "Ada Admin", "1d", "2d")
	lead.Fragment("POST", at+"milestone", "t1-milestone", apptest.Form("milestone", "0", "version", "6")).Want(200, "None")
	before := w.kept()
	for _, c := range []struct{ field, value, says string }{
		{"estimate", "soon", "Write it such as 2h 30m"}, {"estimate", "1001d", "At most a thousand days"}, {"milestone", "9", "Choose a milestone"}, {"queue", "999", "Choose a role"},
	} {
		lead.Fragment("POST", at+c.field, "", apptest.Form(c.field, c.value, "version", "99")).Want(http.StatusUnprocessableEntity, c.says)
	}
	if w.kept() != before {
		t.Error("something was written")
	}
	// A form that does not speak of them leaves them as they are.
	lead.Post(task.Path()+"/edit", apptest.Form("name", "Renamed", "status", "1", "priority", "2", "version", "99")).Want(http.StatusSeeOther)
	if got := w.text("SELECT CONCAT(name, ' ', estimate, ' ', queue_id) FROM tasks"); got != "Renamed 480 "+id(role) {
		t.Error(got)
	}
}

func TestQueue_WhoeverHasTheRoleTakesATaskOnce(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	role := w.Gate.Access().RoleID("manager")
	task := w.task(p, "Task", func(f *taskForm) { f.Queue = role })
	mona, max, stan := w.As("Mona Member", "manager"), w.As("Max Member", "manager"), w.As("Stan Stranger", "user")
	mona.Get(task.Path()).Want(200, "Take it", "/edit")
	stan.Get(task.Path()).Want(200).Lacks("Take it", task.Path()+"/edit")
	stan.Post(task.Path()+"/take", nil).Want(http.StatusForbidden)
	mona.Post(task.Path()+"/take", nil).Want(http.StatusSeeOther)
	mona.Post(task.Path()+"/take", nil).Want(http.StatusSeeOther) // twice is once
	before := w.kept()
	max.Post(task.Path()+"/take", nil).Want(http.StatusConflict, "Mona Member has taken")
	if w.kept() != before {
		t.Error("something was written")
	}
	mona.Get(task.Path()).Want(200, "Mona Member").Lacks("Take it")
	mona.Fragment("POST", task.Path()+"/field/status", "", apptest.Form("status", "2", "version", "2")).Want(200)
	mona.Get(task.Path()+"/history").Want(200, "assignee", "Mona Member")
	secret := w.project("Closed", "Lea Lead", func(f *projectForm) { f.Private = true })
	hidden := w.task(secret, "Hidden", func(f *taskForm) { f.Queue = role })
	mona.Post(hidden.Path()+"/take", nil).Want(http.StatusNotFound) // as an assignee who is not of the team
}

// labelAt is the id of a furnished project's first label, or another one.
func labelAt(project, n int64) int64 { return project*1_000_000 + n*1_000 }

// labelRefusal is that of a route of labels, which the project's team has.
func labelRefusal(who string, restores bool) int {
	switch {
	case who != "watcher" && who != "member":
		return http.StatusForbidden
	case restores:
		return http.StatusNotFound // it is not in the trash
	}
	return 0
}
