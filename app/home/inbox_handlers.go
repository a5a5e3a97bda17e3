package home

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/inbox"
	"portal/app/web"
	"portal/components"
)

type inboxHandlers struct{ Kit }

// inboxView is the viewer's inbox.
type inboxView struct {
	f      inbox.Filter
	list   inbox.List
	kinds  []inbox.Kind
	people *auth.People
	topic  string
	until  int64 // when it was read, in Unix microseconds: what comes later stays unread
	still  bool  // seen through another's eyes: nothing can be marked
}

func (h inboxHandlers) view(c *fiber.Ctx) (inboxView, error) {
	ctx := c.UserContext()
	me := auth.From(ctx)
	v := inboxView{topic: inbox.Topic(me.ID), until: h.DB.Now().UnixMicro(), still: me.Viewing()}
	for _, f := range h.All() {
		v.kinds = append(v.kinds, f.Notices...)
	}
	web.Query(c, &v.f)
	v.f.List = v.f.Tidy()
	var err error
	if v.people, err = h.Users.People(ctx); err != nil {
		return v, err
	}
	v.list, err = h.Inbox.List(ctx, v.f)
	return v, err
}

func (h inboxHandlers) list(c *fiber.Ctx) error {
	v, err := h.view(c)
	if err != nil {
		return err
	}
	web.Push(c, v.pageLink(v.list.Page, v.f.Size))
	return web.Show(c, web.Page{Title: "Inbox", Body: inboxPage(v)})
}

func (h inboxHandlers) bell(c *fiber.Ctx) error {
	ctx := c.UserContext()
	n, err := h.Inbox.Unread(ctx)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Inbox", Body: bellPage(components.Bell{Topic: inbox.Topic(auth.From(ctx).ID), Unread: n})})
}

// open marks the notification read and goes on to what it is about.
func (h inboxHandlers) open(c *fiber.Ctx) error {
	row, err := h.marked(c, true)
	if err != nil {
		return err
	}
	if web.IsFragment(c) {
		c.Set("HX-Redirect", row.URL)
		return c.SendStatus(fiber.StatusOK)
	}
	return c.Redirect(row.URL, fiber.StatusSeeOther)
}

func (h inboxHandlers) marked(c *fiber.Ctx, read bool) (inbox.Row, error) {
	id, err := web.ID(c, "id")
	if err != nil {
		return inbox.Row{}, fault.New(fault.NotFound, "There is no such notification.")
	}
	return h.Inbox.Mark(c.UserContext(), id, read)
}

// markForm says what to mark; the filter is that of the page the form stands on.
type markForm struct {
	Read  bool   `form:"read"`
	Kind  string `form:"kind" validate:"max=60"`
	Until int64  `form:"until"`
}

func (h inboxHandlers) mark(c *fiber.Ctx) error {
	var f markForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	if _, err := h.marked(c, f.Read); err != nil {
		return err
	}
	return h.again(c, "")
}

func (h inboxHandlers) markAll(c *fiber.Ctx) error {
	var f markForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	if err := h.Inbox.MarkAll(c.UserContext(), f.Kind, time.UnixMicro(f.Until).UTC()); err != nil {
		return err
	}
	return h.again(c, "All is marked read.")
}

// again answers with the list as it is now.
func (h inboxHandlers) again(c *fiber.Ctx, toast string) error {
	v, err := h.view(c)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Piece: inboxList(v), Back: v.pageLink(v.list.Page, v.f.Size), Toast: toast})
}

// link is the inbox's address with other values for some parameters; page 1 unless it is one of them.
func (v inboxView) link(pairs ...string) string { return web.Link("/inbox", v.f, pairs...) }

func (v inboxView) pageLink(page, size int) string {
	return v.link("page", strconv.Itoa(page), "size", strconv.Itoa(size))
}

// formLink is the address of a write, with the filter of the page behind it.
func (v inboxView) formLink(path string) string {
	full := v.pageLink(v.list.Page, v.f.Size)
	return path + full[len("/inbox"):]
}

// reasons are the kinds that the viewer has something of, with how much.
func (v inboxView) reasons() []components.Tab {
	all := []components.Tab{{Label: "All reasons", URL: v.link("kind", ""), Count: -1, Active: v.f.Kind == ""}}
	for _, k := range v.kinds {
		if n := v.list.Counts[k.Name]; n > 0 || v.f.Kind == k.Name {
			all = append(all, components.Tab{Label: k.Short, URL: v.link("kind", k.Name), Count: n, Active: v.f.Kind == k.Name})
		}
	}
	return all
}

// shows are the two cuts of the inbox.
func (v inboxView) shows() []components.Tab {
	return []components.Tab{
		{Label: "Unread", Icon: "bell", URL: v.link("show", "", "kind", ""), Count: v.list.Unread, Active: v.f.Show != "all"},
		{Label: "All", Icon: "inbox", URL: v.link("show", "all", "kind", ""), Count: -1, Active: v.f.Show == "all"},
	}
}

func (v inboxView) person(r inbox.Row) components.Person {
	if r.ActorID == nil {
		return components.Person{}
	}
	p := v.people.ByID(*r.ActorID)
	return components.Person{ID: p.ID, Name: p.Name, Username: p.Username, AvatarURL: auth.AvatarURL(p.ID, p.Avatar)}
}

// actor is who did it, by today's name if the account is known.
func (v inboxView) actor(r inbox.Row) string {
	if p := v.person(r); p.Name != "" {
		return p.Name
	}
	if r.Actor == "" {
		return "The portal"
	}
	return r.Actor
}

// reason is why the viewer is told.
func (v inboxView) reason(r inbox.Row) string {
	for _, k := range v.kinds {
		if k.Name == r.Kind {
			return k.Short
		}
	}
	return "Other"
}

// empty says why the list has no rows.
func (v inboxView) empty() components.EmptyState {
	switch {
	case v.f.Kind != "":
		return components.EmptyState{Icon: "filter", Title: "Nothing of this reason", Text: "Other reasons may have something.", Action: components.Link{Label: "Show all reasons", URL: v.link("kind", "")}}
	case v.f.Show == "all":
		return components.EmptyState{Icon: "inbox", Title: "The inbox is empty", Text: "Here you are told of tasks that are assigned to you, of mentions, and of what you watch. What was read stays for 90 days."}
	}
	return components.EmptyState{Icon: "circle-check", Title: "Nothing unread", Text: "You have read all that you were told of.", Action: components.Link{Label: "Show what was read", URL: v.link("show", "all")}}
}

// choiceView is how the viewer is told of things.
type choiceView struct {
	all   []inbox.Chosen
	mails bool // the portal sends mail
	wrong map[string]string
}

func (h inboxHandlers) choiceView(c *fiber.Ctx) (choiceView, error) {
	all, err := h.Inbox.Choices(c.UserContext())
	return choiceView{all: all, mails: h.Mail.Known()}, err
}

func (h inboxHandlers) choices(c *fiber.Ctx) error {
	v, err := h.choiceView(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Notifications", Body: choicePage(v)})
}

func (h inboxHandlers) choose(c *fiber.Ctx) error {
	v, err := h.choiceView(c)
	if err != nil {
		return err
	}
	to := map[string]inbox.Choice{}
	for i, k := range v.all {
		if sent := web.Value(c, k.Name); sent != "" {
			to[k.Name] = inbox.Choice(sent)
			v.all[i].Choice = to[k.Name]
		}
	}
	err = h.Inbox.Choose(c.UserContext(), to)
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Of(err).Fields
		return web.Retry(c, err, web.Page{Title: "Notifications", Body: choicePage(v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/notifications", Toast: "Your choice is saved."})
}
