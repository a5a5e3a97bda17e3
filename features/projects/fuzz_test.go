package projects

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/sheet"
)

// importFuzzed is a reader of rows without a project around it.
func importFuzzed(s importSettings, heads []string, w *words) *importReader {
	r := &importReader{
		at: moment{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), today: "2026-11-23"}, settings: s, heads: heads, columns: columnsOf(s), words: w, labels: map[string]string{},
		statuses: map[string]int64{}, priorities: map[string]int64{}, people: map[string]int64{"ada": 1, "max": -1}, milestones: map[string]int64{"go live": 1},
	}
	for _, o := range w.Statuses {
		r.statuses[data.Fold(o.Name)] = o.ID
	}
	for _, o := range w.Priorities {
		r.priorities[data.Fold(o.Name)] = o.ID
	}
	return r
}

func wordsOfTheTests() *words {
	w := words{
		Statuses:   []Status{{ID: 1, Name: "To do", Stage: StageTodo}, {ID: 2, Name: "Done", Stage: StageDone}},
		Priorities: []Priority{{ID: 1, Name: "Low"}, {ID: 2, Name: "High"}},
		statuses:   map[int64]Status{}, priorities: map[int64]Priority{},
	}
	for _, s := range w.Statuses {
		w.statuses[s.ID] = s
	}
	for _, p := range w.Priorities {
		w.priorities[p.ID] = p
	}
	return &w
}

func FuzzImport_RefusesInWordsOrReadsTasks(f *testing.F) {
	var book strings.Builder
	sent := false
	if err := sheet.XLSX(&book, sheet.Table{Name: "Tasks", Columns: []sheet.Column{{Title: "Name"}, {Title: "Due"}, {Title: "Estimate"}}, Next: func() ([][]any, error) {
		if sent {
			return nil, nil
		}
		sent = true
		return [][]any{{"Plan", sheet.Day("2026-11-30"), int64(3)}}, nil
	}}); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		"Name,Status\nPlan,Done\n", "\ufeffName;Due;Labels;Estimate\r\nPlan;24.12.2026;a, b;2h\r\n", "sep=|\nName|Start\nPlan|1/2/2026\n", "sep=\"\nName\na\n", "sep=\n", "sep=\r\nName\nx", "sep=\xff\nName\nx", "\xff\xfeN\x00a\x00m\x00e\x00\n\x00x\x00\n\x00",
		"Name\tAssignee\tDone\n\"a\n\nb\"\tAda\tx\n\n\nc\tMax\t44000\n", "Name\n\"x", "Name\nM\xfcller\n", "PK\x03\x04", "\xd0\xcf\x11\xe0", "Name,Name\n,\n", "\n\n\n", "N\x00ame\nx", "Key,Name,Parent\n1,a,\n2,b,1\n3,c,2\n4,d,3\n5,e,5\n", book.String(),
	} {
		f.Add([]byte(s))
	}
	w := wordsOfTheTests()
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := lookAt(body, "")
		if err != nil {
			refusedInWords(t, body, err)
			return
		}
		s := importSettings{Columns: guessedFields(p.Heads), Days: daysFirst, Statuses: unknownRefuse, Priority: unknownRefuse, People: unknownRefuse, Milestone: unknownRefuse, Labels: unknownMake}
		if len(s.Columns) > 0 && !slices.Contains(s.Columns, "name") {
			s.Columns[0] = "name"
		}
		if _, err := (importForm{Columns: s.Columns}).into(s, len(p.Heads)); err != nil {
			t.Fatalf("%q: the guess %v of %q is refused: %v", body, s.Columns, p.Heads, err)
		}
		table, err := openTable(body, "")
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		if _, _, err := importHeads(table); err != nil {
			t.Fatal(err)
		}
		r := importFuzzed(s, p.Heads, w)
		for place := 1; place < 2000; place++ {
			row, err := table.Next()
			if err != nil {
				if err.Error() != "EOF" {
					refusedInWords(t, body, err)
				}
				return
			}
			keepable(t, body, r, r.read(place, place+1, row))
		}
	})
}

// refusedInWords fails unless the refusal is one for who sent the file.
func refusedInWords(t *testing.T, body []byte, err error) {
	t.Helper()
	if e := fault.Of(err); e.Kind != fault.Invalid || e.Fields["file"] == "" || !utf8.ValidString(e.Fields["file"]) {
		t.Fatalf("%q: %v", body, err)
	}
}

// keepable fails unless the task that a row has become can be kept.
func keepable(t *testing.T, body []byte, r *importReader, task importRow) {
	t.Helper()
	for _, b := range r.bad {
		if b.Said == "" || !utf8.ValidString(b.Said) || strings.Contains(b.Said, "%!") {
			t.Fatalf("%q: %+v", body, b)
		}
	}
	if len(r.bad) > 0 {
		return
	}
	for text, most := range map[string]int{task.Name: 200, task.Summary: 500, task.Description: importCell, task.NameKey: 250, task.SearchText: 780} {
		if utf8.RuneCountInString(text) > most || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Fatalf("%q becomes %+v", body, task)
		}
	}
	if task.Name == "" || !task.StartOn.Valid() || !task.DueOn.Valid() || task.Estimate < 0 || task.Estimate > estimateMost || len(task.labels) > 20 || task.StatusID == 0 || task.PriorityID == 0 {
		t.Fatalf("%q becomes %+v", body, task)
	}
}

