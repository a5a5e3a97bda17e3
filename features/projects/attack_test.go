package projects

import (
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/config"
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
	h := must[hot](t)(w.projects.Get(w.as("Ada Admin"), other.ID))
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
	h := must[hot](t)(w.projects.Get(w.as("Lea Lead"), p.ID))
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
