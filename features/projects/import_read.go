package projects

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"portal/app/clock"
	"portal/app/data"
)

// importRow is a row of import_rows: a task that is going to be made.
type importRow struct {
	bun.BaseModel `bun:"table:import_rows"`
	ImportID      int64 `bun:",pk"`
	Place         int64 `bun:",pk"`
	Depth         int64
	ParentPlace   int64
	ParentID      *int64
	Name          string
	Summary       string
	Description   string
	StatusID      int64
	PriorityID    int64
	AssigneeID    *int64
	StartOn       clock.Day
	DueOn         clock.Day
	Estimate      int64
	MilestoneID   *int64
	Open          bool
	StartedAt     *time.Time
	CompletedAt   *time.Time
	SearchText    string
	NameKey       string

	labels []string // as written
}

// importLabel is a row of import_labels: a label of a task that is going to be made.
type importLabel struct {
	bun.BaseModel `bun:"table:import_labels"`
	ImportID      int64  `bun:",pk"`
	Place         int64  `bun:",pk"`
	NameKey       string `bun:",pk"`
	Name          string
}

// importReader turns the rows of a file into tasks, and says what is wrong with them.
type importReader struct {
	at         moment
	settings   importSettings
	heads      []string
	columns    map[string]int // the column of each field
	words      *words
	statuses   map[string]int64
	priorities map[string]int64
	people     map[string]int64 // by user name, name and address, folded; -1 for a name that two have
	milestones map[string]int64
	labels     map[string]string // the names of known labels and of those to be made, by their keys
	made       int               // labels to be made
	family     *importFamily

	row  int // as a spreadsheet counts
	bad  []importProblem
	cell []string
}

// columnsOf are the columns of the fields that the settings name.
func columnsOf(s importSettings) map[string]int {
	all := map[string]int{}
	for i, name := range s.Columns {
		if name != "" {
			all[name] = i
		}
	}
	return all
}

// read makes a task of the row, which is the place-th below the heads. What is wrong with it is in r.bad.
func (r *importReader) read(place, row int, cells []string) importRow {
	r.row, r.cell, r.bad = row, cells, r.bad[:0]
	t := importRow{Place: int64(place)}
	t.Name = strings.Join(strings.Fields(r.text("name", 200)), " ")
	if t.Name == "" && len(r.bad) == 0 {
		r.wrong("name", "The task has no name.")
	}
	t.Summary, t.Description = r.text("summary", 500), r.text("description", importCell)
	t.PriorityID = r.word("priority", r.priorities, r.settings.Priority, r.words.usual().ID, "There is no priority “%s”.")
	status := r.words.Status(r.word("status", r.statuses, r.settings.Statuses, r.words.stage(StageTodo).ID, "There is no status “%s”."))
	t.AssigneeID = data.Optional(r.person())
	t.StartOn, t.DueOn = r.day("start_on"), r.day("due_on")
	if t.StartOn != "" && t.DueOn != "" && t.DueOn < t.StartOn {
		r.wrong("due_on", "The task would be due before it starts.")
	}
	t.Estimate = r.estimate()
	t.MilestoneID = data.Optional(r.word("milestone", r.milestones, r.settings.Milestone, 0, "The project has no milestone “%s”."))
	t.labels = r.labelNames()
	r.move(&t, status)
	r.place(&t)
	t.NameKey = data.Cut(data.Fold(t.Name), 250)
	t.SearchText = data.Cut(data.Fold(t.Name+" "+t.Summary), 780)
	return t
}

// text is the cell of the field, at most that many characters.
func (r *importReader) text(field string, most int) string {
	i, ok := r.columns[field]
	if !ok || i >= len(r.cell) {
		return ""
	}
	s := strings.TrimSpace(strings.ReplaceAll(r.cell[i], "\r\n", "\n"))
	switch {
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		r.wrong(field, "This holds characters that can't be kept.")
		return ""
	case len(s) > most && utf8.RuneCountInString(s) > most:
		r.wrong(field, "This is longer than %s characters.", inThousands(int64(most)))
		return ""
	}
	return s
}