func FuzzImportValues_AreDaysAndMinutes(f *testing.F) {
	for _, s := range []string{"2026-11-23", "23.11.2026", "23. 11. 26", "23/11/2026", "11/23/2026 10:00", "45000", "45000.75", "0000.0", "2026-11-23T10:00:00Z", "2h 30m", "1.5 d", "90m", "3", "999999.999w", "1h1h1h", "٣"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, months bool) {
		days := daysFirst
		if months {
			days = monthsFirst
		}
		d, said := importDay(s, days)
		if !d.Valid() || (d == "") == (said == "") || d != "" && (d < "1970-01-01" || d > "2199-12-31") {
			t.Fatalf("%q is the day %q, %q", s, d, said)
		}
		if n, ok := importMinutes(s); ok && (n < 0 || n > estimateMost) {
			t.Fatalf("%q are %d minutes", s, n)
		}
	})
}

// A list's address, read, tidied and written again, is the same list, and holds nothing but what is known.
func FuzzTaskFilter_HasOneAddress(f *testing.F) {
	for _, s := range []string{"", "q=a&sort=name,-due&status=2&columns=due,status&group=status&lanes=assignee&deep=2:40,3.7:50", "by=name&by=due&dir=-&dir=", "sort=--name,name;DROP TABLE tasks", "deep=2.1:99999,2.1:5,0:1,x", "assignee=-1&milestone=-9223372036854775808", "saved=1&show=mine&size=50", "q=%00%ff", "columns=name,name,x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		first := filterOf(query).tidy()
		link := first.link("/x")
		_, again, _ := strings.Cut(link, "?")
		if second := filterOf(again).tidy().link("/x"); second != link {
			t.Fatalf("%q is at %s, which is at %s", query, link, second)
		}
		for _, key := range first.sortKeys() {
			if taskSorts[strings.TrimPrefix(key, "-")] == "" {
				t.Fatalf("%q sorts by %q", query, key)
			}
		}
		for _, part := range strings.Split(first.order(), ", ") {
			if !knownOrder[part] {
				t.Fatalf("%q orders by %q", query, part)
			}
		}
	})
}

// knownOrder are all terms that a list may be ordered by.
var knownOrder = func() map[string]bool {
	all := map[string]bool{"t.id": true}
	add := func(terms string) {
		for _, part := range strings.Split(terms, ", ") {
			all[part], all[part+" DESC"] = true, true
		}
	}
	add("s.position, t.position")
	for _, s := range taskSorts {
		add(s)
	}
	for _, g := range taskGroups {
		add(g.order)
	}
	return all
}()

