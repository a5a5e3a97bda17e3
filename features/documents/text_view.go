package documents

import (
	"html"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/markdown"
	"portal/components"
)

// fill puts into clean HTML who it names.
func (h headView) fill(clean string) string { return fillPeople(h.people, clean) }

// drawText is a text as clean HTML with who it names.
func drawText(people *auth.People, text string) string {
	clean, _ := markdown.Page(text)
	return fillPeople(people, clean)
}

func fillPeople(people *auth.People, clean string) string {
	return markdown.Fill(clean, func(m markdown.Mention) string {
		if !m.Person {
			return ""
		}
		for _, p := range people.List {
			if strings.EqualFold(p.Username, m.Word) {
				return `<span class="mention">@` + html.EscapeString(p.Name) + `</span>`
			}
		}
		return ""
	})
}

// textView is a version of a document to read.
type textView struct {
	headView
	number    int64
	html      string // clean
	headings  []markdown.Heading
	favourite bool
	confirmed bool // the viewer has confirmed the released version
	decisions []Decision
}

// suggestPeople are people whose name or user name has a word that begins with what was typed.
func suggestPeople(people *auth.People, typed string) []components.Suggestion {
	const most = 8
	typed = data.Fold(typed)
	var all []components.Suggestion
	for _, p := range people.List {
		name := data.Fold(p.Name)
		if p.Locked || !strings.HasPrefix(data.Fold(p.Username), typed) && !strings.HasPrefix(name, typed) && !strings.Contains(name, " "+typed) {
			continue
		}
		shown := person(people, &p.ID)
		if all = append(all, components.Suggestion{Insert: "@" + p.Username, Title: p.Name, Detail: p.Username, Person: &shown}); len(all) == most {
			break
		}
	}
	return all
}

// isDraft reports whether what is shown is not what readers see.
func (v textView) isDraft() bool { return v.number != v.Document.Released }

// newer reports whether there is a version that only writers see.
func (v textView) newer() bool {
	return v.level >= LevelWrite && v.number == v.Document.Released && v.Document.Latest > v.Document.Released
}

// mustConfirm reports whether a role of the viewer's has to read what is released.
func (v textView) mustConfirm() bool {
	return v.me.Known() && v.Document.Released != 0 && !v.isDraft() && slices.ContainsFunc(v.me.Roles(), func(r int64) bool { return slices.Contains(v.Readers, r) })
}

// url is the address of what is shown.
func (v textView) url() string {
	if v.isDraft() && v.Document.Released != 0 {
		return v.Document.Path() + "?version=" + id(v.number)
	}
	return v.Document.Path()
}
