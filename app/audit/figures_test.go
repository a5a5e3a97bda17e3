//go:build figures

package audit_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/audit"
)

// figuresLines is how many lines are measured on; FIGURES_LINES changes it.
const figuresLines = 1_000_000

// figurePage is the longest that a page may take.
const figurePage = 200 * time.Millisecond

// fillFast puts many lines in, of two hundred people over two years.
func fillFast(t *testing.T, p *apptest.Portal, many int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []string{"projects.task", "projects.task", "projects.task", "projects.comment", "projects.todo", "admin.user", "projects.project", "admin.session"}
	for i := range 30 {
		kinds = append(kinds, fmt.Sprintf("other.kind%d", i))
	}
	begin, step := p.DB.Now().AddDate(-2, 0, 0), 2*365*24*time.Hour/time.Duration(many)
	users := make([]int64, 200)
	for i := range users {
		users[i] = int64(i + 1)
	}
	for done := 0; done < many; {
		lines := make([]audit.Line, 0, 1000)
		for range min(1000, many-done) {
			u := random.IntN(200)
			action := fmt.Sprintf("changed %d", random.IntN(40))
			if random.IntN(3) == 0 {
				action = "moved"
			}
			l := audit.Line{
				UserID: &users[u], UserName: fmt.Sprintf("Person %d", u+1), Address: fmt.Sprintf("10.0.%d.%d", u%4, random.IntN(200)),
				RequestID: fmt.Sprintf("r%d", done/3), Action: action, Kind: kinds[random.IntN(len(kinds))], ThingID: int64(random.IntN(20_000) + 1),
				Title: "Order cable for the racks", URL: "/projects/1/tasks/2", Fields: `[{"field":"status","old":"Open","new":"Done"}]`,
				CreatedAt: begin.Add(time.Duration(done) * step).Truncate(time.Microsecond),
			}
			if random.IntN(5) == 0 {
				l.UserID, l.UserName, l.Address, l.RequestID = nil, "job audit.seal", "", ""
			}
			lines = append(lines, l)
			done++
		}
		p.Insert(&lines)
	}
}

// bestOfThree is how long do takes when nothing else is in its way.
func bestOfThree(t *testing.T, do func() error) time.Duration {
	t.Helper()
	best := time.Hour
	for range 3 {
		began := time.Now()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(began))
	}
	return best
}

func TestFigures_PagesSealsAndVerifying(t *testing.T) {
	many := figuresLines
	if n, err := strconv.Atoi(os.Getenv("FIGURES_LINES")); err == nil {
		many = n
	}
	p := apptest.New(t)
	began := time.Now()
	lap := func(what string) {
		took := time.Since(began)
		t.Logf("%-34s %10s  %8.0f lines/s", what, took.Round(time.Millisecond), float64(many)/took.Seconds())
		began = time.Now()
	}
	const first = 20_000 // the others are copies of them: the database makes those faster than it is told of them
	fillFast(t, p, min(first, many))
	const columns = "user_id, user_name, address, request_id, action, kind, thing_id, title, url, fields, created_at"
	p.Exec("CREATE TABLE audit_copies AS SELECT " + columns + " FROM audit_lines")
	for range many/first - 1 {
		p.Exec("INSERT INTO audit_lines (" + columns + ") SELECT " + columns + " FROM audit_copies")
	}
	lap("fill")
	if _, err := p.Audit.SealAll(p.Context()); err != nil {
		t.Fatal(err)
	}
	lap("seal")
	if v, err := p.Audit.Verify(p.Context(), nil); err != nil || !v.OK {
		t.Fatalf("%+v, %v", v, err)
	}
	lap("verify")
	now := p.DB.Now()
	day := func(back int) time.Time { return now.AddDate(0, 0, -back) }
	for _, c := range []struct {
		name string
		f    audit.Filter
	}{
		{"nothing", audit.Filter{}}, {"person", audit.Filter{User: 7}}, {"the portal", audit.Filter{User: audit.Nobody}},
		{"kind, common", audit.Filter{Kind: "projects.task"}}, {"kind, rare", audit.Filter{Kind: "other.kind3"}},
		{"action, common", audit.Filter{Action: "moved"}}, {"action, rare", audit.Filter{Action: "changed 7"}}, {"action, none", audit.Filter{Action: "nothing"}},
		{"thing", audit.Filter{Kind: "projects.task", Thing: 77}}, {"thing without kind", audit.Filter{Thing: 77}}, {"thing, none", audit.Filter{Thing: 999_999}},
		{"address", audit.Filter{Address: "10.0.1.7"}}, {"request", audit.Filter{Request: "r777"}}, {"request, none", audit.Filter{Request: "none"}},
		{"days", audit.Filter{From: day(400), Until: day(300)}}, {"from", audit.Filter{From: day(700)}}, {"until", audit.Filter{Until: day(700)}},
		{"person and kind", audit.Filter{User: 7, Kind: "projects.task"}}, {"person and action", audit.Filter{User: 7, Action: "changed 7"}},
		{"person and an action never", audit.Filter{User: 7, Action: "nothing"}}, {"the portal and a kind", audit.Filter{User: audit.Nobody, Kind: "other.kind3"}},
		{"the portal and an action", audit.Filter{User: audit.Nobody, Action: "changed 7"}}, {"the portal and an address", audit.Filter{User: audit.Nobody, Address: "10.0.1.7"}},
		{"kind and action", audit.Filter{Kind: "other.kind3", Action: "changed 7"}}, {"kind and action, none", audit.Filter{Kind: "projects.task", Action: "nothing"}},
		{"kind and days", audit.Filter{Kind: "projects.task", From: day(400), Until: day(300)}}, {"person and days", audit.Filter{User: 7, From: day(700), Until: day(699)}},
		{"action and address", audit.Filter{Action: "moved", Address: "10.0.1.7"}}, {"address and kind", audit.Filter{Address: "10.0.1.7", Kind: "admin.user"}},
		{"person and address, none", audit.Filter{User: 7, Address: "10.0.0.1"}}, {"person and thing, none", audit.Filter{User: 7, Thing: 20_001}},
		{"kind and thing, none", audit.Filter{Kind: "projects.task", Thing: 20_001}}, {"all at once", audit.Filter{User: 7, Kind: "projects.task", Action: "moved", Address: "10.0.3.7", From: day(700), Until: day(10)}},
	} {
		var worst time.Duration
		for _, at := range []audit.Cursor{{}, {At: day(365), ID: int64(many / 2)}, {At: day(729), ID: int64(many / 500)}} {
			worst = max(worst, bestOfThree(t, func() error {
				_, err := p.Audit.Older(p.Context(), c.f, at, 25)
				return err
			}))
			if at.ID != 0 {
				worst = max(worst, bestOfThree(t, func() error {
					_, err := p.Audit.Newer(p.Context(), c.f, at, 25)
					return err
				}))
			}
		}
		t.Logf("%-34s %10s", c.name, worst.Round(100*time.Microsecond))
		if worst > figurePage {
			t.Errorf("%s: a page takes %s", c.name, worst)
		}
	}
	began = time.Now()
	w, err := p.Audit.Words(p.Context())
	if err != nil || len(w.Kinds) == 0 || len(w.Actions) == 0 {
		t.Fatalf("%+v, %v", w, err)
	}
	lap("words of the filters")
}
