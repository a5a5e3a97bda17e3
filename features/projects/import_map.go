package projects

import (
	"slices"
	"strings"

	"portal/app/data"
	"portal/app/fault"
	"portal/components"
)

// importField is a field of a task that a column may be.
type importField struct {
	name  string
	label string
	heads []string // what files call it, folded
}

// importFields are all of them, in the order they are offered. Our own export's heads are among the words of each.
var importFields = []importField{
	{"key", "Key of the row", []string{"key", "number", "id", "nr", "nr.", "no", "no.", "#", "nummer", "issue key", "task key", "schlussel"}},
	{"name", "Name", []string{"name", "task", "title", "task name", "subject", "aufgabe", "titel", "betreff", "bezeichnung", "vorgang"}},
	{"summary", "Summary", []string{"summary", "short description", "kurzbeschreibung", "zusammenfassung"}},
	{"description", "Description", []string{"description", "beschreibung", "details", "notes", "text", "body", "notizen", "bemerkung"}},
	{"status", "Status", []string{"status", "state", "zustand", "stand"}},
	{"priority", "Priority", []string{"priority", "prio", "prioritat", "dringlichkeit"}},
	{"assignee", "Assignee", []string{"assignee", "assigned to", "owner", "responsible", "person", "zustandig", "bearbeiter", "verantwortlich"}},
	{"start_on", "Start", []string{"start", "start date", "starts", "starts on", "start on", "start_on", "beginn", "anfang"}},
	{"due_on", "Due", []string{"due", "due date", "due on", "due_on", "deadline", "end", "end date", "fallig", "fallig am", "ende", "termin"}},
	{"estimate", "Estimate", []string{"estimate", "original estimate", "time estimate", "effort", "aufwand", "schatzung"}},
	{"minutes", "Estimate in minutes", []string{"estimate (minutes)", "estimate in minutes"}},
	{"labels", "Labels", []string{"labels", "label", "tags", "tag", "etiketten", "schlagworte", "schlagworter"}},
	{"milestone", "Milestone", []string{"milestone", "meilenstein", "fix version", "version"}},
	{"parent", "Part of", []string{"parent", "part of", "parent task", "parent key", "parent id", "teil von", "ubergeordnet"}},
	{"done", "Done", []string{"done", "completed", "completed at", "completed on", "finished", "closed", "erledigt", "abgeschlossen"}},
}

func importFieldOf(name string) (importField, bool) {
	for _, f := range importFields {
		if f.name == name {
			return f, true
		}
	}
	return importField{}, false
}

// guessedFields are the fields of columns with those heads; empty for a head that nothing is called. No field is guessedFields twice.
func guessedFields(heads []string) []string {
	all, used := make([]string, len(heads)), map[string]bool{}
	for i, head := range heads {
		key := strings.Trim(data.Fold(head), " *:")
		for _, f := range importFields {
			if !used[f.name] && slices.Contains(f.heads, key) {
				all[i], used[f.name] = f.name, true
				break
			}
		}
	}
	return all
}

// importForm is what a person says about the columns.
type importForm struct {
	Columns   []string `form:"column"`
	Sheet     string   `form:"sheet" validate:"max=100"`
	Days      string   `form:"days"`
	Statuses  string   `form:"statuses"`
	Priority  string   `form:"priority"`
	People    string   `form:"people"`
	Milestone string   `form:"milestone"`
	Labels    string   `form:"labels"`
}

// into are the settings that the form says, for a file with that many columns.
// Errors: fault.Invalid at the field that is wrong.
func (f importForm) into(s importSettings, columns int) (importSettings, error) {
	bad := map[string]string{}
	used := map[string]bool{}
	if len(f.Columns) != columns {
		bad["column"] = "Say for each column what it is."
	}
	for _, name := range f.Columns {
		field, ok := importFieldOf(name)
		switch {
		case name == "":
		case !ok:
			bad["column"] = "Choose a field from the list."
		case used[name]:
			bad["column"] = "Two columns are “" + field.label + "”. Leave one of them out."
		}
		used[name] = true
	}
	if !used["name"] && bad["column"] == "" {
		bad["column"] = "Say which column holds the tasks' names."
	}
	s.Columns = f.Columns
	for _, c := range []struct {
		name, said string
		to         *string
		may        []string
	}{
		{"days", f.Days, &s.Days, []string{daysFirst, monthsFirst}}, {"statuses", f.Statuses, &s.Statuses, []string{unknownRefuse, unknownEmpty}},
		{"priority", f.Priority, &s.Priority, []string{unknownRefuse, unknownEmpty}}, {"people", f.People, &s.People, []string{unknownRefuse, unknownEmpty}},
		{"milestone", f.Milestone, &s.Milestone, []string{unknownRefuse, unknownEmpty}},
		{"labels", f.Labels, &s.Labels, []string{unknownMake, unknownRefuse, unknownEmpty}},
	} {
		if c.said != "" && !slices.Contains(c.may, c.said) {
			bad[c.name] = "Choose from the list."
		}
		if c.said != "" {
			*c.to = c.said
		}
	}
	if len(bad) > 0 {
		return s, &fault.Error{Kind: fault.Invalid, Public: "Please look at the marked fields.", Fields: bad}
	}
	return s, nil
}

func importFieldOptions() []components.Option {
	all := []components.Option{{Label: "Leave out"}}
	for _, f := range importFields {
		all = append(all, components.Option{Value: f.name, Label: f.label})
	}
	return all
}
