package projects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"portal/app/auth"
	"portal/app/markdown"
)

// seen is what the viewer is shown of what texts name: nothing of what they may not know of.
type seen struct {
	v     view
	me    *auth.Viewer
	links links
	tasks map[int64]reference
	back  []backref
}

// backref is a text that names the task, as the viewer sees it.
type backref struct {
	URL, Title string // a task's key and name, or the project's name
	Place      string // where in it: a comment, the description
	Done       bool
}

// see finds what the viewer may be shown of the links, in one query at most, and of the backlinks.
func (b base) see(ctx context.Context, v view, l links, back []backlink) (seen, error) {
	s := seen{v: v, me: auth.From(ctx), links: l}
	var err error
	if s.tasks, err = b.projects.references(ctx, l.tasks()); err != nil {
		return s, err
	}
	known := map[int64]heldProject{}
	for _, one := range back {
		h, asked := known[one.Project]
		if !asked {
			if h, err = b.projects.Get(ctx, one.Project); err != nil {
				h = heldProject{} // not for this viewer
			}
			known[one.Project] = h
		}
		if h.Project.ID != 0 {
			s.back = append(s.back, backrefOf(h.Project, one))
		}
	}
	return s, nil
}

func backrefOf(p Project, b backlink) backref {
	r := backref{URL: p.Path() + "/about", Title: p.Name, Place: "in the description", Done: !b.Open}
	if b.Number != 0 {
		r.URL, r.Title = taskPath(p.ID, b.Number), fmt.Sprintf("%s-%d %s", p.TaskKey, b.Number, b.Name)
	} else if b.Comment != 0 {
		r.URL = p.Path() + "/comments"
	}
	if b.Comment != 0 {
		r.URL, r.Place = r.URL+"#c"+id(b.Comment), "in a comment"
	}
	return r
}

// fill is clean HTML of a text with what it names: comment is the text's, 0 for a description. What the viewer may not
// know of stands as it was typed.
func (s seen) fill(ctx context.Context, comment int64, clean string) string {
	return markdown.Fill(clean, func(m markdown.Mention) string {
		var c templ.Component
		if l := s.links.of(comment, m.Word); m.Person {
			name := s.person(l.Person, m.Word)
			if name == "" {
				return ""
			}
			c = personChip(name)
		} else {
			r := s.tasks[l.Task]
			if r.ID == 0 {
				return ""
			}
			c = taskChip(r, s.v.words.Status(r.StatusID))
		}
		made, err := templ.ToGoHTML(ctx, c)
		if err != nil {
			return ""
		}
		return string(made)
	})
}

// person is the name of who a word names, empty for nobody.
func (s seen) person(kept int64, word string) string {
	if kept != 0 {
		return s.v.personName(kept)
	}
	var whole []string
	for _, p := range s.v.people.List {
		if strings.EqualFold(p.Username, word) {
			return p.Name
		}
		if strings.EqualFold(p.Name, word) {
			whole = append(whole, p.Name)
		}
	}
	if len(whole) == 1 {
		return whole[0]
	}
	return ""
}

// print is a text that is another one as soon as something is shown otherwise.
func (s seen) print() string {
	if len(s.links)+len(s.back) == 0 {
		return ""
	}
	h := sha256.New()
	for _, n := range s.links.tasks() {
		_, _ = fmt.Fprintln(h, s.tasks[n])
	}
	_, _ = fmt.Fprintln(h, s.back)
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// with is the task's page with what its texts name, as the viewer was found to see it.
func (t taskView) with(ctx context.Context, s seen) taskView {
	t.seen, t.HTML = s, s.fill(ctx, 0, t.HTML)
	t.Comments = slices.Clone(t.Comments) // others read the same
	for i, c := range t.Comments {
		t.Comments[i].HTML = s.fill(ctx, c.ID, c.HTML)
	}
	return t
}

// fillComments puts into a project's comments what they name, as the viewer sees it.
func (b base) fillComments(ctx context.Context, h headView, all []Comment) error {
	texts := map[int64]string{}
	for _, c := range all {
		texts[c.ID] = c.HTML
	}
	l, err := b.projects.textLinks(ctx, h.Project.ID, texts)
	if err != nil {
		return err
	}
	s, err := b.see(ctx, h.v, l, nil)
	for i, c := range all {
		all[i].HTML = s.fill(ctx, c.ID, c.HTML)
	}
	return err
}

// filledText is a text of the project as clean HTML, with what it names as the viewer sees it. Unless it is the
// description, nobody has kept its mentions.
func (b base) filledText(ctx context.Context, project int64, v view, text string) (string, error) {
	texts := map[int64]string{0: markdown.HTML(text)}
	l, err := b.projects.textLinks(ctx, project, texts)
	if err != nil {
		return "", err
	}
	s, err := b.see(ctx, v, l, nil)
	return s.fill(ctx, 0, texts[0]), err
}
