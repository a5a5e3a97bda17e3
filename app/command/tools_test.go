package command_test

import (
	"slices"
	"strings"
	"testing"
)

// strong is a password that is not easily guessed.
const strong = "orchid gravel lantern tuba"

type account struct {
	Username, Name, Email, Link string
	Roles                       []string
	Locked                      bool
}

func TestUser_AddThenList(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong+"\n", "user", "add", "maria", "-name", "Maria Diaz", "-email", "maria@example.org", "-roles", "user,manager", "-password-stdin")
	made := read[account](t, i.must("user", "add", "eva", "--json"))
	if !strings.Contains(made.Link, "/set-password/") {
		t.Errorf("without a password there is no link: %+v", made)
	}
	all := read[[]account](t, i.must("user", "list", "-json"))
	if len(all) != 2 || all[1].Name != "Maria Diaz" || all[1].Email != "maria@example.org" || !slices.Equal(all[1].Roles, []string{"manager", "user"}) {
		t.Errorf("listed %+v", all)
	}
	if table := i.must("user", "list"); !strings.Contains(table, "Maria Diaz") || strings.Contains(table, "{sha256") {
		t.Errorf("the table: %s", table)
	}
}

func TestUser_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong, "user", "add", "boss", "-roles", "admin", "-password-stdin")
	refused(t, i.runWith(strong, "user", "add", "BOSS", "-password-stdin"), 1, "There is an account BOSS already.")
	refused(t, i.runWith("short\n", "user", "add", "eva", "-password-stdin"), 1,
		"this password can't be chosen: Use at least 10 characters; three or four unrelated words do well.")
	refused(t, i.run("user", "add", "eva", "-password-stdin"), 2, "-password-stdin: the standard input holds no password; write it there, as one line")
	refused(t, i.run("user", "add", "eva", "-link", "-password-stdin"), 2, "-link and -password-stdin exclude each other; write one of them")
	refused(t, i.run("user", "add", "eva", "-roles", "king"), 1, "There is no role king; there are admin, auditor, manager, user.")
	refused(t, i.run("user", "lock", "eva"), 1, "There is no account eva.")
	refused(t, i.run("user", "reset-factor", "eva"), 1, "There is no account eva.")
	refused(t, i.run("user", "reset-factor", "boss"), 1, "boss has no second factor.")
	refused(t, i.run("user", "lock", "boss"), 1, "This is the last administrator; make another one first.")
	refused(t, i.run("role", "revoke", "boss", "admin"), 1, "This is the last administrator; make another one first.")
}

func TestDemo_FillsAnEmptyPortalOnce(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	made := read[struct {
		Users, Projects, Tasks, Comments int
		Password                         string
	}](t, i.must("demo", "-users", "8", "-projects", "3", "-tasks", "30", "-json"))
	if made.Users != 8 || made.Projects != 3 || made.Tasks != 30 || made.Comments == 0 {
		t.Errorf("made %+v", made)
	}
	i.serve().browse().signIn("manager", made.Password)
	refused(t, i.run("demo"), 1, "This database is not empty (accounts: 8); the demo department needs an empty one. Name another by PORTAL_DATA_DIR or PORTAL_DATABASE_URL.")
}

func TestMigrate_UpThenDown(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	ran := func() (n, all int) {
		for _, m := range read[[]struct {
			RanAt string `json:"ran_at"`
		}](t, i.must("migrate", "status", "-json")) {
			if all++; !strings.HasPrefix(m.RanAt, "0001") {
				n++
			}
		}
		return n, all
	}
	if n, all := ran(); n != 0 || all == 0 {
		t.Fatalf("a new database has run %d of %d", n, all)
	}
	i.must("migrate", "up")
	if n, all := ran(); n != all {
		t.Fatalf("after up %d of %d have run", n, all)
	}
	if out := i.must("migrate", "up"); out != "Nothing waits: the database is in order.\n" {
		t.Errorf("a second up says %q", out)
	}
	i.must("migrate", "down")
	if n, _ := ran(); n != 0 {
		t.Fatalf("after down %d have run", n)
	}
	i.must("migrate", "up")
	i.must("user", "add", "eva")
	refused(t, i.run("migrate", "down"), 2,
		"the database holds 1 account, and taking migrations back loses what is in their tables; make a backup, then write -yes")
	i.must("migrate", "down", "-yes")
}

func TestRoute_CheckFindsAMappingToNothing(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("route", "check")
	if list := i.must("route", "list"); !strings.Contains(list, "home.signin.do") {
		t.Errorf("the list has no sign-in: %s", list)
	}
	i.exec("UPDATE route_mappings SET node = 'projects.nowhere' WHERE node = 'projects.comment.edit'")
	// The start gives the node that lost its mapping its default one again.
	o := i.run("route", "check", "-json")
	got := read[struct{ Invalid, Open []string }](t, o.out)
	if o.code != 1 || !slices.Equal(got.Invalid, []string{"projects.nowhere"}) || len(got.Open) != 0 {
		t.Errorf("ended with %d: %+v", o.code, got)
	}
}

func TestDoctor_FindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	state := func(o outcome) map[string]string {
		all := map[string]string{}
		for _, f := range read[[]struct{ Name, State string }](t, o.out) {
			all[f.Name] = f.State
		}
		return all
	}
	o := i.run("doctor", "-json")
	if got := state(o); o.code != 1 || got["data folder"] != "ok" || got["database"] != "bad" && got["migrations"] != "bad" {
		t.Errorf("a new install ends with %d: %v", o.code, got)
	}
	i.must("migrate", "up")
	o = i.run("doctor", "-json")
	if got := state(o); o.code != 1 || got["migrations"] != "ok" || got["administrator"] != "bad" {
		t.Errorf("without an administrator it ends with %d: %v", o.code, got)
	}
	i.must("user", "add", "boss", "-roles", "admin")
	if o = i.run("doctor", "-json"); o.code != 0 {
		t.Errorf("a whole install ends with %d: %s", o.code, o.out)
	}
}
