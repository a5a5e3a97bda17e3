package data_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"portal/app/apptest"
	"portal/app/data"
	"portal/app/fault"
)

func TestFold_MakesNamesComparable(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "  Ada  LOVELACE ": "ada lovelace", "Ärger": "arger", "Straße": "strasse", "ﬁne": "fine", "É\u0301": "e", "İ": "i", "Ａda": "ada", "a\u00a0b\tc": "a b c", "ẞ": "ss",
	} {
		if got := data.Fold(in); got != want {
			t.Errorf("%q is %q, not %q", in, got, want)
		}
	}
}

// What is longer than its column is refused on both databases, whatever the server's administrator has set. SQLite knows no
// lengths: there the forms alone bound what is written.
func TestS71_NothingIsCutSilently(t *testing.T) {
	p := apptest.New(t)
	if !p.DB.MySQL {
		return
	}
	var mode string
	if err := p.DB.Read.NewRaw("SELECT @@SESSION.sql_mode").Scan(p.Context(), &mode); err != nil || mode != "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION" {
		t.Errorf("%q, %v", mode, err)
	}
	if _, err := p.DB.Writer().NewRaw("INSERT INTO settings (name, value, updated_at) VALUES (?, '', ?)", strings.Repeat("x", 300), p.Clock.Now()).Exec(p.Context()); err == nil {
		t.Error("a name that is too long was taken")
	}
}

// What people type is found as it stands, whatever it means to SQL.
func TestLike_FindsSpecialCharactersAsTheyStand(t *testing.T) {
	p := apptest.New(t)
	for i, title := range []string{"100% sure", "100 sure", "a_b", "axb", "wow!", `back\slash`, "it's", "日本語"} {
		p.Exec("INSERT INTO settings (name, value, updated_at) VALUES (?, ?, ?)", fmt.Sprint(i), title, p.Clock.Now())
	}
	for words, want := range map[string]string{"100%": "0", "a_b": "2", "!": "4", `k\s`: "5", "'": "6", "本": "7", "%": "0", "_": "2", "sure": "0 1"} {
		var got []string
		if err := p.DB.Read.NewRaw("SELECT name FROM settings WHERE value LIKE ? ESCAPE '!' ORDER BY name", data.Like(words)).Scan(p.Context(), &got); err != nil {
			t.Fatal(err)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %q, not %q", words, got, want)
		}
	}
}

func TestList_TidyAndOrderStayWithinBounds(t *testing.T) {
	l := data.List{Page: -5, Size: 1000, Text: strings.Repeat("ä", 150)}.Tidy()
	if l.Page != 1 || l.Size != 25 || len(l.Text) != 200 {
		t.Errorf("%d %d %d", l.Page, l.Size, len(l.Text))
	}
	if l := (data.List{Page: 1 << 40, Size: 100}).Tidy(); l.Page != 100_000 || l.Size != 100 {
		t.Errorf("%+v", l)
	}
	sorts := data.Sorts{"": "name", "due": "due_on"}
	for key, want := range map[string]string{"": "name, id", "due": "due_on, id", "-due": "due_on DESC, id", "-": "name, id", "id; DROP TABLE users": "name, id", "-x": "name, id"} {
		if got := sorts.Order(data.List{Sort: key}, "id"); got != want {
			t.Errorf("%q: %q", key, got)
		}
	}
}

// Two people edit the same thing; each case is one field: its value before, now, and in my form.
func TestTx_MergeKeepsWhatOnlyOneSideTouched(t *testing.T) {
	p := apptest.New(t)
	change := func(version int64, field, old, now string) {
		t.Helper()
		err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
			tx.Changed(data.Change{Feature: "x", Kind: "thing", ID: 1, Version: version, Fields: []data.Field{{Name: field, Old: old, New: now}}})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	change(2, "status", "Open", "Done")
	change(3, "status", "Done", "Closed")
	change(3, "due", "Mon", "Tue")
	cell := func(name, shown string) data.Edited { return data.Edited{Name: name, Value: shown, Shown: shown} }
	theirs := []data.Edited{cell("title", "A"), cell("status", "Closed"), cell("due", "Tue")}
	for name, c := range map[string]struct {
		was   int64
		mine  []data.Edited
		write string
		clash string // base theirs mine
	}{
		"nobody else":         {3, []data.Edited{cell("title", "B"), cell("status", "Open")}, "title status", ""},
		"another field":       {1, []data.Edited{cell("title", "B"), cell("status", "Open")}, "title", ""},
		"the same value":      {1, []data.Edited{cell("status", "Closed")}, "", ""},
		"untouched by me":     {1, []data.Edited{cell("status", "Open"), cell("due", "Mon")}, "", ""},
		"the same field":      {1, []data.Edited{cell("status", "Waiting"), cell("title", "B")}, "", "Open Closed Waiting"},
		"seen the first only": {2, []data.Edited{cell("status", "Waiting")}, "", "Done Closed Waiting"},
	} {
		t.Run(name, func(t *testing.T) {
			err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
				tx.Unchanged()
				write, err := tx.Merge(p.Context(), "x.thing", 1, c.was, theirs, c.mine)
				if got := strings.Join(write, " "); got != c.write {
					t.Errorf("writes %q, not %q", got, c.write)
				}
				return err
			})
			var clash *data.Clash
			switch {
			case c.clash == "" && err != nil:
				t.Fatal(err)
			case c.clash != "":
				if !errors.As(err, &clash) || !fault.Is(err, fault.Conflict) || len(clash.Fields) != 1 {
					t.Fatalf("no clash: %v", err)
				}
				f := clash.Fields[0]
				if got := f.Base + " " + f.Theirs.Shown + " " + f.Mine.Shown; got != c.clash || clash.Who != "test" {
					t.Errorf("%q by %q", got, clash.Who)
				}
			}
		})
	}
}

