package projects

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/clock"
)

// naive counts what stands on a day by looking at every task.
type naive struct{ todo, doing, done, late float64 }

func naively(all []Task, cancelled int64, day clock.Day, zone *time.Location) naive {
	var n naive
	on := func(t *time.Time) clock.Day {
		if t == nil {
			return "9999-99-99"
		}
		return clock.DayOf(*t, zone)
	}
	for _, t := range all {
		made, begun, ended := on(&t.CreatedAt), on(t.StartedAt), on(t.CompletedAt)
		if t.StatusID == cancelled || min(made, ended) > day {
			continue
		}
		switch {
		case ended <= day:
			n.done++
		case begun <= day:
			n.doing++
		default:
			n.todo++
		}
		if t.DueOn != "" && t.DueOn < day && ended > day {
			n.late++
		}
	}
	return n
}

// Random tasks of a year, counted by the store and again by looking at every task for every day.
func TestStatistics_AreWhatANaiveCountFinds(t *testing.T) {
	w := open(t)
	zone := clock.Zone("America/St_Johns") // half an hour off
	v := *auth.From(w.as("Lea Lead", "user"))
	v.Zone = zone
	ctx := auth.With(w.Context(), &v)
	p := w.project("Racks", "Lea Lead", nil)
	dice := rand.New(rand.NewPCG(7, 7))
	now := w.DB.Now()
	cancelled := w.status("Cancelled")
	var all []Task
	for i := range 400 {
		made := now.Add(-time.Duration(dice.IntN(365*24*60)) * time.Minute)
		task := Task{
			ProjectID: p.ID, Number: int64(i + 1), Name: "T", PriorityID: p.PriorityID, StatusID: w.words().Statuses[dice.IntN(6)].ID, Position: int64(i),
			Version: 1, CreatedAt: made, UpdatedAt: made, Estimate: int64(dice.IntN(500)),
		}
		if dice.IntN(2) == 0 {
			task.DueOn = clock.DayOf(made.Add(time.Duration(dice.IntN(60)-5)*24*time.Hour), zone)
		}
		stage := w.words().Status(task.StatusID).Stage
		begun := made.Add(time.Duration(dice.IntN(20*24*60)) * time.Minute)
		task.move(w.words().Status(task.StatusID), begun)
		if stage == StageDone {
			ended := begun.Add(time.Duration(dice.IntN(20*24*60)) * time.Minute)
			task.CompletedAt = &ended
		}
		all = append(all, task)
	}
	w.Insert(&all)
	today := clock.DayOf(now, zone)
	for _, days := range []int{20, 90} {
		f := statisticsFilter{From: string(today.Add(1 - days))}
		f.tidy(today)
		got, err := w.statistics.Figures(ctx, p.ID, f, today)
		if err != nil {
			t.Fatal(err)
		}
		if got.Weekly != (days > 35) || got.Points[len(got.Points)-1] != today {
			t.Errorf("%d days: the points are %v", days, got.Points)
		}
		for i, day := range got.Points {
			want, have := naively(all, cancelled, day, zone), naive{got.Todo[i], got.Doing[i], got.Done[i], got.Overdue[i]}
			if want != have {
				t.Errorf("%s: %+v, a look at every task finds %+v", day, have, want)
			}
		}
		var lead []float64
		for _, one := range all {
			if one.CompletedAt != nil {
				if d := clock.DayOf(*one.CompletedAt, zone); d >= f.first && d <= today {
					lead = append(lead, one.CompletedAt.Sub(one.CreatedAt).Hours()/24)
				}
			}
		}
		slices.Sort(lead)
		if got.Completed != len(lead) || got.Lead.Median != lead[(len(lead)+1)/2-1] {
			t.Errorf("%d completed in %v, not %d in %v", got.Completed, got.Lead.Median, len(lead), lead[(len(lead)+1)/2-1])
		}
		sum := 0.0
		for _, n := range got.Throughput {
			sum += n
		}
		if int(sum) != got.Completed {
			t.Errorf("the weeks have %v completed tasks, the period %d", sum, got.Completed)
		}
	}
}

