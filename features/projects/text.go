package projects

import (
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/components"
)

// maxSuggestions is how many people or tasks are suggested at once.
const maxSuggestions = 8

// people are those whose name or user name has a word that begins with typed: first those of the team, then all others.
func (v view) suggestPeople(h heldProject, typed string) []components.Suggestion {
	typed = data.Fold(typed)
	var near, far []components.Suggestion
	for _, p := range v.people.List {
		if p.Locked || !nameBegins(p, typed) {
			continue
		}
		shown := v.person(&p.ID)
		s := components.Suggestion{Insert: "@" + p.Username, Title: p.Name, Detail: p.Username, Person: &shown}
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
	if data.OrZero(h.Project.LeadID) == person {
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
func (v view) suggestTask(r reference, project int64) components.Suggestion {
	key := r.TaskKey + "-" + id(r.Number)
	st := v.words.Status(r.StatusID)
	s := components.Suggestion{Insert: key, Title: r.Name, Detail: key + " · " + st.Name, Tone: st.Tone}
	if r.ProjectID == project {
		s.Insert = "#" + id(r.Number)
	}
	return s
}