func (r *importReader) wrong(field, said string, args ...any) {
	head := field
	if i, ok := r.columns[field]; ok && i < len(r.heads) {
		head = r.heads[i]
	}
	r.bad = append(r.bad, importProblem{Row: r.row, Column: head, Said: fmt.Sprintf(said, args...)})
}

// word is the id of what the cell names; usual when it is empty, or unknown and that is to be left empty.
func (r *importReader) word(field string, known map[string]int64, unknown string, usual int64, said string) int64 {
	s := r.text(field, importCell)
	if s == "" {
		return usual
	}
	if n := known[data.Fold(s)]; n != 0 {
		return n
	}
	if unknown == unknownRefuse {
		r.wrong(field, said, data.Cut(s, 60))
	}
	return usual
}

// person is the id of the assignee: by user name, address or name.
func (r *importReader) person() int64 {
	s := strings.TrimPrefix(r.text("assignee", importCell), "@")
	if s == "" {
		return 0
	}
	n := r.people[data.Fold(s)]
	switch {
	case n > 0:
		return n
	case r.settings.People != unknownRefuse:
	case n < 0:
		r.wrong("assignee", "Two people are called “%s”. Write the user name instead.", data.Cut(s, 60))
	default:
		r.wrong("assignee", "Nobody is called “%s”.", data.Cut(s, 60))
	}
	return 0
}

// day is the cell as a calendar day.
func (r *importReader) day(field string) clock.Day {
	s := r.text(field, importCell)
	if s == "" {
		return ""
	}
	d, said := importDay(s, r.settings.Days)
	if said != "" {
		r.wrong(field, "%s", said)
	}
	return d
}

// labelNames are the labels of the cell, each once.
func (r *importReader) labelNames() []string {
	var all []string
	seen := map[string]bool{}
	for _, s := range strings.FieldsFunc(r.text("labels", importCell), func(c rune) bool { return c == ',' || c == ';' || c == '\n' }) {
		name := strings.Join(strings.Fields(s), " ")
		key := data.Key(name)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		switch known, ok := r.labels[key]; {
		case ok:
			all = append(all, known)
		case r.settings.Labels == unknownRefuse:
			r.wrong("labels", "The project has no label “%s”.", data.Cut(name, 60))
		case r.settings.Labels == unknownEmpty:
		case utf8.RuneCountInString(name) > 60:
			r.wrong("labels", "A label has at most 60 characters.")
		case r.made == importLabels:
			r.wrong("labels", "The file names more than %d new labels. Is this the right column?", importLabels)
		default:
			r.labels[key] = name
			r.made++
			all = append(all, name)
		}
	}
	if len(all) > 20 {
		r.wrong("labels", "A task has at most 20 labels.")
	}
	return all
}

// move gives the task its status, and what follows from it and from the column that says whether it is done.
func (r *importReader) move(t *importRow, status Status) {
	s := r.text("done", importCell)
	var on clock.Day
	switch {
	case s == "" || slices.Contains([]string{"no", "n", "false", "nein", "0", "open", "-"}, data.Fold(s)):
	case slices.Contains([]string{"yes", "y", "true", "x", "ja", "1", "done"}, data.Fold(s)):
		status = doneOf(r.words, status)
	default:
		d, said := importDay(s, r.settings.Days)
		if said != "" {
			r.wrong("done", "Write yes, no or a day. %s", said)
		}
		status, on = doneOf(r.words, status), d
	}
	now := r.at.now
	var task Task
	if on != "" {
		if day, err := time.Parse(time.DateOnly, string(on)); err == nil && day.Before(now) {
			now = day.Add(12 * time.Hour)
		}
	}
	task.move(status, now)
	t.StatusID, t.Open, t.StartedAt, t.CompletedAt = task.StatusID, task.Open, task.StartedAt, task.CompletedAt
}

// doneOf is the status of a done task: its own if that ends it.
func doneOf(w *words, s Status) Status {
	if s.Stage.Open() {
		return w.stage(StageDone)
	}
	return s
}

// place puts the task below what it is part of.
func (r *importReader) place(t *importRow) {
	if r.family == nil {
		return
	}
	up, said := r.family.of(int(t.Place))
	if said != "" {
		r.wrong("parent", "%s", said)
		return
	}
	t.ParentPlace, t.ParentID, t.Depth = int64(up.place), data.Optional(up.id), int64(up.depth)
}
