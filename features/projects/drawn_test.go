package projects

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/uptrace/bun"

	"portal/app/apptest"
)

// meanwhile does something once, just before a statement that holds the text.
type meanwhile struct {
	text string
	do   atomic.Pointer[func()]
}

// BeforeQuery is Bun's hook.
func (m *meanwhile) BeforeQuery(ctx context.Context, q *bun.QueryEvent) context.Context {
	if !strings.Contains(q.Query, m.text) {
		return ctx
	}
	if do := m.do.Swap(nil); do != nil {
		(*do)()
	}
	return ctx
}

// AfterQuery is Bun's hook.
func (m *meanwhile) AfterQuery(context.Context, *bun.QueryEvent) {}

// Between reading the project and drawing a page of it, the viewer comes into the team: the page that is kept from
// then on is that of a member.
func TestDrawn_KeepsNothingReadBeforeAWrite(t *testing.T) {
	w := open(t)
	p := w.project("Cable", "Lea Lead", nil)
	task := w.task(p, "Order", nil)
	lead := w.as("Lea Lead")
	m := &meanwhile{text: "AS avatar"}
	w.DB.Read.AddQueryHook(m) //nolint:staticcheck // WithQueryHook would make another handle
	for i, page := range []struct{ path, members string }{{p.Path(), "/tasks/new?status="}, {task.Path(), task.Path() + "/edit"}} {
		name := fmt.Sprintf("Viewer %d", i)
		b := w.As(name, "user")
		b.Get(page.path).Want(http.StatusOK).Lacks(page.members)
		joins := projectForm{Watchers: []int64{w.id(name)}, Version: int64(i + 1)}
		w.Cache.Clear("")
		join := func() {
			if _, err := w.projects.Update(lead, p.ID, joins, []string{"watchers"}); err != nil {
				t.Error(err)
			}
		}
		m.do.Store(&join)
		b.Get(page.path)
		if m.do.Load() != nil {
			t.Fatal("nothing happened meanwhile")
		}
		b.Get(page.path).Want(http.StatusOK, page.members)
	}
}

// Whoever looks at a project hears of others' writes, and asks for the head of the page anew: it gets the head alone, from every page.
func TestDrawn_HeadIsAskedForAlone(t *testing.T) {
	w := open(t)
	p := w.project("Cable", "Lea Lead", nil)
	w.task(p, "Order", nil)
	b := w.As("Lea Lead")
	for _, tab := range []string{"", "/list", "/calendar", "/timeline", "/todos", "/comments", "/files", "/history", "/statistics", "/milestones", "/labels", "/about", "/trash", "/settings"} {
		page := b.Get(p.Path() + tab).Want(http.StatusOK)
		if !strings.Contains(page.Body, `id="project-head"`) {
			t.Errorf("no head at %q", tab)
			continue
		}
		for range 2 { // drawn, and held
			a := b.Fragment("GET", p.Path()+tab, "project-head", nil).Want(http.StatusOK, `id="project-head"`)
			if strings.Contains(a.Body, "<section") || strings.Contains(a.Body, `id="panel"`) {
				t.Errorf("%q answers with more than its head", tab)
			}
		}
	}
}

// A task made in the dialog leaves the page under it where it is, and says that it is done.
func TestTask_CreateFromTheDialog(t *testing.T) {
	w := open(t)
	p := w.project("Cable", "Lea Lead", nil)
	a := w.As("Lea Lead").Fragment("POST", p.Path()+"/tasks", "task-form", apptest.Form("name", "Order", "status", id(p.StatusID), "priority", id(p.PriorityID)))
	a.Want(http.StatusOK, "The task “Order” is made.")
	if a.Header.Get("HX-Redirect") != "" || !strings.Contains(a.Header.Get("HX-Trigger"), "portal.done") {
		t.Errorf("redirect %q, trigger %q", a.Header.Get("HX-Redirect"), a.Header.Get("HX-Trigger"))
	}
}
