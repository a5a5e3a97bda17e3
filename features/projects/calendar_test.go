package projects

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/clock"
)

func TestCalendar_GridRunsFromMondayToSunday(t *testing.T) {
	for _, c := range []struct {
		name        string
		f           calendarFilter
		first, last clock.Day // empty: past the days there are
		days        int
		title       string
	}{
		{"a month that begins on a Sunday", calendarFilter{Month: "2026-11"}, "2026-10-26", "2026-12-06", 42, "November 2026"},
		{"four whole weeks", calendarFilter{Month: "2027-02"}, "2027-02-01", "2027-02-28", 28, "February 2027"},
		{"a leap year's February", calendarFilter{Month: "2028-02"}, "2028-01-31", "2028-03-05", 35, "February 2028"},
		{"a year that 400 makes a leap year", calendarFilter{Month: "2000-02"}, "2000-01-31", "2000-03-05", 35, "February 2000"},
		{"when summer time begins", calendarFilter{Month: "2026-03"}, "2026-02-23", "2026-04-05", 42, "March 2026"},
		{"when summer time ends", calendarFilter{Month: "2026-10"}, "2026-09-28", "2026-11-01", 35, "October 2026"},
		{"the last month there is", calendarFilter{Month: "9999-12"}, "9999-11-29", "", 35, "December 9999"},
		{"the first month there is", calendarFilter{Month: "1900-01"}, "1900-01-01", "1900-02-04", 35, "January 1900"},
		{"a week by any of its days", calendarFilter{Week: "2026-11-29"}, "2026-11-23", "2026-11-29", 7, "Week 48, from 23 November 2026"},
		{"the last week there is", calendarFilter{Week: "9999-12-31"}, "9999-12-27", "", 7, "Week 52, from 27 December 9999"},
		{"a day", calendarFilter{Day: "2026-11-29"}, "2026-11-29", "2026-11-29", 1, "Sunday, 29 November 2026"},
		{"no month is today's", calendarFilter{Month: "2026-13"}, "2026-10-26", "2026-12-06", 42, "November 2026"},
		{"no week is this month", calendarFilter{Week: "monday"}, "2026-10-26", "2026-12-06", 42, "November 2026"},
		{"no day is this month", calendarFilter{Day: "2026-02-30"}, "2026-10-26", "2026-12-06", 42, "November 2026"},
		{"nor one past the last", calendarFilter{Month: "10000-01"}, "2026-10-26", "2026-12-06", 42, "November 2026"},
	} {
		f := c.f.tidy("2026-11-24")
		g := f.grid()
		if len(g) != c.days || g[0] != c.first || g[len(g)-1] != c.last || f.title() != c.title {
			t.Errorf("%s: %d days from %s to %s, %s", c.name, len(g), g[0], g[len(g)-1], f.title())
		}
	}
}

func TestCalendar_StepsEndWhereDaysEnd(t *testing.T) {
	for _, c := range []struct {
		f          calendarFilter
		less, more string
	}{
		{calendarFilter{Month: "2026-12"}, "/c?month=2026-11", "/c?month=2027-01"},
		{calendarFilter{Month: "9999-12"}, "/c?month=9999-11", ""},
		{calendarFilter{Month: "1900-01"}, "", "/c?month=1900-02"},
		{calendarFilter{Week: "2026-12-28"}, "/c?week=2026-12-21", "/c?week=2027-01-04"},
		{calendarFilter{Day: "2028-02-29"}, "/c?day=2028-02-28", "/c?day=2028-03-01"},
	} {
		f := c.f.tidy("2026-11-24")
		if less, more := f.step("/c", -1), f.step("/c", 1); less != c.less || more != c.more {
			t.Errorf("%+v: %s and %s", c.f, less, more)
		}
	}
}

