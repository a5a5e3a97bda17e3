package projects

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/uptrace/bun"
)

// meanwhile does something once, just before a statement that holds the text.
type meanwhile struct {
	text string
	do   func()
}

// BeforeQuery is Bun's hook.
func (m *meanwhile) BeforeQuery(ctx context.Context, q *bun.QueryEvent) context.Context {
	if do := m.do; do != nil && strings.Contains(q.Query, m.text) {
		m.do = nil
		do()
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
		m.do = func() {
			if _, err := w.projects.Update(lead, p.ID, joins, []string{"watchers"}); err != nil {
				t.Error(err)
			}
		}
		b.Get(page.path)
		if m.do != nil {
			t.Fatal("nothing happened meanwhile")
		}
		b.Get(page.path).Want(http.StatusOK, page.members)
	}
}
