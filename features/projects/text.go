package projects

import (
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/components"
)

// maxSuggestions is how many people or tasks are suggested at once.
const maxSuggestions = 8

// suggestion is what may be put into a text, for what was typed.
type suggestion struct {
	Insert string // @maria, #12, NET-12
	Title  string
	Detail string
	Tone   string             // of a task's status; empty for a person
	Person *components.Person // nil for a task
}

// people are those whose name or user name has a word that begins with typed: first those of the team, then all others.
func (v view) suggestPeople(h heldProject, typed string) []suggestion {
	typed = data.Fold(typed)
	var near, far []suggestion
	for _, p := range v.people.List {
		if p.Locked || !nameBegins(p, typed) {
			continue
		}
		shown := v.person(&p.ID)
		s := suggestion{Insert: "@" + p.Username, Title: p.Name, Detail: p.Username, Person: &shown}
		if h.belongs(p.ID) {
			near = append(near, s)
		} else if len(far) < maxSuggestions {
			far = append(far, s)
		}
	}
	near = append(near, far...)
	return near[:min(len(near), maxSuggestions)]
}

func nameBegins(p auth.Person, typed string) bool {
	if strings.HasPrefix(data.Fold(p.Username), typed) {
		return true
	}
	name := data.Fold(p.Name)
	return strings.HasPrefix(name, typed) || strings.Contains(name, " "+typed)
}

// belongs reports whether the person leads the project, is in its team, or has a task in it.
func (h heldProject) belongs(person int64) bool {
	if value(h.Project.LeadID) == person {
		return true
	}
	for _, group := range [][]int64{h.Team.Watchers, h.Team.Stakeholders, h.Team.Shareholders, h.Assignees} {
		for _, n := range group {
			if n == person {
				return true
			}
		}
	}
	return false
}

// suggest is a task as a suggestion in a text of the project.
func (v view) suggestTask(r reference, project int64) suggestion {
	key := r.TaskKey + "-" + id(r.Number)
	st := v.words.Status(r.StatusID)
	s := suggestion{Insert: key, Title: r.Name, Detail: key + " · " + st.Name, Tone: st.Tone}
	if r.ProjectID == project {
		s.Insert = "#" + id(r.Number)
	}
	return s
}