// A task completed at half past eleven in the evening belongs to that day where the viewer is.
func TestStatistics_DaysEndInTheViewersZone(t *testing.T) {
	at := time.Date(2026, 11, 20, 4, 30, 0, 0, time.UTC)
	for zone, day := range map[string]clock.Day{"UTC": "2026-11-20", "America/New_York": "2026-11-19", "Asia/Kolkata": "2026-11-20", "Pacific/Honolulu": "2026-11-19"} {
		f := statisticsFilter{From: "2026-11-18", To: "2026-11-21"}
		f.tidy("2026-11-21")
		c := newCounting(f, "2026-11-21", clock.Zone(zone))
		c.add(measured{Status: 1, Created: at.Add(-240 * time.Hour), Started: at.Add(-time.Hour), Completed: at})
		got := c.figures()
		for i, d := range got.Points {
			if (got.Done[i] == 1) != (d >= day) {
				t.Errorf("%s: done on %s: %v", zone, d, got.Done[i])
			}
		}
	}
}

func TestStatistics_PeriodIsTidied(t *testing.T) {
	for _, c := range []struct{ from, to, first, last string }{
		{"", "", "2026-09-02", "2026-11-24"}, {"2026-11-01", "", "2026-11-01", "2026-11-24"}, {"2026-11-20", "2026-11-01", "2026-11-01", "2026-11-20"},
		{"x", "2026-02-30", "2026-09-02", "2026-11-24"}, {"1971-01-01", "2026-11-24", "2023-11-23", "2026-11-24"}, {"9999-01-01", "", "2026-09-02", "2026-11-24"},
	} {
		f := statisticsFilter{From: c.from, To: c.to}
		f.tidy("2026-11-24")
		if string(f.first) != c.first || string(f.last) != c.last {
			t.Errorf("%s to %s: %s to %s", c.from, c.to, f.first, f.last)
		}
	}
}

func TestStatistics_PageShowsChartsWithTheirTables(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	piece := b.Fragment("GET", p.Path()+"/statistics", "statistics", nil).Want(http.StatusOK, "Throughput", "Lead time", "Load per person", `role="img"`, "Show as table", "<desc>")
	apptest.Golden(t, "statistics", piece.Body)
	for _, chart := range []string{"", "flow", "throughput", "overdue", "scope", "lead", "cycle", "load", "status", "priority", "label", "milestone"} {
		a := b.Get(p.Path()+"/statistics.csv?chart="+chart).Want(http.StatusOK, "\ufeff", ",")
		if got := a.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
			t.Errorf("%s is %s", chart, got)
		}
	}
	b.Get(p.Path() + "/statistics.csv?chart=none").Want(http.StatusNotFound)
	b.Fragment("GET", p.Path()+"/statistics?from=2026-11-01&assignee=-1", "statistics", nil).Want(http.StatusOK, "No assignee").Lacks("<main")
}

// A write to the project's tasks ends what was counted; a filter is counted by itself.
func TestStatistics_ShowTheNewStateAtOnce(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	one := w.task(p, "One", func(f *taskForm) { f.DueOn = "2020-01-01" })
	b.Get(p.Path()+"/statistics").Want(http.StatusOK, "Overdue now", ">Nobody<")
	if said := w.Queries(func() { b.Get(p.Path() + "/statistics") }); len(said) > 1 {
		t.Errorf("%d queries warm:\n%s", len(said), strings.Join(said, "\n"))
	}
	b.Post(one.Path()+"/field/status", apptest.Form("status", id(w.status("Done")), "version", "1")).Want(http.StatusSeeOther)
	b.Get(p.Path()+"/statistics.csv?chart=throughput").Want(http.StatusOK, ",1,1")
	b.Get(p.Path()+"/statistics?assignee="+fmt.Sprint(w.id("Lea Lead"))).Want(http.StatusOK, "No task is open.")
}

func TestS58_StatisticsDefuseFormulas(t *testing.T) {
	w := open(t)
	bad := w.id("Cmd", "user")
	w.Exec("UPDATE users SET name = ? WHERE id = ?", "=cmd|'/c calc'!A1", bad)
	w.Cache.Clear("")
	p := w.project("Racks", "Lea Lead", nil)
	w.task(p, "One", func(f *taskForm) { f.Assignee = bad })
	w.As("Lea Lead").Get(p.Path()+"/statistics.csv?chart=load").Want(http.StatusOK, "\r\n'=cmd|'/c calc'!A1,1,")
}

func TestStatistics_OfAPrivateProjectAreNobodysElse(t *testing.T) {
	w := open(t)
	s := w.furnish("Secret", true)
	b := w.As("Otto Other", "user")
	for _, path := range []string{"/statistics", "/statistics.csv", "/import", "/import/1", "/import/1/errors.csv"} {
		b.Get(projectPath(s.project) + path).Want(http.StatusNotFound).Lacks("Secret")
	}
	w.As("Walt Watcher").Get(projectPath(s.project) + "/statistics").Want(http.StatusOK)
}
