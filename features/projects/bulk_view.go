package projects

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/components"
)

// what is the act in the past tense.
func (f bulkForm) what() string {
	if f.Do == bulkTrash {
		return "moved tasks to the trash"
	}
	var names []string
	for _, n := range f.names() {
		names = append(names, strings.ToLower(labels[n]))
	}
	return "changed " + strings.Join(names, ", ")
}

// reasons are the first of what stood against rows.
func (a act) reasons(most int) string {
	var said []string
	more := 0
	for _, r := range a.rows {
		switch {
		case r.Reason == "":
		case len(said) < most:
			said = append(said, r.Name+": "+r.Reason)
		default:
			more++
		}
	}
	if more > 0 {
		said = append(said, fmt.Sprintf("And %d more.", more))
	}
	return strings.Join(said, " ")
}

// toast says what came of the act.
func (a act) toast(done string) components.Toast {
	same := 0
	for _, r := range a.rows {
		if r.Outcome == rowSame {
			same++
		}
	}
	parts := []string{fmt.Sprintf("%d %s", a.Done, done)}
	if same > 0 {
		parts = append(parts, fmt.Sprintf("%d were so already", same))
	}
	t := components.Toast{Tone: "good"}
	if a.Refused > 0 {
		parts = append(parts, fmt.Sprintf("%d refused", a.Refused))
		t.Tone = ""
	}
	t.Text = strings.Join(parts, ", ") + "."
	if a.Refused > 0 {
		t.Text += " " + a.reasons(2)
	}
	return t
}

// bulkView is the bar below a list that changes the rows that are ticked.
type bulkView struct {
	action string // where the form goes, with the list's filters
	acts   string // page of what was done to several rows
	all    int    // how many rows the filter finds; 0 when not known
	f      bulkForm
	wrong  map[string]string
	said   string // what is wrong with the whole
}

// ticked reports whether the row is ticked in a form that came back.
func (b bulkView) ticked(number int64) bool { return slices.Contains(b.f.Tasks, number) }

// wrongAt is what is wrong with a field: as a row has it, or as it was sent.
func (b bulkView) wrongAt(name string) string { return cmp.Or(b.wrong[name], b.wrong["set_"+name]) }

func leave(options []components.Option, others ...components.Option) []components.Option {
	return append(append([]components.Option{{Label: "Leave as it is"}}, others...), options...)
}

// mayTick reports whether the list has rows that the viewer may change together.
func (l taskListView) mayTick() bool {
	return l.me.Can(bulkTasks) && (l.mayWork(l.me) || l.me.Known() && slices.Contains(l.Assignees, l.me.ID))
}

// bulk is the bar of the list.
func (l taskListView) bulk() bulkView {
	b := l.several
	b.action, b.acts = l.f.link(l.Project.Path()+"/several", "page", pageParameter(l.rows.Page)), l.Project.Path()+"/several"
	if !l.f.Plain() {
		b.all = l.rows.Total
	}
	return b
}

// actsView is the page of what the viewer has done to several tasks of a project, or several projects.
type actsView struct {
	me    *auth.Viewer
	title string
	noun  string // task or project
	home  string // where the things are, and their list
	list  string
	path  string               // of this page
	route string               // that taking back asks for
	to    func(UndoRow) string // where a row is
	acts  []Undo
	one   *Undo // the one whose rows are shown
	rows  []UndoRow
	page  int
}

var outcomes = map[string]string{rowDone: "Done", rowSame: "Was so already", rowRefused: "Refused", rowUndone: "Taken back", rowLeft: "Not taken back"}

func outcomeTone(outcome string) string {
	switch outcome {
	case rowRefused, rowLeft:
		return "red"
	case rowDone:
		return "green"
	}
	return "slate"
}

// actCounts are an act's figures.
func actCounts(u Undo) string {
	if u.Refused == 0 {
		return fmt.Sprintf("%d done", u.Done)
	}
	return fmt.Sprintf("%d done, %d refused", u.Done, u.Refused)
}
