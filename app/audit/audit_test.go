package audit_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/audit"
	"portal/app/data"
)

// written is a portal whose log has that many lines, sealed.
func written(t *testing.T, many int) *apptest.Portal {
	t.Helper()
	p := apptest.New(t)
	more(t, p, many)
	if _, err := p.Audit.SealAll(p.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// more writes that many lines, a second apart.
func more(t *testing.T, p *apptest.Portal, many int) {
	t.Helper()
	for i := range many {
		p.Clock.Add(time.Second)
		err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
			tx.Changed(data.Change{
				Feature: "test", Kind: "thing", ID: int64(i + 1), What: "changed", Title: "Thing", URL: "/things",
				Fields: []data.Field{{Name: "name", Old: "a", New: "b"}},
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func verified(t *testing.T, p *apptest.Portal) audit.Verdict {
	t.Helper()
	v, err := p.Audit.Verify(p.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVerify_AnUntouchedLogHolds(t *testing.T) {
	p := written(t, 30)
	if v := verified(t, p); !v.OK || v.Lines != 30 || v.Head == "" {
		t.Fatalf("%+v", v)
	}
	more(t, p, 5)
	if v := verified(t, p); !v.OK || v.Lines != 35 {
		t.Fatalf("new lines: %+v", v)
	}
}

func TestVerify_AnEmptyLogHolds(t *testing.T) {
	if v := verified(t, apptest.New(t)); !v.OK || strings.Contains(v.Said, "hash is .") {
		t.Fatalf("%+v", v)
	}
}

// Every way to touch a log that is sealed; want is what verify calls it.
func TestS77_VerifyFindsWhateverIsTouched(t *testing.T) {
	for name, c := range map[string]struct {
		do   []string
		want string
	}{
		"the user":                 {[]string{"UPDATE audit_lines SET user_id = 7 WHERE seal = 10"}, audit.Changed},
		"the name":                 {[]string{"UPDATE audit_lines SET user_name = 'x' WHERE seal = 10"}, audit.Changed},
		"the address":              {[]string{"UPDATE audit_lines SET address = '10.0.0.1' WHERE seal = 10"}, audit.Changed},
		"the request":              {[]string{"UPDATE audit_lines SET request_id = 'x' WHERE seal = 10"}, audit.Changed},
		"the action":               {[]string{"UPDATE audit_lines SET action = 'x' WHERE seal = 10"}, audit.Changed},
		"the kind":                 {[]string{"UPDATE audit_lines SET kind = 'x' WHERE seal = 10"}, audit.Changed},
		"the thing":                {[]string{"UPDATE audit_lines SET thing_id = 99 WHERE seal = 10"}, audit.Changed},
		"the title":                {[]string{"UPDATE audit_lines SET title = 'x' WHERE seal = 10"}, audit.Changed},
		"the address of the thing": {[]string{"UPDATE audit_lines SET url = 'x' WHERE seal = 10"}, audit.Changed},
		"the fields":               {[]string{"UPDATE audit_lines SET fields = '[]' WHERE seal = 10"}, audit.Changed},
		"the time":                 {[]string{"UPDATE audit_lines SET created_at = '2026-01-01 00:00:00' WHERE seal = 10"}, audit.Changed},
		"the id":                   {[]string{"UPDATE audit_lines SET id = 9999 WHERE seal = 10"}, audit.Changed},
		"the hash":                 {[]string{"UPDATE audit_lines SET hash = 'x' WHERE seal = 10"}, audit.Changed},
		"no hash":                  {[]string{"UPDATE audit_lines SET hash = NULL WHERE seal = 10"}, audit.Changed},
		"one removed":              {[]string{"DELETE FROM audit_lines WHERE seal = 10"}, audit.Missing},
		"the first removed":        {[]string{"DELETE FROM audit_lines WHERE seal <= 3"}, audit.Missing},
		"the last removed":         {[]string{"DELETE FROM audit_lines WHERE seal > 18"}, audit.Missing},
		"all removed":              {[]string{"DELETE FROM audit_lines"}, audit.Missing},
		"one unsealed":             {[]string{"UPDATE audit_lines SET seal = NULL, hash = NULL WHERE seal = 10"}, audit.Missing},
		"two exchanged":            {[]string{"UPDATE audit_lines SET seal = 0 WHERE seal = 10", "UPDATE audit_lines SET seal = 10 WHERE seal = 11", "UPDATE audit_lines SET seal = 11 WHERE seal = 0"}, audit.Changed},
		"one added at the end":     {[]string{"INSERT INTO audit_lines (user_name, address, request_id, action, kind, thing_id, title, fields, created_at, seal, hash) VALUES ('', '', '', 'x', 'x', 1, '', '[]', '2026-11-23 09:00:00', 21, 'x')"}, audit.Added},
		"the head's count":         {[]string{"UPDATE audit_heads SET sealed = 18", "DELETE FROM audit_lines WHERE seal > 18"}, audit.Head},
		"the head's hash":          {[]string{"UPDATE audit_heads SET hash = 'x'"}, audit.Head},
		"the anchor":               {[]string{"UPDATE audit_heads SET removed = 5, anchor = (SELECT hash FROM audit_lines WHERE seal = 5)", "DELETE FROM audit_lines WHERE seal <= 5"}, audit.Head},
		"the head removed":         {[]string{"DELETE FROM audit_heads"}, audit.Head},
		"a key changed never":      {[]string{"UPDATE audit_heads SET rekeyed = 9, rekeyed_at = updated_at"}, audit.Head},
		"the key's name":           {[]string{"UPDATE audit_heads SET key_id = 'x'"}, audit.Key},
	} {
		t.Run(name, func(t *testing.T) {
			p := written(t, 20)
			for _, s := range c.do {
				p.Exec(s)
			}
			v := verified(t, p)
			if v.OK || v.Wrong != c.want {
				t.Errorf("%+v", v)
			}
			if c.want == audit.Changed && v.LineID == 0 {
				t.Errorf("it does not say which line: %+v", v)
			}
		})
	}
}

func TestVerify_AnotherSecretKeyIsSaid(t *testing.T) {
	p := written(t, 5)
	other, err := audit.New(p.DB, strings.Repeat("another key ", 4))
	if err != nil {
		t.Fatal(err)
	}
	v, err := other.Verify(p.Context(), nil)
	if err != nil || v.OK || v.Wrong != audit.Key || !strings.Contains(v.Said, "another secret key") {
		t.Fatalf("%+v, %v", v, err)
	}
	if _, err := other.SealAll(p.Context()); err == nil {
		t.Error("it sealed under another key")
	}
	if err := other.Restart(p.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err := other.Verify(p.Context(), nil); err != nil || !v.OK || v.Lines != 6 {
		t.Errorf("after the new chain: %+v, %v", v, err)
	}
}

// On MySQL numbers become visible out of order: a line that was committed late has a smaller one.
func TestSeal_ALateLineGetsTheNextSeal(t *testing.T) {
	p := written(t, 5)
	p.Exec("DELETE FROM audit_lines")
	p.Exec("DELETE FROM audit_heads")
	insert := func(id int) {
		p.Exec("INSERT INTO audit_lines (id, user_name, address, request_id, action, kind, thing_id, title, fields, created_at) VALUES (?, '', '', '', 'x', 'x', 1, '', '[]', ?)", id, p.DB.Now())
	}
	insert(101)
	insert(103)
	if _, err := p.Audit.SealAll(p.Context()); err != nil {
		t.Fatal(err)
	}
	insert(102)
	if v := verified(t, p); !v.OK || v.Lines != 3 {
		t.Fatalf("%+v", v)
	}
	if p.Count("audit_lines", "id = 102", "seal = 3") != 1 {
		t.Error("the late line has not the next seal")
	}
}

func TestSeal_ManyProcessesMakeOneChain(t *testing.T) {
	p := apptest.New(t)
	other := p.Second()
	more(t, p, 60)
	p.Clock.Add(time.Minute)
	done := make(chan error)
	for _, one := range []*apptest.Portal{p, other, p, other} {
		go func() {
			_, err := one.Audit.Seal(context.Background())
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if v := verified(t, p); !v.OK || v.Lines != 60 {
		t.Errorf("%+v", v)
	}
}

func TestPurge_TheRestStillHolds(t *testing.T) {
	p := written(t, 30)
	cut := p.DB.Now().Add(-10 * time.Second)
	n, err := p.Audit.Purge(p.Context(), cut)
	if err != nil || n != 19 {
		t.Fatalf("%d removed: %v", n, err)
	}
	v := verified(t, p)
	if !v.OK || v.Lines != 12 || v.Removed != 19 { // 11 that stayed, and the line about the removal
		t.Fatalf("%+v", v)
	}
	p.Exec("DELETE FROM audit_lines WHERE seal = 20")
	if v := verified(t, p); v.OK || v.Wrong != audit.Missing {
		t.Errorf("the first after the removed ones: %+v", v)
	}
}

func TestPurge_CoversNothingUp(t *testing.T) {
	p := written(t, 30)
	p.Exec("UPDATE audit_lines SET action = 'x' WHERE seal = 10")
	n, err := p.Audit.Purge(p.Context(), p.DB.Now())
	if err == nil || n != 0 || p.Count("audit_lines") != 30 {
		t.Errorf("%d removed, %v", n, err)
	}
}

func TestS75_SecretsStandInNoLine(t *testing.T) {
	p := apptest.New(t)
	const marker = "marked-password-7719"
	if err := p.Users.SetPassword(p.Context(), p.Person("Ada").ID, marker, 0); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"audit_lines", "history", "activities", "changes"} {
		column := map[string]string{"audit_lines": "fields", "history": "new_value", "activities": "what", "changes": "body"}[table]
		if p.Count(table, column+" LIKE '%"+marker+"%'") != 0 {
			t.Errorf("%s holds what was to stay secret", table)
		}
	}
}

// A name or a browser that looks like a line of the log is a part of one line, and stays so in the chain.
func TestS76_LinesCannotBeForged(t *testing.T) {
	var log strings.Builder
	p := apptest.With(t, apptest.Options{Log: &log})
	b := p.Visitor()
	evil := "eve\n{\"level\":\"ERROR\",\"msg\":\"forged\"}\r\nlevel=ERROR msg=forged"
	b.SignIn(evil, "wrong password")
	for line := range strings.Lines(log.String()) {
		if strings.HasPrefix(line, "{") || strings.HasPrefix(line, "level=") {
			t.Errorf("a forged line: %s", line)
		}
	}
	if n := p.Count("audit_lines", "action = 'failed to sign in'"); n != 1 {
		t.Errorf("%d lines of one failure", n)
	}
	if v := verified(t, p); !v.OK {
		t.Errorf("%+v", v)
	}
}

func TestPages_GoBothWaysOverEqualMoments(t *testing.T) {
	p := written(t, 5)
	for i := range 20 {
		p.Exec("INSERT INTO audit_lines (user_name, address, request_id, action, kind, thing_id, title, fields, created_at) VALUES ('', '', '', ?, 'x', 1, '', '[]', ?)", fmt.Sprint(i), p.DB.Now())
	}
	seen := map[int64]bool{}
	var at audit.Cursor
	for range 10 {
		page, err := p.Audit.Older(p.Context(), audit.Filter{}, at, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Lines {
			if seen[l.ID] {
				t.Fatalf("line %d stands on two pages", l.ID)
			}
			seen[l.ID] = true
		}
		if at.ID != 0 {
			back, err := p.Audit.Newer(p.Context(), audit.Filter{}, audit.CursorOf(page.Lines[0]), 7)
			if err != nil || audit.CursorOf(back.Lines[len(back.Lines)-1]).String() != at.String() {
				t.Fatalf("the page before is not the one that we came from: %v", err)
			}
		}
		at = audit.ParseCursor(audit.CursorOf(page.Lines[len(page.Lines)-1]).String())
		if !page.Older {
			break
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d of 25 lines were seen", len(seen))
	}
}

func TestWords_AreThoseOfSealedLinesAndOfThoseThatWait(t *testing.T) {
	p := apptest.New(t)
	p.Person("Ada", "user")
	for _, seal := range []bool{false, true} {
		if seal {
			if _, err := p.Audit.SealAll(p.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w, err := p.Audit.Words(p.Context())
		if err != nil || !slices.Contains(w.Kinds, "admin.user") || !slices.Contains(w.Actions, "made the account") || !slices.IsSorted(w.Actions) {
			t.Errorf("sealed %v: %+v, %v", seal, w, err)
		}
	}
}
