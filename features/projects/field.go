package projects

import (
	"strings"

	"portal/app/data"
	"portal/components"
)

// fieldCell is one field that is edited where it stands.
type fieldCell struct {
	id      string // of the element
	path    string // address of the plain value; its editor is below it
	at      string // where it stands, see place
	name    string
	label   string
	of      string // name of the thing it belongs to
	kind    string // select, text, date or labels
	value   string // as the form sends it
	version int64
	may     bool // be changed by the viewer
	saved   bool // just now
	max     int
	options func() []components.Option // made for the editor alone

	badge  *badge
	person *components.Person
	day    string // as people read it
	late   bool
	text   string
	faint  bool // what is done with
	labels []Label
	typed  string // names of new labels, when what was typed comes back
}

type badge struct{ label, tone string }

func (f fieldCell) query() string {
	if f.at == "" {
		return ""
	}
	return "?at=" + f.at
}

// page is the page of what the field belongs to.
func (f fieldCell) page() string { return strings.TrimSuffix(f.path, "/field/"+f.name) }

func (f fieldCell) valueURL() string  { return f.path + f.query() }
func (f fieldCell) editorURL() string { return f.path + "/edit" + f.query() }

func (f fieldCell) inline() components.Inline {
	return components.Inline{ID: f.id, URL: f.editorURL(), Label: f.label + " of " + f.of, Saved: f.saved}
}

func (f fieldCell) editor(wrong string) components.Editor {
	e := components.Editor{
		ID: f.id, Action: f.valueURL(), Cancel: f.valueURL(), Label: f.label + " of " + f.of, Name: f.name, Type: f.kind,
		Value: f.value, Version: f.version, Error: wrong, Max: f.max,
	}
	if f.options != nil {
		e.Options = f.options()
	}
	return e
}

// cellID is the id of a field's element: p12-status, or row-p12-status in a list.
func cellID(at, noun string, n int64, field string) string {
	name := noun + id(n) + "-" + strings.ReplaceAll(field, "_", "-")
	if at != "" {
		return at + "-" + name
	}
	return name
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// projectCell is a field of a project as it is shown and edited; false when it has no such field.
func projectCell(v view, p Project, field, at string, may bool) (fieldCell, bool) {
	f := fieldCell{
		id: cellID(at, "p", p.ID, field), path: p.Path() + "/field/" + field, at: at, name: field, label: labels[field],
		of: p.Name, kind: "select", version: p.Version, may: may,
	}
	switch field {
	case "status":
		f.value, f.options = id(p.StatusID), v.words.statusOptions
		f.badge = v.statusBadge(p.StatusID)
	case "priority":
		f.value, f.options = id(p.PriorityID), v.words.priorityOptions
		f.badge = v.priorityBadge(p.PriorityID)
	case "lead":
		f.value = id(data.OrZero(p.LeadID))
		f.options = func() []components.Option { return v.personOptions(data.OrZero(p.LeadID), "Nobody") }
		f.person = v.personOf(p.LeadID)
	default:
		return f, false
	}
	return f, true
}

func (v view) statusBadge(n int64) *badge {
	s := v.words.Status(n)
	return &badge{s.Name, s.Tone}
}

func (v view) priorityBadge(n int64) *badge {
	p := v.words.Priority(n)
	return &badge{p.Name, p.Tone}
}

func (v view) personOf(n *int64) *components.Person {
	p := v.person(n)
	return &p
}
