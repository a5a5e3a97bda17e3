package projects

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/config"
	"portal/app/data"
	"portal/app/fault"
)

// Whoever has a task in a private project without being of its team does not know of it: their tasks elsewhere move without it.
func TestS37_MovingWhatFollowsNeitherShowsNorMovesWhatIsNotForOne(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	closed := w.project("Closed Room", "Ada Admin", func(f *projectForm) { f.Private = true })
	first := w.dated(p, "First", "2026-11-23", "2026-11-24")
	secret := w.task(closed, "Secret wall", func(f *taskForm) { f.DueOn, f.Assignee = "2026-11-29", w.id("Lea Lead") })
	queued := w.task(closed, "Secret door", func(f *taskForm) { f.DueOn, f.Queue = "2026-11-29", w.Gate.Access().RoleID("user") })
	for _, waits := range []Task{secret, queued} {
		if err := w.waits(waits, first); err != nil {
			t.Fatal(err)
		}
	}
	lea := w.As("Lea Lead", "user")
	a := lea.Get(first.Path()+"/follow?days=4").Want(http.StatusOK, "A task you may not see", "Nothing would move").Lacks("Secret", closed.TaskKey+"-")
	serial := planSerial.FindStringSubmatch(a.Body)[1]
	lea.Post(first.Path()+"/follow", apptest.Form("days", "4", "plan", serial)).Want(http.StatusSeeOther)
	for _, one := range []Task{secret, queued} {
		if got := w.dates(one); got != "–2026-11-29" {
			t.Errorf("%s has moved: %s", one.Name, got)
		}
	}
	lea.Post(first.Path()+"/waits/remove", apptest.Form("kind", "needed", "other", id(secret.ID))).Want(http.StatusForbidden)
	if w.Count("task_dependencies") != 2 {
		t.Error("a dependency of a private task was ended by who may not know of it")
	}
}

// An id of a task that is no end of any dependency here is answered the same whether there is such a task or not.
func TestS37_EndingADependencyTellsNoIDs(t *testing.T) {
	w := open(t)
	closed := w.project("Closed Room", "Ada Admin", func(f *projectForm) { f.Private = true })
	secret := w.task(closed, "Secret wall", nil)
	own := w.task(w.project("Own", "Stan Stranger", nil), "Mine", nil)
	b := w.As("Stan Stranger", "user")
	before := w.kept()
	for _, kind := range []string{"waits", "needed"} {
		there := b.Post(own.Path()+"/waits/remove", apptest.Form("kind", kind, "other", id(secret.ID)))
		missing := b.Post(own.Path()+"/waits/remove", apptest.Form("kind", kind, "other", "9999999"))
		if there.Status != missing.Status || there.Location() != missing.Location() {
			t.Errorf("%s: %s and %s", kind, there, missing)
		}
	}
	if after := w.kept(); after != before {
		t.Errorf("written:\n%s\n%s", before, after)
	}
}

// A page that was drawn while its viewer might know of another project is drawn anew as soon as they may not.
func TestS40c_TaskPageForgetsProjectsThatAreNoLongerForItsViewer(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	other := w.project("Power", "Ada Admin", func(f *projectForm) {
		f.Private, f.Watchers = true, []int64{w.id("Lea Lead"), w.id("Walt Watcher", "user")}
	})
	wall, roof := w.task(other, "Secret wall", nil), w.task(other, "Secret roof", nil)
	first := w.task(p, "First", func(f *taskForm) { f.Description = "See " + wall.Key(other) })
	if err := w.waits(first, wall); err != nil {
		t.Fatal(err)
	}
	if err := w.waits(roof, first); err != nil {
		t.Fatal(err)
	}
	lea, ada := w.As("Lea Lead", "user"), w.As("Ada Admin", "admin")
	pages := []string{first.Path(), first.Path() + "/history", p.Path(), p.Path() + "/list", p.Path() + "/timeline", p.Path() + "/history"}
	for range 2 {
		lea.Get(first.Path()).Want(http.StatusOK, "Secret wall", "Secret roof")
	}
	for _, path := range pages {
		lea.Get(path).Want(http.StatusOK)
	}
	h := must[heldProject](t)(w.projects.Get(w.as("Ada Admin"), other.ID))
	f := formOf(h.Project, h.Team)
	f.Watchers = []int64{w.id("Walt Watcher")}
	if _, err := w.projects.Update(w.as("Ada Admin"), other.ID, f, []string{"watchers"}); err != nil {
		t.Fatal(err)
	}
	lea.Get(other.Path()).Want(http.StatusNotFound)
	for _, path := range pages {
		lea.Get(path).Want(http.StatusOK).Lacks("Secret", "Power")
	}
	lea.Fragment("GET", first.Path(), "panel", nil).Want(http.StatusOK).Lacks("Secret", "Power")
	ada.Get(first.Path()).Want(http.StatusOK, "Secret wall", "Secret roof")
	if !strings.Contains(w.As("Walt Watcher").Get(first.Path()).Body, "Secret roof") {
		t.Error("who still may know of it no longer sees it")
	}
}