// filterOf reads a query as web.Query does.
func filterOf(query string) taskFilter {
	q, _ := url.ParseQuery(query) // what can't be read is left out
	number := func(name string) int64 {
		n, err := strconv.ParseInt(q.Get(name), 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	clean := func(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "") }
	text := func(name string) string { return clean(q.Get(name)) }
	many := func(name string) (all []string) {
		for _, s := range q[name] {
			all = append(all, clean(s))
		}
		return all
	}
	return taskFilter{
		List:   data.List{Page: int(number("page")), Size: int(number("size")), Sort: text("sort"), Text: text("q")},
		Status: number("status"), Priority: number("priority"), Assignee: number("assignee"), Label: number("label"), Milestone: number("milestone"), Show: text("show"), Group: text("group"),
		Columns: many("columns"), Lanes: text("lanes"), Deep: text("deep"), Sorts: many("by"), Saved: number("saved"), Dirs: many("dir"),
	}
}

func FuzzPeriods_StayWithinTheirBounds(f *testing.F) {
	for _, s := range []string{"", "2026-11-23", "9999-12-31", "1900-01-01", "0001-01-01", "2026-13", "2026-11", "x", "2199-12-31"} {
		f.Add(s, s, "weeks")
		f.Add(s, "9999-12", "months")
	}
	const today = clock.Day("2026-11-23")
	f.Fuzz(func(t *testing.T, a, b, scale string) {
		for _, c := range []calendarFilter{{Month: a}, {Week: a}, {Day: a}, {Month: b, Week: a, Day: scale}} {
			c = c.tidy(today)
			grid := c.grid()
			if len(grid) > 42 || len(grid) == 0 || !c.first().Valid() {
				t.Fatalf("%q, %q: %d days from %s", a, b, len(grid), c.first())
			}
			for _, d := range grid {
				if !d.Valid() {
					t.Fatalf("%q, %q: the day %q", a, b, d)
				}
			}
			c.title()
			c.step("/x", 1)
			c.step("/x", -1)
		}
		l := timelineFilter{From: a, Scale: scale}.tidy(today)
		if !clock.Day(l.From).Valid() || !l.to().Valid() || l.From == "" {
			t.Fatalf("%q: from %s to %s", a, l.From, l.to())
		}
		s := statisticsFilter{From: a, To: b}
		s.tidy(today)
		if n := lengthOf(s.first, s.last); n < 1 || n > longestPeriod || !s.first.Valid() || !s.last.Valid() {
			t.Fatalf("%q, %q: from %s to %s", a, b, s.first, s.last)
		}
	})
}

func FuzzFeed_IsReadBackByAnotherParser(f *testing.F) {
	for _, s := range []string{"x\r\nATTACH:http://evil.example", "a;b,c\\n\\d:e", strings.Repeat("ä", 200), "\u2028BEGIN:VEVENT", "\x00\x1b[2J", "\ufeff", "END:VEVENT", strings.Repeat("\U0001F600", 100), "\x85X:1", "\xff"} {
		f.Add(s, s)
	}
	feeds := &feedStore{base: "https://portal.test"}
	f.Fuzz(func(t *testing.T, name, project string) {
		if !utf8.ValidString(name) || !utf8.ValidString(project) {
			return // no form takes it
		}
		cal := ics.NewCalendar()
		task := feedTask{TaskKey: "NET", ProjectName: project}
		task.ID, task.Number, task.Name, task.DueOn, task.UpdatedAt = 7, 12, name, "2026-11-30", time.Unix(0, 0).UTC()
		feeds.event(cal, task, "To do")
		body := cal.Serialize(ics.WithNewLine("\r\n"))
		names := map[string]int{}
		for _, l := range lines(t, body) {
			if !utf8.ValidString(l) {
				t.Fatalf("%q: the line %q", name, l)
			}
			head, _, _ := strings.Cut(l, ":")
			head, _, _ = strings.Cut(head, ";")
			names[head]++
		}
		for _, one := range []string{"UID", "SUMMARY", "DESCRIPTION", "URL", "DTSTART", "DTSTAMP", "TRANSP", "SEQUENCE", "LAST-MODIFIED"} {
			if names[one] != 1 {
				t.Fatalf("%q, %q: %d × %s\n%s", name, project, names[one], one, body)
			}
			delete(names, one)
		}
		if names["BEGIN"] != 2 || names["END"] != 2 || len(names) != 4 {
			t.Fatalf("%q, %q: %v\n%s", name, project, names, body)
		}
		read, err := ics.ParseCalendar(strings.NewReader(body))
		if err != nil || len(read.Events()) != 1 {
			t.Fatalf("%q: %v\n%s", name, err, body)
		}
		want := strings.TrimSpace("NET-12 " + plainLine(name))
		if got := read.Events()[0].GetProperty(ics.ComponentPropertySummary).Value; strings.TrimSpace(got) != want {
			t.Fatalf("%q is read as %q", want, got)
		}
	})
}

func FuzzLabel_NamesHaveOneLineAndNoComma(f *testing.F) {
	for _, s := range []string{"power", " a  b ", "a,b", "\n", "ﷺ", strings.Repeat("ﷺ", 60), "\u200b", "a\u0301"} {
		f.Add(s, "blue")
	}
	f.Fuzz(func(t *testing.T, name, colour string) {
		l, err := labelForm{Name: name, Colour: colour}.label(Label{Tone: "red"})
		if err != nil {
			if fault.Of(err).Kind != fault.Invalid {
				t.Fatalf("%q: %v", name, err)
			}
			return
		}
		if l.Name == "" || strings.ContainsAny(l.Name, ",\r\n\t") || toneName(l.Tone) == "" || l.Tone != colour && colour != "" {
			t.Fatalf("%q, %q become %+v", name, colour, l)
		}
		if utf8.ValidString(name) && utf8.RuneCountInString(name) <= 60 && utf8.RuneCountInString(l.NameKey) > 190 {
			t.Fatalf("%q has a key of %d characters, and its column takes 190", name, utf8.RuneCountInString(l.NameKey))
		}
	})
}

func FuzzLegacyWords_BecomeOurs(f *testing.F) {
	for _, s := range []string{"in_progress", "#ff8800", "#fff", "danger", "fas fa-x", "{\"status\":{\"old\":\"todo\",\"new\":\"done\"}}", "{\"a\":[1,{}],\"b\":null}", "null", "", "_", "#ÿÿÿ", "{\"name\":{\"new\":1e99}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if tone, _ := toneOf(s); toneName(tone) == "" {
			t.Fatalf("%q has the colour %q", s, tone)
		}
		stageOf(s)
		wordName(s)
		d := detailsOf(map[string]any{"details": s})
		said := sentenceOf("updated", "task", d)
		if said == "" || utf8.RuneCountInString(said) > 300 || !utf8.ValidString(said) {
			t.Fatalf("%q is told as %q", s, said)
		}
		for _, f := range d.fields {
			if utf8.RuneCountInString(f.Name) > 60 || !utf8.ValidString(f.Old+f.New) {
				t.Fatalf("%q changes %+v", s, f)
			}
		}
	})
}