// Each transaction takes what the other needs next. MySQL chooses one, which runs again; SQLite lets them in one by one.
func TestDB_WriteRunsAgainAfterADeadlock(t *testing.T) {
	p := apptest.New(t)
	p.Exec("INSERT INTO settings (name, value, updated_at) VALUES ('a', '0', ?), ('b', '0', ?)", p.Clock.Now(), p.Clock.Now())
	var runs atomic.Int32
	var both sync.WaitGroup
	if p.DB.MySQL {
		both.Add(2)
	}
	add := func(first, second string) error {
		met := !p.DB.MySQL
		return p.DB.Write(p.Context(), func(tx *data.Tx) error {
			runs.Add(1)
			tx.Unchanged()
			for i, name := range []string{first, second} {
				if _, err := tx.NewRaw("UPDATE settings SET value = value + 1 WHERE name = ?", name).Exec(p.Context()); err != nil {
					return err
				}
				if i == 0 && !met {
					met = true
					both.Done()
					both.Wait()
				}
			}
			return nil
		})
	}
	errs := make(chan error, 2)
	go func() { errs <- add("a", "b") }()
	go func() { errs <- add("b", "a") }()
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	want := int32(2)
	if p.DB.MySQL {
		want = 3
	}
	if n := p.Count("settings", "value = 2"); n != 2 || runs.Load() != want {
		t.Errorf("%d of 2 rows are right after %d runs, not %d", n, runs.Load(), want)
	}
}

func TestDB_WriteRefusesSilence(t *testing.T) {
	p := apptest.New(t)
	err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
		_, err := tx.NewRaw("INSERT INTO settings (name, value, updated_at) VALUES ('a', '', ?)", tx.Now).Exec(p.Context())
		return err
	})
	if err == nil || p.Count("settings", "name = 'a'") != 0 {
		t.Errorf("a write that says no change is kept: %v", err)
	}
}

func TestDB_WriteRollsBackWithItsLogs(t *testing.T) {
	p := apptest.New(t)
	before := p.Count("audit_lines")
	away := errors.New("away")
	err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "x", Kind: "y", What: "did"})
		return away
	})
	if !errors.Is(err, away) || p.Count("audit_lines") != before {
		t.Errorf("%v, %d lines", err, p.Count("audit_lines")-before)
	}
}

// Twenty at once write the same row at the same version: one wins, on both databases.
func TestTx_UpdateIfLetsOneWin(t *testing.T) {
	p := apptest.New(t)
	user := p.Person("Ada")
	var won atomic.Int32
	var work sync.WaitGroup
	for i := range 20 {
		work.Go(func() {
			err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
				tx.Unchanged()
				row := user
				row.Name, row.Version = fmt.Sprint("Ada ", i), user.Version+1
				ok, err := tx.UpdateIf(context.Background(), &row, user.Version, "name", "version")
				if ok {
					won.Add(1)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won", won.Load())
	}
}

func TestDB_ReadCannotWrite(t *testing.T) {
	p := apptest.New(t)
	if p.DB.MySQL {
		return // one handle for both; the rule is SQLite's
	}
	if _, err := p.DB.Read.ExecContext(p.Context(), "DELETE FROM users"); err == nil {
		t.Error("the readers' connections write")
	}
}

// R07: of many who write at once nobody is passed over again and again. A write waits for those that were there before it.
func TestDB_WriteTakesTurns(t *testing.T) {
	p := apptest.New(t)
	if p.DB.MySQL { // writes there wait for rows, not for each other
		return
	}
	const writers, each = 50, 40
	var done atomic.Int64
	overtaken := make([]int64, writers*each) // how many writes ended while one waited
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for n := range each {
				before := done.Load()
				err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
					tx.Unchanged()
					overtaken[i*each+n] = done.Add(1) - before
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	slices.Sort(overtaken)
	if most := overtaken[len(overtaken)*98/100]; most > 2*writers {
		t.Errorf("one write in fifty waited for %d others, of %d who wrote at once", most, writers)
	}
}
