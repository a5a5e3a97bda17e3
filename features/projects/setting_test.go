package projects

import (
	"net/http"
	"testing"

	"portal/app/apptest"
)

func TestSettings_AreSavedSectionBySection(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	task := w.task(p, "Task", nil)
	b := w.As("Lea Lead", "user")
	path := settingsPath(p.ID)
	b.Get(path).Want(200, "Notifications", "Privacy", "Task key", "Labels", "Archive and trash", "Turn it into a template").Lacks(wordsPath)
	kept := func() string {
		return w.text("SELECT CONCAT(name, ' ', notify_created, notify_done, notify_comment, ' ', waits_rule, ' ', private, ' ', task_key) FROM projects")
	}
	for i, c := range []struct {
		form []string
		want string
	}{
		{[]string{"section", "notify", "notify_done", "1"}, "Racks 010 refuse 0 RACK"}, {[]string{"section", "waits", "waits_rule", "warn"}, "Racks 010 warn 0 RACK"},
		{[]string{"section", "private", "private", "1"}, "Racks 010 warn 1 RACK"}, {[]string{"section", "key", "task_key", "MOVE"}, "Racks 010 warn 1 MOVE"},
		{[]string{"section", "private"}, "Racks 010 warn 0 MOVE"},
	} {
		b.Post(path, apptest.Form(append(c.form, "version", id(int64(i+1)))...)).Want(http.StatusSeeOther)
		if got := kept(); got != c.want {
			t.Errorf("%v: %s, not %s", c.form, got, c.want)
		}
	}
	b.Get(task.Path()).Want(200, "MOVE-1")
	b.Get(p.Path()+"/history").Want(200, "completing a task that waits", "warns", "MOVE")
	other := w.project("Other", "Lea Lead", nil)
	strangers := []*apptest.Browser{w.As("Stan Stranger", "user"), w.As("Asta Assignee", "user")}
	before := w.kept()
	for _, c := range []struct {
		form []string
		says string
	}{
		{[]string{"section", "key", "task_key", other.TaskKey}, "Another project has this key."}, {[]string{"section", "key", "task_key", "net"}, "Capital letters only."},
		{[]string{"section", "waits", "waits_rule", "shrug"}, "Choose one of"}, {[]string{"section", "team"}, "Save"},
	} {
		b.Post(path, apptest.Form(append(c.form, "version", "99")...)).Want(http.StatusUnprocessableEntity, c.says)
	}
	for _, s := range strangers {
		s.Get(path).Want(http.StatusForbidden)
		s.Post(path, apptest.Form("section", "private", "private", "1", "version", "6")).Want(http.StatusForbidden)
	}
	if w.kept() != before {
		t.Error("something was written")
	}
}

func TestSettings_ClashIsAskedAndOtherSectionsMerge(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	lead, ada := w.As("Lea Lead", "user"), w.As("Ada Admin", "admin")
	path := settingsPath(p.ID)
	ada.Post(path, apptest.Form("section", "key", "task_key", "THEIRS", "version", "1")).Want(http.StatusSeeOther)
	lead.Post(path, apptest.Form("section", "key", "task_key", "MINE", "version", "1")).Want(http.StatusConflict, "Ada Admin", "THEIRS", "MINE", `name="section" value="key"`)
	lead.Post(path, apptest.Form("section", "waits", "waits_rule", "warn", "version", "1")).Want(http.StatusSeeOther)
	lead.Post(path, apptest.Form("section", "key", "task_key", "MINE", "version", "3")).Want(http.StatusSeeOther)
	if got := w.text("SELECT CONCAT(task_key, ' ', waits_rule) FROM projects"); got != "MINE warn" {
		t.Error(got)
	}
}
