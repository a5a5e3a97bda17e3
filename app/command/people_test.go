package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// people is an installation with an administrator, a leaver and a successor.
func people(t *testing.T) install {
	t.Helper()
	i := newInstall(t)
	i.mustWith(strong, "user", "add", "boss", "-roles", "admin", "-password-stdin")
	i.mustWith(strong, "user", "add", "tom", "-name", "Tom", "-password-stdin")
	i.mustWith(strong, "user", "add", "eva", "-name", "Eva", "-password-stdin")
	return i
}

func TestUser_SetChangesOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	i := people(t)
	i.must("user", "set", "tom", "-email", "tom@example.org", "-zone", "Europe/Berlin")
	i.must("user", "set", "tom", "-username", "thomas")
	all := read[[]account](t, i.must("user", "list", "-json"))
	if a := all[2]; a.Username != "thomas" || a.Name != "Tom" || a.Email != "tom@example.org" {
		t.Errorf("%+v", all)
	}
	refused(t, i.run("user", "set", "thomas"), 2, "portal user set needs a flag that says what to change; portal user set -help lists them")
	refused(t, i.run("user", "set", "thomas", "-username", "eva"), 1, "There is an account eva already.")
	refused(t, i.run("user", "set", "thomas", "-zone", "Mars"), 1, "There is no such time zone; write one such as Europe/Berlin.")
	if link := i.must("user", "link", "thomas"); !strings.Contains(link, "/set-password/") {
		t.Error(link)
	}
}

func TestRole_AddSetGrantRevokeDelete(t *testing.T) {
	t.Parallel()
	i := people(t)
	i.must("role", "add", "lead", "-includes", "manager", "-notes", "Leads", "-second-factor")
	i.must("role", "set", "lead", "-notes", "Leads a shift")
	i.must("role", "grant", "tom", "lead", "-until", "2099-12-31", "-reason", "Stands in")
	if table := i.must("user", "list"); !strings.Contains(table, "lead (until 2099-12-31), user") {
		t.Error(table)
	}
	if table := i.must("role", "list"); !strings.Contains(table, "lead") || !strings.Contains(table, "manager, user") {
		t.Error(table)
	}
	refused(t, i.run("role", "set", "manager", "-includes", "lead"), 1, "That would be a loop: manager includes lead includes manager.")
	refused(t, i.run("role", "grant", "tom", "lead", "-until", "2020-01-01"), 1, "That day is over. Choose today or a later one, or revoke the role.")
	refused(t, i.run("role", "grant", "tom", "lead", "-until", "someday"), 2, "-until: “someday” is not a day: write 2026-11-23, fri, tomorrow or +3d")
	refused(t, i.run("role", "grant", "boss", "admin", "-until", "2099-12-31"), 1, "This is the last administrator; make another one first.")
	refused(t, i.run("role", "delete", "user"), 1, "The role user comes with the portal and can't be deleted.")
	refused(t, i.run("role", "delete", "king"), 1, "There is no role king; there are admin, auditor, lead, manager, user.")
	i.must("user", "revoke", "tom", "lead")
	i.must("role", "delete", "lead")
	if table := i.must("role", "list"); strings.Contains(table, "lead") {
		t.Error(table)
	}
}

func TestUser_ImportDoesWhatTheDryRunSays(t *testing.T) {
	t.Parallel()
	i := people(t)
	file := filepath.Join(t.TempDir(), "people.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("username;name;roles\nmaria;Maria Jung;user,auditor\ntom;Thomas;user\neva;Eva;user\n")
	if out := i.must("user", "import", file, "-dry-run"); !strings.Contains(out, "1 made, 1 changed, 1 unchanged, 0 wrong") {
		t.Error(out)
	}
	if n := len(read[[]account](t, i.must("user", "list", "-json"))); n != 3 {
		t.Errorf("a dry run made %d accounts", n-3)
	}
	i.must("user", "import", file)
	if table := i.must("user", "list"); !strings.Contains(table, "Maria Jung") || !strings.Contains(table, "Thomas") {
		t.Error(table)
	}
	write("username,name,roles\nx,X,king\n")
	o := i.run("user", "import", file)
	if o.code != 1 || !strings.Contains(o.out, "There is no role king") || o.err != "portal: Nothing is imported while lines are wrong; mend them in the file.\n" {
		t.Errorf("%+v", o)
	}
	refused(t, i.run("user", "import", file+".gone"), 1, file+".gone can't be read; name a CSV file")
	write("username,roles\nboss,user\n")
	refused(t, i.run("user", "import", file), 1, "This is the last administrator; make another one first.")
}

func TestUser_HandOverAndLock(t *testing.T) {
	t.Parallel()
	i := people(t)
	if out := i.must("user", "hand-over", "tom", "eva", "-dry-run"); !strings.Contains(out, "Open tasks") {
		t.Error(out)
	}
	i.must("user", "hand-over", "tom", "eva", "-lock", "-json")
	if table := i.must("user", "list"); !strings.Contains(table, "locked") {
		t.Error(table)
	}
	refused(t, i.run("user", "hand-over", "eva", "eva"), 1, "Choose somebody else: this is the same person.")
	refused(t, i.run("user", "hand-over", "eva", "tom"), 1, "Tom is locked out and can't take over.")
	i.must("user", "unlock", "tom")
}

func TestS24_ACommandEndsSessionsOfARunningServer(t *testing.T) {
	t.Parallel()
	i := people(t)
	s := i.serve()
	b := s.browse()
	b.signIn("tom", strong)
	if out := i.must("user", "sessions", "tom"); strings.Count(out, "\n") != 2 {
		t.Error(out)
	}
	if out := i.must("user", "end-sessions", "tom"); out != "1 session of tom ended.\n" {
		t.Error(out)
	}
	eventually(t, "the session ends", func() bool { status, _ := b.open("/projects"); return status != 200 })
	b.signIn("tom", strong)
	i.must("role", "revoke", "tom", "user")
	eventually(t, "the role is gone", func() bool { status, _ := b.open("/projects"); return status == 403 })
}
