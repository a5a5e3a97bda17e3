package command_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// changed is what a change of mappings prints.
type changed struct {
	Nodes  []string
	Saved  bool
	Undo   int64
	People []struct {
		Username     string
		Gains, Loses []string
	}
	Visitors struct{ Gains, Loses []string } `json:"not_signed_in"`
}

func TestRoute_CheckTellsWaitingMappingsFromLostOnes(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	i.exec("INSERT INTO route_mappings (node, audience, title, icon, weight, shown, changed, version, updated_at) VALUES ('oncall', 'roles', 'On call', 'link', 1, 1, 1, 1, '2026-01-01 00:00:00')")
	if said := i.must("route", "check"); !strings.Contains(said, "oncall  waits for a feature that is not in this version") || !strings.Contains(said, "but the 1 mapping above") {
		t.Errorf("it says %q", said)
	}
	i.must("route", "clean")
	i.finds("mappings", "ok", "1 mapping waits for features that are not in this version", 0)
	i.exec("UPDATE route_mappings SET node = 'projects.gone' WHERE node = 'projects.comment.edit'")
	type check struct{ Invalid, Waiting []string }
	o := i.run("route", "check", "-json")
	if got := read[check](t, o.out); o.code != 1 || !slices.Equal(got.Invalid, []string{"projects.gone"}) || !slices.Equal(got.Waiting, []string{"oncall"}) {
		t.Errorf("%+v", o)
	}
}

func TestRoute_SetSaysWhoGainsAndLosesAndSaves(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "una", "-roles", "user")
	i.must("user", "add", "audra", "-roles", "auditor")
	dry := read[changed](t, i.must("route", "set", "projects.task.edit.move", "auditor", "-dry-run", "-json"))
	if dry.Saved || len(dry.People) != 2 || dry.People[0].Username != "audra" || !slices.Equal(dry.People[0].Gains, []string{"projects.task.edit.move"}) ||
		!slices.Equal(dry.People[1].Loses, []string{"projects.task.edit.move"}) {
		t.Errorf("%+v", dry)
	}
	if why := i.must("route", "why", "una", "projects.task.edit.move"); !strings.Contains(why, "allowed") {
		t.Errorf("the dry run changed something: %s", why)
	}
	said := i.must("route", "set", "projects.task.edit.move", "auditor")
	for _, want := range []string{"audra (audra)  gains projects.task.edit.move", "una (una)      loses projects.task.edit.move", "People who gain: 1, routes gained: 1. People who lose: 1, routes lost: 1.",
		"Saved: projects.task.edit.move was for those of the part above and is for auditor."} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	why := i.must("route", "why", "una", "projects.task.edit.move")
	for _, want := range []string{"refused", "una holds the role user.", "it is for auditor.", "Who may: admin and auditor."} {
		if !strings.Contains(why, want) {
			t.Errorf("%q is not said:\n%s", want, why)
		}
	}
	if c := i.must("route", "check"); !strings.Contains(c, "projects.task.edit.move  changed by a person, to auditor") {
		t.Errorf("the check does not name it: %s", c)
	}
	if got := read[changed](t, i.must("route", "reset", "projects.task.edit.move", "-json")); !got.Saved || len(got.People) != 2 {
		t.Errorf("%+v", got)
	}
	if got := read[changed](t, i.must("route", "reset", "projects.task.edit.move", "-json")); got.Saved {
		t.Errorf("reset twice: %+v", got)
	}
	open := read[changed](t, i.must("route", "set", "home.people", "anyone", "-dry-run", "-json"))
	if !slices.Equal(open.Visitors.Gains, []string{"home.people.avatar"}) || len(open.People) != 0 {
		t.Errorf("%+v", open)
	}
}

func TestRoute_WrongWordsChangeNothing(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	for _, c := range []struct {
		args []string
		said string
	}{
		{[]string{"route", "set", "home.signin", "signed-in"}, "Nobody could sign in any more. Leave home.signin open to anyone."},
		{[]string{"route", "set", "projects", "nobody"}, "There is no role nobody."},
		{[]string{"route", "set", "nowhere", "anyone"}, "There is no route nowhere, and none whose name begins so."},
		{[]string{"route", "why", "nobody", "home.start.see"}, "There is no account nobody."},
		{[]string{"route", "why", "-", "no.where"}, "there is no route no.where; “portal route list” names all"},
	} {
		if o := i.run(c.args...); o.code != 1 || o.err != "portal: "+c.said+"\n" {
			t.Errorf("%v ended with %d: %s", c.args, o.code, o.err)
		}
	}
	if o := i.run("route", "set", "projects"); o.code != 2 {
		t.Errorf("ended with %d: %s", o.code, o.err)
	}
}

func TestRoute_CleanRemovesWhatPointsToNothing(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("route", "list")
	i.exec("UPDATE route_mappings SET node = 'projects.nowhere' WHERE node = 'projects.comment.edit'")
	if said := i.must("route", "clean", "-dry-run"); !strings.Contains(said, "projects.nowhere  would be removed; it was for user") {
		t.Error(said)
	}
	if o := i.run("route", "check"); o.code != 1 {
		t.Error("the dry run removed it")
	}
	if got := read[changed](t, i.must("route", "clean", "-json")); !got.Saved || !slices.Equal(got.Nodes, []string{"projects.nowhere"}) {
		t.Errorf("%+v", got)
	}
	i.must("route", "check")
	if said := i.must("route", "clean"); !strings.Contains(said, "there is nothing to remove") {
		t.Error(said)
	}
}

func TestRoute_SetActsOnARunningServer(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong+"\n", "user", "add", "una", "-roles", "user", "-password-stdin")
	s := i.serve()
	b := s.browse()
	b.signIn("una", strong)
	for _, step := range []struct {
		who  string
		want int
	}{{"manager", http.StatusForbidden}, {"signed-in", http.StatusOK}} {
		i.must("route", "set", "projects.project.see", step.who)
		for limit := time.Now().Add(patience); ; {
			if status, _ := b.open("/projects"); status == step.want {
				break
			} else if time.Now().After(limit) {
				t.Fatalf("for %s the server answers %d", step.who, status)
			}
		}
	}
}