// A mail that waits for its server is not sent to who has lost the right to what it is about meanwhile.
func TestS40c_MailsThatWaitAreForWhoMayStillSeeWhatTheyAreAbout(t *testing.T) {
	server := apptest.NewMailServer(t, apptest.MailOptions{})
	w := openWith(t, func(c *config.Config) {
		c.SMTPURL, c.MailFrom = "smtp://"+server.Address(), "Portal <portal@example.org>"
	})
	leaves, stays := w.id("Walt Watcher", "user"), w.id("Sam Stakeholder", "user")
	for _, n := range []int64{leaves, stays} {
		w.Exec("UPDATE users SET email = ?, email_key = ? WHERE id = ?", "p"+id(n)+"@example.org", "p"+id(n)+"@example.org", n)
		w.Exec("INSERT INTO notification_choices (user_id, kind, choice) VALUES (?, ?, 'mail')", n, tellAssigned)
	}
	p := w.project("Closed Room", "Lea Lead", func(f *projectForm) { f.Private, f.Watchers = true, []int64{leaves, stays} })
	for _, n := range []int64{leaves, stays} {
		if _, err := w.tasks.Create(w.as("Lea Lead"), p.ID, taskForm{Name: "Secret wall", Status: w.status("To do"), Priority: w.priority("Low"), Assignee: n}); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Count("mails", "state = 'waiting'"); n != 2 {
		t.Fatalf("%d mails wait", n)
	}
	h := must[heldProject](t)(w.projects.Get(w.as("Lea Lead"), p.ID))
	f := formOf(h.Project, h.Team)
	f.Watchers = []int64{stays}
	if _, err := w.projects.Update(w.as("Lea Lead"), p.ID, f, []string{"watchers"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Mail.Run(w.Context()); err != nil {
		t.Fatal(err)
	}
	if all := server.Letters(); len(all) != 1 || w.Count("mails", "state = 'discarded'", "user_id = "+id(leaves)) != 1 || w.Count("mails", "state = 'sent'", "user_id = "+id(stays)) != 1 {
		t.Errorf("%d letters: %v", len(all), all)
	}
}

// Who is of the team sees the imports of others and may cancel them, but makes no tasks in another one's name.
func TestS37_AnotherOnesImportMakesNothingByMyHand(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", func(f *projectForm) { f.Watchers = []int64{w.id("Walt Watcher", "user")} })
	lea, walt := w.As("Lea Lead", "user"), w.As("Walt Watcher", "user")
	to := uploaded(t, lea, p, "Name,Status\nPlan,Done\n")
	for _, act := range []string{"/check", "/sheet"} {
		walt.Post(to+act, columns("name", "status")).Want(http.StatusForbidden, "Only who sent the file")
	}
	walt.Get(to).Want(http.StatusOK, "Only Lea Lead, who sent the file").Lacks("/check")
	lea.Post(to+"/check", columns("name", "status")).Want(http.StatusSeeOther)
	w.work()
	before := w.kept()
	for _, act := range []string{"/start", "/columns", "/check"} {
		walt.Post(to+act, columns("name", "status")).Want(http.StatusForbidden, "Only who sent the file")
	}
	walt.Get(to).Want(http.StatusOK, "Only Lea Lead, who sent the file").Lacks("/start", "/columns")
	w.work()
	if after := w.kept(); after != before {
		t.Errorf("written:\n%s\n%s", before, after)
	}
	walt.Post(to+"/cancel", nil).Want(http.StatusSeeOther)
}

// costly are texts of 50 kB that slow down who reads them.
func costly() map[string]string {
	all := map[string]string{}
	for _, piece := range []string{"(", "[", "[a](", "*a_ ", "> ", "- ", "@", "@a ", "#1 ", "@\"a", "NET-1 ", "\"", "a ", "!\"", "*\"a", "~1h ", ">1 ", "due: "} {
		all[piece] = strings.Repeat(piece, 50_000/len(piece))
	}
	return all
}

func TestS73_CostlyTextsAreReadInASecond(t *testing.T) {
	w := open(t)
	s := w.furnish("Open Field", false)
	b := w.As("Lea Lead", "user")
	at := projectPath(s.project)
	b.Token()
	for piece, text := range costly() {
		for path, form := range map[string]url.Values{
			"/preview":       {"text": {text}},
			"/quick/preview": {"text": {text}},
		} {
			began := time.Now()
			a := b.Fragment("POST", at+path, "x", form)
			if took := time.Since(began); took > 20*time.Second || a.Status >= 500 { // a second, and what else the machine has to do
				t.Errorf("%s of %q: %d in %v", path, piece, a.Status, took)
			}
		}
		for _, path := range []string{"/list?q=", "/trash?q=", "/files?q=", "/suggest?kind=task&q="} {
			began := time.Now()
			a := b.Get(at + path + url.QueryEscape(text[:1000]))
			if took := time.Since(began); took > 20*time.Second || a.Status >= 500 { // a second, and what else the machine has to do
				t.Errorf("%s of %q: %d in %v", path, piece, a.Status, took)
			}
		}
	}
}

// Every list answers odd pages, sorts and filters with a page, and no route with a failure of its own.
func TestS72_AddressesOutOfBoundsAnswerAPage(t *testing.T) {
	w := open(t)
	s := w.furnish("Open Field", false)
	b := w.As("Ada Admin", "admin")
	odd := []string{
		"page=99999999", "page=-1", "page=9223372036854775807&size=200", "size=1000000000", "size=-1", "sort=" + strings.Repeat("name,-due,", 50), "group=nothing&sort=;DROP",
		"from=9999-12-31&to=0001-01-01", "month=9999-12", "month=0000-00", "from=9999-12-01", "day=9999-12-31", "start=9999-12-31&scale=year", "zoom=day&from=0001-01-01",
		"status=-1&status=9223372036854775807&label=-5&milestone=1e9", "columns=" + strings.Repeat("name,", 500), "saved=9223372036854775807", "act=9223372036854775807",
		"days=9223372036854775807", "kind=%00&q=%ff%fe", "show=%00", "lanes=nothing&more=99999999&column=-1", "parent=9223372036854775807", "project=-9223372036854775808",
	}
	for _, r := range w.routes() {
		if r.Method != http.MethodGet {
			continue
		}
		for _, q := range odd {
			began := time.Now()
			a := b.Get(s.address(r.Path) + "?" + q)
			if took := time.Since(began); a.Status >= 500 || took > 20*time.Second {
				t.Errorf("%s?%s: %d in %v", r.Path, q, a.Status, took)
			}
		}
	}
}

// What an edit form does not show is not written by it, whatever is sent with it.
func TestS39_FieldsOfOtherFormsChangeNothing(t *testing.T) {
	w := open(t)
	closed := w.furnish("Closed Room", true)
	s := w.furnish("Open Field", false)
	asta := w.As("Asta Assignee", "user")
	task := taskPath(s.project, s.number)
	f := w.form()
	f.Set("assignee", id(asta.User.ID))
	for name, v := range map[string]string{
		"project_id": id(closed.project), "id": "1", "number": "1", "created_by": "1", "task_id": "1", "deleted_at": "2026-01-01", "open": "false", "waits_on": "-5",
		"position": "-1", "next_id": "1", "version": "1", "private": "true", "user_id": "1", "lead_id": id(asta.User.ID), "loose": "false",
	} {
		f.Set(name, v)
	}
	for _, path := range []string{task + "/edit", task + "/todos", task + "/comments", task + "/watch"} {
		if a := asta.Post(path, f); a.Status >= 400 && a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", path, a)
		}
	}
	got := w.text("SELECT CONCAT(project_id, '/', number, '/', waits_on, '/', COALESCE(next_id, 0), '/', CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END, '/', CASE WHEN created_by IS NULL THEN 0 ELSE 1 END) FROM tasks WHERE project_id = ? AND number = ?", s.project, s.number)
	if want := id(s.project) + "/" + id(s.number) + "/0/0/0/0"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if n := w.Count("tasks", "project_id = "+id(closed.project)); n != 3 {
		t.Errorf("%d tasks in the other project", n)
	}
	// Labels, milestones and parts of another project are none here.
	for name, v := range map[string]string{"labels": id(labelAt(closed.project, 0)), "milestone": id(closed.milestone), "parent": "9999999"} {
		bad := w.form()
		bad.Set("version", "99")
		bad.Set("assignee", id(asta.User.ID))
		bad.Set(name, v)
		asta.Post(task+"/edit", bad).Want(http.StatusUnprocessableEntity)
	}
}

// Two who take an act back, and two who take what followed back, at the same time do it once.
func TestParallel_AnActIsTakenBackOnce(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	var numbers []int64
	for range 12 {
		numbers = append(numbers, w.task(p, "Task", nil).Number)
	}
	ctx := w.as("Lea Lead")
	for round := range 3 {
		a := must[act](t)(w.tasks.ChangeMany(ctx, p.ID, bulkForm{Tasks: numbers, Priority: id(w.priority("High"))}, taskFilter{}))
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = w.tasks.TakeBack(ctx, p.ID, a.ID) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
				t.Errorf("round %d: %v", round, err)
			}
		}
		if won != 1 {
			t.Errorf("round %d: taken back %d times: %v", round, won, errs)
		}
		if n := w.Count("tasks", "priority_id = "+id(w.priority("Medium"))); n != 12 {
			t.Errorf("round %d: %d tasks are as before", round, n)
		}
	}
	w.figures(p.ID)
}

