package search_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/search"
)

func TestFind_WhatHasTheWords(t *testing.T) {
	w := open(t)
	w.add("NET-12 Order the cable", "From the usual vendor; ask for 10G optics.")
	w.add("Straße und Brücke", "Über die A-Bahn nach Köln")
	w.add("IT audit", "To be, or not to be")
	w.add("Cabling in Łódź", "Déjà vu: the IT department")
	w.add("Пожар", "тревога в зале")
	tests := []struct {
		typed string
		want  []string
	}{
		{"cable", []string{"NET-12 Order the cable"}},
		{"cab", []string{"Cabling in Łódź", "NET-12 Order the cable"}},
		{"CABLE order", []string{"NET-12 Order the cable"}},
		{"net-12", []string{"NET-12 Order the cable"}},
		{"net-1", []string{"NET-12 Order the cable"}},
		{"12-net", nil},
		{"it", []string{"IT audit", "Cabling in Łódź"}},
		{"a", []string{"Straße und Brücke"}},
		{"to be", []string{"IT audit"}},
		{"strasse", []string{"Straße und Brücke"}},
		{"STRASSE brucke", []string{"Straße und Brücke"}},
		{"koln", []string{"Straße und Brücke"}},
		{"deja", []string{"Cabling in Łódź"}},
		{"пож", []string{"Пожар"}},
		{`"order the"`, []string{"NET-12 Order the cable"}},
		{`"the order"`, nil},
		{`"cab"`, nil},
		{`"the ord`, nil},
		{`„not to be“`, []string{"IT audit"}},
		{"the -cable", []string{"Cabling in Łódź"}},
		{`the -"it department"`, []string{"NET-12 Order the cable"}},
		{"-cable", nil},
		{"10g vendor", []string{"NET-12 Order the cable"}},
		{"cable vendor net", []string{"NET-12 Order the cable"}},
		{"cable Köln", nil},
		{`") OR title:* NEAR(`, nil},
		{"'; DROP TABLE things; --", nil},
		{"+the >cable <x ~y @z", nil},
		{"", nil},
		{"***", nil},
	}
	for _, tt := range tests {
		t.Run(tt.typed, func(t *testing.T) {
			got := w.found(tt.typed)
			want := tt.want
			if len(got)+len(want) == 0 {
				return
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

func TestFind_TitlesFirstThenTheNewest(t *testing.T) {
	w := open(t)
	for i, title := range []string{"Old text", "Replace pump 7", "Pump", "Pump room", "Pumping station", "New text"} {
		w.Clock.Add(time.Minute)
		text := "nothing"
		if i == 0 || i == 5 {
			text = "the pump is loud"
		}
		w.add(title, text)
	}
	if got, want := strings.Join(w.found("pump"), ", "), "Pump, Pump room, Pumping station, Replace pump 7, New text, Old text"; got != want {
		t.Errorf("found %s; want %s", got, want)
	}
	hits, err := w.Search.Find(w.as, search.Ask{Query: search.Parse("pump"), Limit: 2, Offset: 3})
	if err != nil || len(hits) != 2 || hits[0].Title != "Replace pump 7" || hits[1].Title != "New text" {
		t.Errorf("the second page is %+v, %v", hits, err)
	}
	if hits[1].Snippet != "the pump is loud" || hits[0].Snippet != "" {
		t.Errorf("the snippets are %q and %q", hits[0].Snippet, hits[1].Snippet)
	}
}

// What is another's is in no result, count, recent list or snippet; for an administrator of the portal neither, as the kind says.
func TestFind_OnlyWhatTheViewerMayKnowOf(t *testing.T) {
	w := open(t)
	w.add("Everybody's plan", "secretword and others")
	id := w.add("Hidden plan", "secretword alone")
	w.write(func(ctx context.Context, tx *data.Tx) error {
		_, err := tx.NewUpdate().Table("things").Set("owner_id = 99").Where("id = ?", id).Exec(ctx)
		tx.Changed(data.Change{Feature: "things", Kind: "thing", ID: id, What: "hid the thing"})
		return err
	})
	for _, typed := range []string{"plan", "secretword", "hidden", "alone"} {
		if got := w.found(typed); slices.Contains(got, "Hidden plan") {
			t.Errorf("%s finds %q", typed, got)
		}
		counts, _, err := w.Search.Counts(w.as, search.Parse(typed), "")
		if err != nil {
			t.Fatal(err)
		}
		if n := len(w.found(typed)); total(counts) != n {
			t.Errorf("%s is counted %d times, found %d times", typed, total(counts), n)
		}
	}
	if err := w.Search.Opened(w.as, "things.thing", id); err != nil {
		t.Fatal(err)
	}
	if n := w.Count("search_recents"); n != 0 {
		t.Errorf("%d things that may not be known of are kept as opened", n)
	}
	w.Exec("INSERT INTO search_recents (user_id, kind, thing_id, opened_at) VALUES (?, 'things.thing', ?, ?)", auth.From(w.as).ID, id, w.DB.Now())
	if hits, err := w.Search.Recent(w.as, 10); err != nil || len(hits) != 0 {
		t.Errorf("opened last: %+v, %v", hits, err)
	}
	stranger := w.Person("Nora Nobody") // has no role that may see things
	v, err := w.Users.Viewer(w.Context(), stranger.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.as = auth.With(context.Background(), v)
	if got := w.found("plan"); len(got) != 0 {
		t.Errorf("who may see no things finds %q", got)
	}
}

// more than are looked at: the newest are found, and it is said that there are more.
func TestFind_SoManyThatNotAllAreLookedAt(t *testing.T) {
	w := open(t)
	var rows []thing
	for i := range 1100 {
		rows = append(rows, thing{Title: fmt.Sprintf("Thing %d", i), Text: "everywhere", UpdatedAt: w.DB.Now()})
	}
	w.Insert(&rows)
	if err := w.Index.Fill(w.as, nil); err != nil {
		t.Fatal(err)
	}
	counts, more, err := w.Search.Counts(w.as, search.Parse("everywhere"), "things.thing")
	if err != nil || !more || len(counts) != 1 || counts[0].N != 1000 {
		t.Errorf("counted %+v, more %v, %v", counts, more, err)
	}
	if got := w.found("everywhere thing"); len(got) != 20 || got[0] != "Thing 1099" {
		t.Errorf("found %q", got)
	}
	if got := w.found(`"thing 3"`); len(got) != 1 {
		t.Errorf("found %q", got)
	}
}

// A write that is rolled back leaves nothing to find, and nothing that was there is lost.
func TestIndex_FollowsTheTransaction(t *testing.T) {
	w := open(t)
	id := w.add("First name", "first text")
	broken := errors.New("broken")
	rows := w.rows()
	err := w.DB.Write(w.as, func(tx *data.Tx) error {
		if _, err := tx.NewUpdate().Table("things").Set("title = 'Second name'").Where("id = ?", id).Exec(w.as); err != nil {
			return err
		}
		tx.Changed(data.Change{Feature: "things", Kind: "thing", ID: id, What: "renamed it"})
		tx.Gather("late", func(context.Context, *data.Tx, []any) error { return broken }, 1)
		return nil
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if w.rows() != rows || len(w.found("first")) != 1 || len(w.found("second")) != 0 {
		t.Error("a write that failed changed what is found")
	}
	w.write(func(ctx context.Context, tx *data.Tx) error {
		_, err := tx.NewUpdate().Table("things").Set("deleted_at = ?", tx.Now).Where("id = ?", id).Exec(ctx)
		tx.Changed(data.Change{Feature: "things", Kind: "thing", ID: id, What: "deleted it"})
		return err
	})
	if got := w.found("first"); len(got) != 0 || w.Count("search_entries") != 0 || w.Count("search_words") != 0 {
		t.Errorf("what is in the trash is found: %q", got)
	}
	w.write(func(ctx context.Context, tx *data.Tx) error {
		_, err := tx.NewUpdate().Table("things").Set("deleted_at = NULL").Where("id = ?", id).Exec(ctx)
		tx.Changed(data.Change{Feature: "things", Kind: "thing", ID: id, What: "brought it back"})
		return err
	})
	if got := w.found("first"); len(got) != 1 {
		t.Errorf("what came back is found as %q", got)
	}
}

// rows are all entries, as text.
func (w *world) rows() string {
	w.t.Helper()
	var all []struct {
		Kind, Title, Text, URL, Digest string
		ThingID                        int64
	}
	if err := w.DB.Read.NewSelect().Table("search_entries").Column("kind", "thing_id", "title", "text", "url", "digest").OrderExpr("kind, thing_id").Scan(w.Context(), &all); err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%+v", all)
}

// A database that was migrated has nothing to find until it is filled; one that is stopped goes on where it was, and writes
// meanwhile are kept.
func TestIndex_FillsWhatIsMissing(t *testing.T) {
	w := open(t)
	var rows []thing
	for i := range 450 {
		rows = append(rows, thing{Title: fmt.Sprintf("Thing %d", i), Text: "old", UpdatedAt: w.DB.Now()})
	}
	w.Insert(&rows)
	if ready, err := w.Index.Ready(w.as); err != nil || !ready {
		t.Fatalf("nothing is missing, it says: %v", err)
	}
	stop, cancel := context.WithCancel(w.as)
	err := w.Index.Fill(stop, func(done, all int) {
		if all < 450 {
			t.Errorf("all are %d", all)
		}
		if done >= 200 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	n := w.Count("search_entries", "kind = 'things.thing'")
	if n == 0 || n >= 450 {
		t.Fatalf("%d entries when it was stopped", n)
	}
	added := w.add("Came in between", "new")
	w.Exec("DELETE FROM things WHERE id = 1")
	if err := w.Index.Fill(w.as, nil); err != nil {
		t.Fatal(err)
	}
	if n := w.Count("search_entries", "kind = 'things.thing'"); n != 451 { // the first is gone, but nobody was told
		t.Errorf("%d entries when it was filled", n)
	}
	if err := w.Index.Forget(w.as); err != nil {
		t.Fatal(err)
	}
	if err := w.Index.Fill(w.as, nil); err != nil {
		t.Fatal(err)
	}
	if n := w.Count("search_entries", "kind = 'things.thing'"); n != 450 {
		t.Errorf("%d entries after a rebuild", n)
	}
	if ready, err := w.Index.Ready(w.as); err != nil || ready {
		t.Errorf("something is still missing, it says: %v", err)
	}
	w.write(func(_ context.Context, tx *data.Tx) error {
		tx.Unchanged()
		tx.TouchedFrom("things.thing", added-1)
		return nil
	})
	if ready, err := w.Index.Ready(w.as); err != nil || !ready {
		t.Errorf("what came in in bulk is not missing, it says: %v", err)
	}
}

// Each person's list of what they opened last is theirs and stays short.
func TestRecent_TheLastFirst(t *testing.T) {
	w := open(t)
	for i := range 25 {
		w.Clock.Add(time.Second)
		if err := w.Search.Opened(w.as, "things.thing", w.add(fmt.Sprintf("Thing %d", i), "")); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Count("search_recents"); n != 20 {
		t.Errorf("%d are kept", n)
	}
	w.Clock.Add(time.Second)
	if err := w.Search.Opened(w.as, "things.thing", 10); err != nil {
		t.Fatal(err)
	}
	hits, err := w.Search.Recent(w.as, 3)
	if err != nil || len(hits) != 3 || hits[0].Title != "Thing 9" || hits[1].Title != "Thing 24" {
		t.Errorf("opened last: %+v, %v", hits, err)
	}
}

// A search runs few queries, whatever it finds.
func TestFind_RunsFewQueries(t *testing.T) {
	w := open(t)
	for i := range 30 {
		w.add(fmt.Sprintf("Thing %d", i), "common text")
	}
	for typed, most := range map[string]int{"thing": 2, "common": 3, "nosuch": 2} {
		if got := w.Queries(func() { w.found(typed) }); len(got) > most {
			t.Errorf("%q takes %d queries:\n%s", typed, len(got), strings.Join(got, "\n"))
		}
	}
}

func TestSnippet_AroundTheFirstWord(t *testing.T) {
	q := search.Parse("straße cab")
	text := strings.Repeat("lorem ", 40) + "die Straße nach\n\nRom " + strings.Repeat("ipsum ", 60)
	got := q.Snippet(text)
	if !strings.HasPrefix(got, "… ") || !strings.Contains(got, "die Straße nach Rom") || !strings.HasSuffix(got, " …") || len([]rune(got)) > 190 {
		t.Errorf("the snippet is %q", got)
	}
	if got := q.Snippet("only this"); got != "only this" {
		t.Errorf("the snippet is %q", got)
	}
	var marked []string
	for _, r := range q.Mark("Cables, STRASSE und <b>Straßen</b>; scab") {
		if r.Hit {
			marked = append(marked, r.Text)
		}
	}
	if got := strings.Join(marked, "|"); got != "Cables|STRASSE|Straßen" {
		t.Errorf("marked %s", got)
	}
}

// Whatever is typed is understood: no error of the database, and what is marked puts the text together again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", `"`, `-"a b`, "a*b", "-", "(a OR b)", `„x“ y`, "\x00\xff", "NEAR(a b)", "ß İ ﬀ", "+-~<>@()\"*", strings.Repeat("a ", 300), "%_!"} {
		f.Add(s, "Some text: straße, İstanbul "+s)
	}
	w := open(f)
	w.add("Some title", "some text")
	f.Fuzz(func(t *testing.T, typed, text string) {
		q := search.Parse(typed)
		if _, err := w.Search.Find(w.as, search.Ask{Query: q, Limit: 5}); err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		if _, _, err := w.Search.Counts(w.as, q, ""); err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		var all strings.Builder
		for _, r := range q.Mark(text) {
			all.WriteString(r.Text)
		}
		if all.String() != text {
			t.Fatalf("%q marked in %q makes %q", typed, text, all.String())
		}
		q.Snippet(text)
	})
}
