package projects

import (
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
	"portal/components"
)

// Label is a row of labels: a word that a project's tasks are marked with.
type Label struct {
	bun.BaseModel `bun:"table:labels,alias:l"`
	ID            int64 `bun:",pk,autoincrement"`
	ProjectID     int64
	Name          string
	NameKey       string
	Tone          string
	DeletedAt     *time.Time // in the trash since; its rows of task_labels stay, but no task shows it
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// change is the sentence a write says about the label.
func (l Label) change(p Project, what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "projects", Kind: "label", ID: l.ID, Parent: p.ID, Version: l.Version, What: what, Title: l.Name, URL: p.Path() + "/settings", Fields: fields,
		Stale: []string{projectKey(p.ID), boardKey(p.ID), seenFamily(p.ID)}, Live: []string{projectTopic(p.ID)}, Guard: projectTopic(p.ID),
	}
}

// edited are the label's fields as a form sends them and as people read them.
func (l Label) edited() []data.Edited {
	return []data.Edited{{Name: "name", Label: "Name", Value: l.Name, Shown: l.Name}, {Name: "colour", Label: "Colour", Value: l.Tone, Shown: toneName(l.Tone)}}
}

// named reports whether the project has another label of the same name.
func (h heldProject) named(l Label) bool {
	return slices.ContainsFunc(h.Labels, func(o Label) bool { return o.ID != l.ID && data.Key(o.Name) == data.Key(l.Name) })
}

// labelForm is what a person fills in of a label, a status or a priority.
type labelForm struct {
	Name    string `form:"name" validate:"required,max=60"`
	Colour  string `form:"colour" validate:"max=20"` // one of tones; empty: as it is
	Version int64  `form:"version"`
}

// label is the label with what the form says.
// Errors: fault.Invalid at the field.
func (f labelForm) label(l Label) (Label, error) {
	name, colour, err := f.tidy(l.Tone)
	l.Name, l.NameKey, l.Tone = name, data.Key(name), colour
	return l, err
}

// tidy is the form's name and colour, was where it says no colour.
// Errors: fault.Invalid at the field.
func (f labelForm) tidy(was string) (name, colour string, err error) {
	if name = strings.Join(strings.Fields(f.Name), " "); name == "" {
		return "", "", fault.Field("name", "This is needed.")
	}
	if strings.Contains(name, ",") {
		return "", "", fault.Field("name", "A name has no comma: commas stand between names.")
	}
	colour = given(f.Colour, was)
	if colour != "" && toneName(colour) == "" {
		return "", "", fault.Field("colour", "Choose a colour from the list.")
	}
	return name, colour, nil
}

// tones are the colours that words may have.
var tones = []components.Option{
	{Value: "blue", Label: "Blue"}, {Value: "green", Label: "Green"}, {Value: "orange", Label: "Orange"}, {Value: "violet", Label: "Violet"}, {Value: "teal", Label: "Teal"},
	{Value: "pink", Label: "Pink"}, {Value: "amber", Label: "Amber"}, {Value: "red", Label: "Red"}, {Value: "indigo", Label: "Indigo"}, {Value: "lime", Label: "Lime"},
	{Value: "cyan", Label: "Cyan"}, {Value: "purple", Label: "Purple"}, {Value: "yellow", Label: "Yellow"}, {Value: "slate", Label: "Slate"}, {Value: "gray", Label: "Gray"},
}

// toneName is what people call the colour; empty for one that is none.
func toneName(tone string) string {
	for _, t := range tones {
		if t.Value == tone {
			return t.Label
		}
	}
	return ""
}

// taskLabel is a row of task_labels.
type taskLabel struct {
	bun.BaseModel `bun:"table:task_labels"`
	TaskID        int64 `bun:",pk"`
	LabelID       int64 `bun:",pk"`
}
