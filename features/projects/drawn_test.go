package projects

import (
	"context"
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

// Between reading the project and drawing its board, the viewer comes into the team: the board that is kept from
// then on is that of a member.
func TestDrawn_KeepsNothingReadBeforeAWrite(t *testing.T) {
	w := open(t)
	p := w.project("Cable", "Lea Lead", nil)
	b := w.As("Olga Other", "user")
	lead := w.as("Lea Lead")
	m := &meanwhile{text: "AS avatar"}
	w.DB.Read.AddQueryHook(m) //nolint:staticcheck // WithQueryHook would make another handle
	w.Cache.Clear("")
	m.do = func() {
		if _, err := w.projects.Update(lead, p.ID, projectForm{Watchers: []int64{w.id("Olga Other")}, Version: 1}, []string{"watchers"}); err != nil {
			t.Error(err)
		}
	}
	b.Get(p.Path())
	if m.do != nil {
		t.Fatal("nothing happened meanwhile")
	}
	b.Get(p.Path()).Want(http.StatusOK, "/tasks/new?status=")
}
