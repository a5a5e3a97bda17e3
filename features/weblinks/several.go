package weblinks

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// severalMost is how many links are changed at once: a page of the list.
const severalMost = 100

// severalForm is what the bar below the table sends.
type severalForm struct {
	Links      []int64 `form:"link"`
	Do         string  `form:"do" validate:"omitempty,oneof=trash"`
	Category   string  `form:"category" validate:"max=100"` // empty: as it is
	AddTags    string  `form:"add_tags" validate:"max=1000"`
	RemoveTags string  `form:"remove_tags" validate:"max=1000"`
	Pinned     string  `form:"pinned" validate:"omitempty,oneof=0 1"` // empty: as it is
}

// fields are the names of the fields that the form changes.
func (f severalForm) fields() []string {
	var all []string
	for name, on := range map[string]bool{"category": oneLine(f.Category) != "", "tags": f.AddTags+f.RemoveTags != "", "pinned": f.Pinned != ""} {
		if on {
			all = append(all, name)
		}
	}
	return all
}

// into writes the form's values over those of a link.
func (f severalForm) into(was linkForm) (linkForm, error) {
	if name := oneLine(f.Category); name != "" {
		was.Category = name
	}
	if f.Pinned != "" {
		was.Pinned = f.Pinned == "1"
	}
	away, err := tagsTyped(f.RemoveTags)
	if err != nil {
		return was, err
	}
	tags := slices.DeleteFunc(strings.Split(was.Tags, ", "), func(t string) bool {
		return slices.ContainsFunc(away, func(a string) bool { return strings.EqualFold(a, t) })
	})
	was.Tags = strings.Join(append(tags, f.AddTags), ",")
	return was, was.tidy()
}

// severalLine is what became of one of several links.
type severalLine struct {
	id    int64
	name  string
	said  string
	wrong bool
}

func (h linkHandlers) several(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f severalForm
	err := web.Bind(c, &f)
	switch {
	case err != nil:
		return err
	case len(f.Links) == 0:
		return fault.New(fault.Invalid, "Tick at least one link.")
	case len(f.Links) > severalMost:
		return fault.New(fault.Invalid, "At most %d links at once.", severalMost)
	case f.Do == "" && len(f.fields()) == 0:
		return fault.New(fault.Invalid, "Say what shall be changed.")
	case f.Do == "trash" && !auth.From(ctx).Can(deleteLink):
		return fault.New(fault.Forbidden, "You may not delete links.")
	}
	var done []severalLine
	var gone []string
	wrong := 0
	for _, n := range f.Links {
		line := severalLine{id: n, name: "A link that is not there", said: "changed"}
		l, err := h.links.Get(ctx, n)
		if err == nil {
			line.name = l.Name
			if f.Do == "trash" {
				line.said = "moved to the trash"
				_, err = h.links.Trash(ctx, n)
			} else {
				_, err = h.links.edit(ctx, n, func(was linkForm) (linkForm, error) { return f.into(was) }, f.fields())
			}
		}
		if err != nil && fault.Of(err).Kind == fault.Broken {
			return err
		}
		if err != nil {
			line.said, line.wrong = saidAt(err), true
			wrong++
		} else {
			gone = append(gone, id(n))
		}
		done = append(done, line)
	}
	if wrong > 0 {
		return web.Show(c, web.Page{Title: "What became of each link", Body: severalPage(done)})
	}
	r := web.Result{Back: listPath + "?view=table", Toast: components.Plural(len(done), "link") + " changed."}
	if f.Do == "trash" {
		r.Toast, r.Undo = components.Plural(len(done), "link")+" moved to the trash.", listPath+"/several/restore?links="+strings.Join(gone, ",")
	}
	return web.Done(c, r)
}

func (h linkHandlers) restoreSeveral(c *fiber.Ctx) error {
	ids := split(strings.Clone(c.Query("links")))
	if len(ids) == 0 || len(ids) > severalMost {
		return errNoLink()
	}
	for _, n := range ids {
		if _, err := h.links.Restore(c.UserContext(), n); err != nil {
			return err
		}
	}
	return web.Done(c, web.Result{Back: listPath + "?view=table", Toast: components.Plural(len(ids), "link") + " brought back."})
}
