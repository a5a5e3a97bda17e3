package home

import (
	"cmp"
	"encoding/json"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/draft"
	"portal/app/fault"
	"portal/app/web"
)

type draftHandlers struct {
	Kit
	drafts *draft.Store
}

// draftForm is a draft as the browser sends it.
type draftForm struct {
	Form   string `form:"form" validate:"required,max=190"`
	Page   string `form:"page" validate:"max=300"`
	Title  string `form:"title" validate:"max=200"` // of the page
	Fields string `form:"fields"`
	Known  string `form:"known" validate:"max=40"` // when the draft was last changed that the browser knows of
}

// draftView is a draft as its page or the form offers it.
type draftView struct {
	draft.Draft
	Said string // its longest text, cut
}

// saidMost is how much of a draft its page shows, in characters.
const saidMost = 200

// viewOf is the draft as people read it; one that can't be read says nothing.
func viewOf(d draft.Draft) draftView {
	v := draftView{Draft: d}
	var fields map[string]string
	if json.Unmarshal([]byte(d.Fields), &fields) != nil {
		return v
	}
	for _, text := range fields {
		if len(text) > len(v.Said) {
			v.Said = text
		}
	}
	v.Said = data.Shorten(v.Said, saidMost)
	return v
}

// show is the page of one's own drafts, or for a form what it offers: the draft that there is.
func (h draftHandlers) show(c *fiber.Ctx) error {
	ctx, me := c.UserContext(), auth.From(c.UserContext())
	if me.Viewing() {
		return fault.New(fault.Forbidden, "Drafts are shown to who has typed them. Stop viewing the portal as %s first.", me.Whom())
	}
	if form := c.Query("form"); form != "" {
		d, err := h.drafts.Get(ctx, me.ID, form)
		if err != nil {
			return err
		}
		return web.Show(c, web.Page{Title: "Draft", Body: draftOffer(d, me.Zone, h.DB.Now())})
	}
	all, err := h.drafts.List(ctx, me.ID)
	if err != nil {
		return err
	}
	var views []draftView
	for _, d := range all {
		views = append(views, viewOf(d))
	}
	return web.Show(c, web.Page{Title: "My drafts", Body: draftsPage(views)})
}

// keep writes a draft and says when, since only then it is kept.
func (h draftHandlers) keep(c *fiber.Ctx) error {
	var f draftForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	var fields map[string]string
	if web.Local(f.Form, "") == "" || json.Unmarshal([]byte(f.Fields), &fields) != nil {
		return fault.Field("fields", "This form keeps no draft.")
	}
	known, _ := time.Parse(time.RFC3339Nano, f.Known)
	me := auth.From(c.UserContext())
	at, other, err := h.drafts.Keep(c.UserContext(), draft.Draft{UserID: me.ID, Address: f.Form, Page: web.Local(f.Page, ""), Title: f.Title, Fields: f.Fields}, known)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Draft", Body: draftSaved(at, me.Zone, other)})
}

// discard removes a draft.
func (h draftHandlers) discard(c *fiber.Ctx) error {
	var f draftForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	if err := h.drafts.Drop(c.UserContext(), auth.From(c.UserContext()).ID, f.Form); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/drafts", Toast: "The draft is discarded."})
}

// clockTime is when a draft was changed, as people read it: 10:42, with the day when that is another one.
func clockTime(at time.Time, zone *time.Location, now time.Time) string {
	at, now = at.In(zone), now.In(zone)
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("Mon 2 Jan, 15:04")
}

// name is what the draft's page is called, or its address.
func (d draftView) name() string { return cmp.Or(d.Title, d.pageOf()) }

// pageOf is where the draft's form stands.
func (d draftView) pageOf() string {
	if d.Page == "" {
		return ""
	}
	u, err := url.Parse(d.Page)
	if err != nil {
		return ""
	}
	return u.RequestURI()
}
