package admin

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

// sessionHandlers are the page of everybody's sessions.
type sessionHandlers struct{ feature.Kit }

const sessionsPath = "/admin/sessions"

func sessions(k feature.Kit) part {
	h := sessionHandlers{k}
	return part{
		routes: []feature.Route{
			feature.Get("session.see.list", "/sessions", "Everybody's sessions", h.list),
			feature.Get("session.see.ask", "/sessions/end", "Ask before sessions end", h.ask),
			feature.Post("session.edit.end", "/sessions/:id<int>/end", "End a session", h.end).Confirmed(),
			feature.Post("session.edit.person", "/sessions/person/:id<int>/end", "End all sessions of a person", h.endPerson).Confirmed(),
			feature.Post("session.edit.all", "/sessions/end", "End the sessions of everybody else", h.endAll).Confirmed(),
		},
		nav: []feature.NavItem{{Title: "Sessions", Icon: "device-desktop", Route: "session.see.list", Category: menu, Weight: 60}},
	}
}

// sessionQuery is what the address of the page asks for.
type sessionQuery struct {
	data.List
	User    int64  `query:"user"`
	Address string `query:"address"`
}

func (q sessionQuery) link(pairs ...string) string {
	all := [][2]string{{"user", logNumber(q.User)}, {"address", q.Address}, {"sort", q.Sort}}
	if q.Size == 50 || q.Size == 100 {
		all = append(all, [2]string{"size", logNumber(int64(q.Size))})
	}
	return logLink(sessionsPath, all, pairs...)
}

func (q sessionQuery) page(page, size int) string {
	pairs := []string{"page", "", "size", ""}
	if page > 1 {
		pairs[1] = logNumber(int64(page))
	}
	if size != 25 {
		pairs[3] = logNumber(int64(size))
	}
	return q.link(pairs...)
}

func (q sessionQuery) sort(key, label string) components.Sort {
	return components.SortBy(q.Sort, key, label, q.link)
}

// sessionView is what the page shows.
type sessionView struct {
	q      sessionQuery
	rows   data.Rows[auth.SignIn]
	people *auth.People
	mine   int64 // the session that asks
	may    bool  // end sessions
}

func (v sessionView) person(id int64) components.Person {
	p := v.people.ByID(id)
	return components.Person{ID: p.ID, Name: p.Name, Username: p.Username, AvatarURL: auth.AvatarURL(p.ID, p.Avatar)}
}

func (v sessionView) chips() []components.Chip {
	var all []components.Chip
	if v.q.User != 0 {
		name := v.people.ByID(v.q.User).Name
		if name == "" {
			name = "nobody known"
		}
		all = append(all, components.Chip{Label: "Of " + name, Without: v.q.link("user", "")})
	}
	if v.q.Address != "" {
		all = append(all, components.Chip{Label: "From " + v.q.Address, Without: v.q.link("address", "")})
	}
	return all
}

func (v sessionView) personOptions() []components.Option {
	all := []components.Option{{Label: "Anybody"}}
	for _, p := range v.people.List {
		all = append(all, components.Option{Value: logNumber(p.ID), Label: p.Name})
	}
	return all
}

// ask is the address of the question before many sessions end.
func (v sessionView) ask() string {
	if v.q.User == 0 {
		return sessionsPath + "/end"
	}
	return sessionsPath + "/end?user=" + logNumber(v.q.User)
}

func (h sessionHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var q sessionQuery
	web.Query(c, &q)
	q.List = q.Tidy()
	me := auth.From(ctx)
	v := sessionView{q: q, mine: me.SignIn, may: me.Can("admin.session.edit.end")}
	var err error
	if v.rows, err = h.Users.Sessions(ctx, auth.SessionFilter{User: q.User, Address: q.Address}, q.List); err != nil {
		return err
	}
	if v.people, err = h.Users.People(ctx); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Sessions", Body: sessionListPage(v)})
}

// sessionAsk is the question before many sessions end.
type sessionAsk struct {
	person string // whose; empty for everybody else's
	count  int
	action string
}

// ask says how many sessions would end.
func (h sessionHandlers) ask(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var q sessionQuery
	web.Query(c, &q)
	a := sessionAsk{action: sessionsPath + "/end"}
	if q.User != 0 {
		people, err := h.Users.People(ctx)
		if err != nil {
			return err
		}
		if a.person = people.ByID(q.User).Name; a.person == "" {
			return fault.New(fault.NotFound, "There is no such person.")
		}
		a.action = sessionsPath + "/person/" + logNumber(q.User) + "/end"
	}
	rows, err := h.Users.Sessions(ctx, auth.SessionFilter{User: q.User}, data.List{})
	if err != nil {
		return err
	}
	a.count = rows.Total
	me := auth.From(ctx)
	if q.User == 0 || q.User == me.ID {
		a.count = max(0, a.count-1) // the one that asks goes on
	}
	return web.ShortForm{Title: a.title(), Back: components.Link{Label: "Sessions", URL: sessionsPath}, Fields: sessionAskFields(a)}.Show(c, nil)
}

// back is the list as it was filtered.
func (h sessionHandlers) back(c *fiber.Ctx) string {
	if u, err := url.Parse(web.PathOf(c.Get(fiber.HeaderReferer))); err == nil && u.Path == sessionsPath {
		return u.RequestURI()
	}
	return sessionsPath
}

func (h sessionHandlers) end(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return err
	}
	if err := h.Users.EndAny(c.UserContext(), id); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: h.back(c), Toast: "That session has ended, everywhere."})
}

func (h sessionHandlers) endPerson(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return err
	}
	n, err := h.Users.EndAllOf(c.UserContext(), id, auth.From(c.UserContext()).SignIn)
	return h.ended(c, n, err)
}

func (h sessionHandlers) endAll(c *fiber.Ctx) error {
	n, err := h.Users.EndAll(c.UserContext(), auth.From(c.UserContext()).SignIn)
	return h.ended(c, n, err)
}

func (h sessionHandlers) ended(c *fiber.Ctx, n int, err error) error {
	if err != nil {
		return err
	}
	said := "No other session was open."
	if n > 0 {
		said = components.Plural(n, "session") + " ended, everywhere."
	}
	return web.Done(c, web.Result{Back: sessionsPath, Toast: said})
}
