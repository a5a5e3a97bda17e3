package command_test

import (
	"strings"
	"testing"
)

func TestAudit_VerifyEndsWithOneWhenALineWasTouched(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong+"\n", "user", "add", "maria", "-password-stdin")
	i.must("user", "lock", "maria")
	v := read[struct {
		OK    bool
		Lines int
		Head  string
	}](t, i.must("audit", "verify", "-json"))
	if !v.OK || v.Lines < 3 || v.Head == "" {
		t.Fatalf("%+v", v)
	}
	if said := i.must("audit", "verify"); !strings.Contains(said, v.Head) || !strings.Contains(said, "as they were written") {
		t.Error(said)
	}
	i.exec("UPDATE audit_lines SET action = 'nothing' WHERE seal = 2")
	o := i.run("audit", "verify")
	if o.code != 1 || !strings.Contains(o.err, "Line 2, written ") || !strings.Contains(o.err, "was changed after it was sealed") {
		t.Errorf("%+v", o)
	}
	refused(t, i.run("audit", "restart"), 2, "after this nobody can find out any more whether lines were touched before; write -yes to do it")
	i.must("audit", "restart", "-yes")
	i.must("audit", "verify")
}

func TestAudit_VerifySaysThatAnotherKeySealed(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong+"\n", "user", "add", "maria", "-password-stdin")
	i.must("audit", "verify")
	i.exec("UPDATE audit_heads SET key_id = 'another'")
	o := i.run("audit", "verify")
	if o.code != 1 || !strings.Contains(o.err, "sealed under another secret key") {
		t.Errorf("%+v", o)
	}
}

func TestAudit_ListTakesTheFilters(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong+"\n", "user", "add", "maria", "-password-stdin")
	i.must("user", "lock", "maria")
	type line struct{ Who, Action, Kind string }
	all := read[[]line](t, i.must("audit", "list", "-json", "-action", "locked the account", "-kind", "admin.user", "-user", "-"))
	if len(all) != 1 || all[0].Who != "command line" {
		t.Errorf("%+v", all)
	}
	if all := read[[]line](t, i.must("audit", "list", "-json", "-user", "maria")); len(all) != 0 {
		t.Errorf("what others did: %+v", all)
	}
	if all := read[[]line](t, i.must("audit", "list", "-json", "-to", "2001-01-01")); len(all) != 0 {
		t.Errorf("before there was anything: %+v", all)
	}
	refused(t, i.run("audit", "list", "-from", "yesterday"), 2, "-from: “yesterday” is no day; write it as 2006-01-02")
	refused(t, i.run("audit", "list", "-user", "eva"), 1, "There is no account eva.")
	refused(t, i.run("audit", "list", "-most", "0"), 2, "-most: write a number from 1 to 100000")
}

func TestSession_EndsOneAndAllBesideTheServer(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong+"\n", "user", "add", "maria", "-password-stdin")
	s := i.serve()
	b := s.browse()
	b.signIn("maria", strong)
	type session struct {
		ID   int64
		User string
	}
	all := read[[]session](t, i.must("session", "list", "-json"))
	if len(all) != 1 || all[0].User != "maria" {
		t.Fatalf("%+v", all)
	}
	i.must("session", "end", "-user", "maria")
	if all := read[[]session](t, i.must("session", "list", "-json")); len(all) != 0 {
		t.Errorf("after the end: %+v", all)
	}
	refused(t, i.run("session", "end"), 2, "say which sessions: the number of one, -user with a user name, or -all")
	refused(t, i.run("session", "end", "99"), 1, "That session has ended already.")
	refused(t, i.run("session", "end", "x"), 2, "“x” is no number of a session; portal session list shows them")
}

func TestJob_RunsHereAndSaysHowItWent(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "maria")
	i.must("job", "run", "auth.sweep")
	if table := i.must("job", "list"); !strings.Contains(table, "auth.sweep") || !strings.Contains(table, "well") || !strings.Contains(table, "never ran") {
		t.Error(table)
	}
	refused(t, i.run("job", "run", "nothing"), 1, "There is no job nothing; portal job list shows all.")
}

// Whoever types a name on the sign-in page writes a part of a line that the operator's terminal shows later.
func TestS76_NamesDoNotSteerTheOperatorsTerminal(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong+"\n", "user", "add", "maria", "-password-stdin")
	i.exec("UPDATE audit_lines SET title = '\x1b[2J\u009b31m\u202eevil\rx' WHERE id = 1")
	out := i.must("audit", "list")
	if strings.ContainsAny(out, "\x1b\u009b\u202e\r") || !strings.Contains(out, "evil") {
		t.Errorf("%q", out)
	}
}
