package projects

import (
	"fmt"
	"path"
	"strings"
	"time"

	"portal/app/data"
	"portal/components"
)

// importView is what the pages of an import show.
type importView struct {
	headView
	one    fileImport
	latest []fileImport
	form   importForm
	wrong  map[string]string
	now    time.Time
}

func formOfImport(s importSettings) importForm {
	return importForm{
		Columns: s.Columns, Sheet: s.Sheet, Days: s.Days, Statuses: s.Statuses, Priority: s.Priority, People: s.People, Milestone: s.Milestone, Labels: s.Labels,
	}
}

// cleanFileName is the last part of what a browser calls a file.
func cleanFileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	return data.Cut(name, 200)
}

// column is the field that the column is said to be.
func (v importView) column(n int) string {
	if n < len(v.form.Columns) {
		return v.form.Columns[n]
	}
	return ""
}

func columnLabel(n int, head string) string {
	return fmt.Sprintf("Column %d: %s", n+1, known(head, "without a head"))
}

// sheets are offered when the file is a workbook of several.
func (v importView) sheets() []components.Option {
	var all []components.Option
	for _, s := range v.one.preview().Sheets {
		all = append(all, components.Option{Value: s, Label: s})
	}
	return all
}

// unknowns are the questions what to do with a word that the portal does not know.
func (v importView) unknowns() []components.Choice {
	refuse, empty := components.Option{Value: unknownRefuse, Label: "Refuse the row"}, components.Option{Value: unknownEmpty, Label: "Leave it empty"}
	usual := components.Option{Value: unknownEmpty, Label: "Take the usual one"}
	return []components.Choice{
		{Name: "statuses", Label: "Unknown status", Value: v.form.Statuses, Error: v.wrong["statuses"], Options: []components.Option{refuse, usual}},
		{Name: "priority", Label: "Unknown priority", Value: v.form.Priority, Error: v.wrong["priority"], Options: []components.Option{refuse, usual}},
		{Name: "people", Label: "Unknown person", Value: v.form.People, Error: v.wrong["people"], Options: []components.Option{refuse, empty}},
		{Name: "milestone", Label: "Unknown milestone", Value: v.form.Milestone, Error: v.wrong["milestone"], Options: []components.Option{refuse, empty}},
		{
			Name: "labels", Label: "Unknown label", Value: v.form.Labels, Error: v.wrong["labels"],
			Options: []components.Option{{Value: unknownMake, Label: "Make the label"}, refuse, empty},
		},
		{
			Name: "days", Label: "Dates with slashes", Value: v.form.Days, Error: v.wrong["days"],
			Options: []components.Option{{Value: daysFirst, Label: "Day first: 24/12/2026"}, {Value: monthsFirst, Label: "Month first: 12/24/2026"}},
		},
	}
}

// phase is what runs, as a sentence.
func (v importView) phase() string {
	switch v.one.State {
	case importCheck:
		return "The file waits to be checked. It is its turn within a few seconds, unless another import is being worked on."
	case importChecking:
		if v.one.Total == 0 {
			return "The rows are being counted."
		}
		return inThousands(v.one.Done) + " of " + inThousands(v.one.Total) + " rows are checked."
	case importStart:
		return "The tasks are about to be made."
	case importRunning:
		return "The tasks are being made, all at once. This takes a few seconds."
	}
	return "The import is being cancelled."
}

// outcome is how the import ended, for the list of the latest.
func (v importView) outcome(i fileImport) string {
	switch {
	case i.State == importDone && i.UndoneAt != nil:
		return "taken back"
	case i.State == importDone:
		return components.Plural(int(i.made()), "task") + " made"
	case i.State == importChecked && i.Bad > 0:
		return components.Plural(int(i.Bad), "error")
	}
	return importWords[i.State]
}

// own reports whether it is the viewer who began the import.
func (v importView) own() bool { return v.one.UserID == v.me.ID }

func (v importView) importer() components.Person { return v.v.person(&v.one.UserID) }

func fileSize(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// tasksLink leads to the tasks that were made.
func (v importView) tasksLink() string { return v.Project.Path() + "/list?sort=-number" }

// mayImport reports whether the viewer may import tasks into the project.
func (h headView) mayImport() bool { return h.mayMake(h.me) && h.me.Can(importTasks) }