// What has been in the trash for 30 days is gone, also before the trash is emptied: brought back meanwhile, it would come back
// without what is removed already.
func TestParallel_RestoreWhileTheTrashIsEmptied(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	var tasks []Task
	for range 8 {
		one := w.task(p, "Task", nil)
		part := w.task(p, "Part", func(f *taskForm) { f.Parent = one.Number })
		must[Comment](t)(w.notes.AddComment(ctx, owner{p.ID, part.Number}, "Said", ""))
		tasks = append(tasks, one)
		must[Task](t)(w.tasks.Delete(ctx, p.ID, one.Number, true))
	}
	w.Clock.Add(data.TrashKept + time.Hour)
	ctx = w.as("Lea Lead")
	var all sync.WaitGroup
	all.Go(func() {
		if err := w.notes.purge(w.Context()); err != nil {
			t.Error(err)
		}
	})
	for _, one := range tasks {
		all.Go(func() {
			if _, err := w.tasks.Delete(ctx, p.ID, one.Number, false); err != nil && !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	there, parts, said := w.Count("tasks", "parent_id IS NULL"), w.Count("tasks", "parent_id IS NOT NULL"), w.Count("comments")
	if there != parts || parts != said || there != 0 || w.Count("tasks", "deleted_at IS NOT NULL") != 0 {
		t.Errorf("%d tasks, %d parts, %d comments", there, parts, said)
	}
	w.figures(p.ID)
}