func TestCalendar_ShowsDueDaysSpansAndHowManyMore(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", func(f *projectForm) { f.TaskKey = "NET" })
	w.dated(p, "Due alone", "", "2026-11-25")
	w.dated(p, "Lasts long", "2026-11-10", "2027-01-15")
	w.dated(p, "Starts only", "2026-11-27", "")
	w.dated(p, "Elsewhere", "", "2027-03-01")
	w.task(p, "Done then", func(f *taskForm) { f.DueOn, f.Status = "2026-11-20", w.status("Done") })
	for i := range 7 {
		w.dated(p, fmt.Sprintf("Many %d", i), "", "2026-11-30")
	}
	w.milestone(p, "Half way")
	lea := w.As("Lea Lead")
	path := p.Path() + "/calendar"
	lea.Get(path).Want(http.StatusOK, "November 2026", "Due alone", "Lasts long", "Starts only", "Done then", "Half way", "+3 more").Lacks("Elsewhere", "Many 5")
	apptest.Golden(t, "calendar", lea.Fragment("GET", path+"?week=2026-11-24", "calendar", nil).Want(http.StatusOK).Body)
	lea.Get(path+"?day=2026-11-30").Want(http.StatusOK, "Many 0", "Many 6", "Lasts long", "Half way", "until Fri 15 Jan 2027").Lacks("Due alone")
	lea.Get(path+"?day=2026-11-30&q=many+3").Want(http.StatusOK, "Many 3").Lacks("Many 4", "Lasts long")
	lea.Get(path+"?month=2027-01").Want(http.StatusOK, "January 2027", "Lasts long").Lacks("Due alone")
	lea.Get(path+"?month=2026-11&assignee=-1&show=open").Want(http.StatusOK, "Due alone").Lacks("Done then")
	lea.Get(path+"?month=9999-12").Want(http.StatusOK, "December 9999", "No task has its start")
	for _, page := range []string{path, path + "?week=2026-11-24", path + "?day=2026-11-30", p.Path() + "/timeline?from=2026-11-16"} {
		w.As("Stan Stranger", "user").Get(page).Want(http.StatusOK, "Lasts long").Lacks("data-days-url")
	}
}

func TestCalendar_ShowsAWriteAtOnceToOthers(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	task := w.dated(p, "Mount the rack", "", "2026-11-25")
	lea, stan := w.As("Lea Lead"), w.As("Stan Stranger", "user")
	for _, page := range []string{"/calendar?month=2026-12", "/timeline?from=2026-12-07&scale=days"} {
		stan.Get(p.Path() + page).Want(http.StatusOK).Lacks("Mount the rack")
	}
	lea.Post(task.Path()+"/field/due_on", apptest.Form("due_on", "2026-12-09", "version", "1")).Want(http.StatusSeeOther)
	for _, page := range []string{"/calendar?month=2026-12", "/timeline?from=2026-12-07&scale=days"} {
		stan.Get(p.Path()+page).Want(http.StatusOK, "Mount the rack")
	}
}

func TestTimeline_DrawsBarsArrowsMilestonesAndWhatHasNoDates(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", func(f *projectForm) { f.TaskKey = "NET" })
	whole := w.dated(p, "Mount the racks", "2026-11-23", "2026-12-04")
	part := w.task(p, "Mount the first", func(f *taskForm) { f.Parent, f.StartOn, f.DueOn = whole.Number, "2026-11-24", "2026-11-25" })
	next := w.dated(p, "Wire them", "2026-11-25", "2026-11-27")
	w.dated(p, "Long before", "2025-01-01", "2027-12-31")
	w.dated(p, "Elsewhere", "", "2028-03-01")
	w.task(p, "Undated <one>", nil)
	if err := w.waits(next, part); err != nil {
		t.Fatal(err)
	}
	w.milestone(p, "Half way")
	lea := w.As("Lea Lead")
	path := p.Path() + "/timeline?from=2026-11-18"
	a := lea.Fragment("GET", path, "timeline", nil).Want(http.StatusOK, "Mount the racks", "tl-depth-1", "tl-arrow-late", "Milestone Half way", "Undated &lt;one&gt;", "tl-today").Lacks("Elsewhere", "style=")
	if n := strings.Count(a.Body, "tl-body"); n != 4 {
		t.Errorf("%d bars", n)
	}
	apptest.Golden(t, "timeline", a.Body)
	lea.Get(p.Path()+"/timeline?from=2028-02-28&scale=days").Want(http.StatusOK, "Elsewhere").Lacks("Long before")
	lea.Get(p.Path()+"/timeline?from=9999-12-31&scale=months").Want(http.StatusOK, "Nothing in these weeks")
	lea.Get(p.Path()+"/timeline?from=0000&scale=hours&page=9999").Want(http.StatusOK, "Mount the racks")
	lea.Get(p.Path()+"/timeline?from=2026-11-18&q=wire").Want(http.StatusOK, "Wire them").Lacks("Mount the racks")
}

func TestTimeline_ShowsABigProjectByPages(t *testing.T) {
	w, p, _ := busy(t, 250)
	lea := w.As("Lea Lead")
	a := lea.Get(p.Path()+"/timeline?from=2026-11-16").Want(http.StatusOK, "250 tasks, by their first days", "page=2")
	if n := strings.Count(a.Body, "tl-body"); n != timelineMost {
		t.Errorf("%d bars", n)
	}
	lea.Get(p.Path()+"/timeline?from=2026-11-16&page=3").Want(http.StatusOK, "Previous").Lacks("page=4")
}
