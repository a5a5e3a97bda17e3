package documents

import (
	"slices"
	"strings"
	"time"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/components"
)

// documentForm is what a person fills in of a document.
type documentForm struct {
	Title    string `form:"title" validate:"required,max=256"`
	Content  string `form:"content" validate:"max=500000"`
	Category int64  `form:"category"` // 0 for none
	Tags     string `form:"tags" validate:"max=2000"`
	Owner    int64  `form:"owner"` // 0 for nobody
	Private  bool   `form:"private"`
	Template bool   `form:"template"`
	ReviewOn string `form:"review_on" validate:"max=10"`
	Note     string `form:"note" validate:"max=300"`
	Release  bool   `form:"release"` // the button that saves and releases
	Base     int64  `form:"base"`    // number of the version that the text began as
	Version  int64  `form:"version"`
	Once     string `form:"once" validate:"max=64"`
}

// formBody is how large the form may be, in bytes: half a million characters in a form's encoding.
const formBody = 2_000_000

// labels are the fields' names on screen and in the history.
var labels = map[string]string{
	"title": "Title", "content": "Text", "category": "Category", "tags": "Tags", "owner": "Owner", "private": "Private", "template": "Template",
	"review_on": "Look at it again by",
}

// tidy is the form without what nobody means to type: blanks around the title and between the tags.
func (f documentForm) tidy() documentForm {
	f.Title = strings.Join(strings.Fields(f.Title), " ")
	var names []string
	for part := range strings.SplitSeq(f.Tags, ",") {
		name := strings.Join(strings.Fields(part), " ")
		if name != "" && !slices.ContainsFunc(names, func(s string) bool { return data.Key(s) == data.Key(name) }) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(data.Key(a), data.Key(b)) })
	f.Tags = strings.Join(names, ", ")
	return f
}

// words turn ids into what people read.
type words struct {
	tree   *tree
	people func(int64) string
}

// edited are the fields as a form sends them and as people read them, but for the text: the versions have that.
func (w words) edited(f documentForm) []data.Edited {
	all := []data.Edited{
		{Name: "title", Value: f.Title, Shown: f.Title},
		{Name: "category", Value: id(f.Category), Shown: w.tree.name(data.Optional(f.Category))}, {Name: "tags", Value: f.Tags, Shown: f.Tags},
		{Name: "owner", Value: id(f.Owner), Shown: w.people(f.Owner)}, data.Flag("private", f.Private), data.Flag("template", f.Template),
		{Name: "review_on", Value: f.ReviewOn, Shown: f.ReviewOn},
	}
	for i := range all {
		all[i].Label = labels[all[i].Name]
	}
	return all
}

// with is the form with those fields of theirs that are not among names: what nobody else changed, or only they did.
func (f documentForm) with(theirs documentForm, names []string) documentForm {
	mine := f
	f = theirs
	for _, name := range names {
		switch name {
		case "title":
			f.Title = mine.Title
		case "content":
			f.Content = mine.Content
		case "category":
			f.Category = mine.Category
		case "tags":
			f.Tags = mine.Tags
		case "owner":
			f.Owner = mine.Owner
		case "private":
			f.Private = mine.Private
		case "template":
			f.Template = mine.Template
		case "review_on":
			f.ReviewOn = mine.ReviewOn
		}
	}
	f.Note, f.Release, f.Base, f.Version, f.Once = mine.Note, mine.Release, mine.Base, mine.Version, mine.Once
	return f
}

// into writes the form's fields into the row.
// Errors: fault.Invalid at the field.
func (f documentForm) into(d *Document) error {
	day := clock.Day(f.ReviewOn)
	if day != "" && !day.Valid() {
		return fault.Field("review_on", "Write a day such as 2026-11-24, or nothing.")
	}
	d.Title, d.TitleKey = f.Title, data.Key(f.Title)
	d.CategoryID, d.OwnerID = data.Optional(f.Category), data.Optional(f.Owner)
	d.Private, d.Template, d.ReviewOn = f.Private, f.Template, day
	return nil
}

// formOf is the form as it is opened.
func formOf(h heldDocument, w Version, tags []Tag) documentForm {
	d := h.Document
	return documentForm{
		Title: w.Title, Content: w.Content, Category: data.OrZero(d.CategoryID), Tags: tagNames(tags, h.Tags), Owner: data.OrZero(d.OwnerID),
		Private: d.Private, Template: d.Template, ReviewOn: string(d.ReviewOn), Base: w.Number, Version: d.Version,
	}
}

// filled is a template's text for a new document: {{date}} is the person's day, {{me}} their name.
func filled(text, me string, now time.Time) string {
	return strings.NewReplacer("{{date}}", now.Format("2006-01-02"), "{{me}}", me).Replace(text)
}

// sentence says in the past tense what changed.
func sentence(fields []data.Field) string {
	var names []string
	for _, f := range fields {
		names = append(names, strings.ToLower(labels[f.Name]))
	}
	return "changed " + strings.Join(names, ", ")
}

// reviewHint says what the day is for.
const reviewHint = "From that day on it stands among what has to be looked at."

// categoryOptions are the categories in the order of their tree.
func categoryOptions(t *tree, all []Category, none string) []components.Option {
	options := []components.Option{{Value: "0", Label: none}}
	for _, c := range all {
		options = append(options, components.Option{Value: id(c.ID), Label: strings.Repeat("  ", t.depth(c.ID)) + c.Name})
	}
	return options
}
