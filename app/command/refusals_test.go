package command_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refused checks that a command ended with one sentence and nothing else.
func refused(t *testing.T, o outcome, code int, said string) {
	t.Helper()
	if o.code != code || o.err != "portal: "+said+"\n" || o.out != "" {
		t.Errorf("ended with %d, want %d\nsaid   %q\nwanted %q\nprinted %q", o.code, code, o.err, "portal: "+said+"\n", o.out)
	}
}

func TestRun_RefusesWrongUsage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ args, said string }{
		"unknown-command":    {"bogus", "there is no command “portal bogus”; portal -help lists what there is"},
		"near-command":       {"serv", "there is no command “portal serv”; do you mean “portal serve”?"},
		"near-inner-command": {"user lst", "there is no command “portal user lst”; do you mean “portal user list”?"},
		"half-a-command":     {"user", "portal user needs one more word: add, end-sessions, grant, hand-over, import, link, list, lock, passwd, reset-factor, revoke, sessions, set, unlock"},
		"unknown-flag":       {"-nope", "there is no flag -nope of “portal”; portal -help lists what there is"},
		"unknown-short-flag": {"user list -x", "there is no flag -x of “portal user list”; portal user list -help lists what there is"},
		"flag-without-value": {"user add maria -name", "the flag -name of “portal user add” needs a value after it"},
		"flag-not-a-number":  {"demo -users many", "-users: “many” can't be used; portal demo -help says what can"},
		"number-too-small":   {"demo -users 1", "-users: 1 is outside 4 to 20000"},
		"bench-too-long":     {"bench -seconds 0", "-seconds: 0 is outside 1 to 600"},
		"word-missing":       {"user add", "portal user add needs a user name; write portal user add <user name> [flags]"},
		"word-too-many":      {"user list all", "portal user list: “all” is one word too many; portal user list -help shows how it is written"},
		"negative-rows":      {"import legacy x -rows -1", "-rows: -1 is no number of rows; write 0 or more"},
		"help-for-nothing":   {"help bogus", "there is no command “portal bogus”; portal -help lists what there is"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, fileInstall(t).run(strings.Fields(c.args)...), 2, c.said)
		})
	}
}

func TestRun_RefusesWrongSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ setting, said string }{
		"not-an-address": {"PORTAL_ADDR=here", `PORTAL_ADDR: "here" is not an address; write host:port, such as 127.0.0.1:3000`},
		"not-a-number":   {"PORTAL_DB_POOL=many", `PORTAL_DB_POOL: "many" can't be used: write a whole number.`},
		"not-a-duration": {"PORTAL_CACHE_TTL=5", `PORTAL_CACHE_TTL: "5" can't be used: write a duration such as 90s, 20m or 2h.`},
		"unknown":        {"PORTAL_PROT=3000", `PORTAL_PROT: there is no such setting; the README lists all of them`},
		"no-database":    {"PORTAL_DATABASE_URL=portal.db", `PORTAL_DATABASE_URL: write sqlite://data/portal.db or mysql://user:password@host:3306/portal`},
		"no-feature":     {"PORTAL_FEATURES_OFF=nix", `PORTAL_FEATURES_OFF: there is no feature "nix"; there are admin, documents, projects, weblinks`},
		"short-key":      {"PORTAL_SECRET_KEY=short", `PORTAL_SECRET_KEY: 5 characters are too few; write at least 32 random ones`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, fileInstall(t, c.setting).run(), 1, c.said)
		})
	}
}

func TestServe_RefusesAnOccupiedPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	refused(t, newInstall(t, "PORTAL_ADDR="+l.Addr().String()).run("serve"), 1,
		"PORTAL_ADDR: "+l.Addr().String()+" can't be listened on (address already in use); stop what uses it or choose another")
}

func TestServe_RefusesAFolderThatCannotBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	i := fileInstall(t)
	i.dir = filepath.Join(file, "data")
	refused(t, i.run(), 1, "PORTAL_DATA_DIR: the folder "+i.dir+" can't be made (not a directory); choose one this account may write")
}

func TestServe_RefusesADatabaseThatIsNone(t *testing.T) {
	t.Parallel()
	i := fileInstall(t)
	if err := os.Mkdir(i.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(i.dir, "portal.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database at all ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, i.run(), 1, "PORTAL_DATABASE_URL: "+path+" is no whole SQLite database (file is not a database (26)); put a backup in its place by “portal restore <file>”")
}

func TestServe_RefusesADatabaseOfANewerPortal(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("migrate", "up")
	i.exec("INSERT INTO migrations (name, group_id, migrated_at) VALUES ('29990101000000', 9, '2999-01-01 00:00:00')")
	const said = "the database is newer than this portal: it holds migration 29990101000000; start the newer portal, or restore the backup made before it"
	for _, command := range [][]string{{"serve"}, {"migrate", "up"}, {"user", "list"}} {
		refused(t, i.run(command...), 1, said)
	}
}

func TestCache_SaysThatNoServerRuns(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	for _, command := range []string{"stats", "clear", "warm"} {
		refused(t, i.run("cache", command), 1, "PORTAL_DATA_DIR: "+i.dir+": no server runs on this data folder; start one with “portal serve”")
	}
}
