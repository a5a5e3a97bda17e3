package home

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/search"
	"portal/app/web"
)

type searchHandlers struct{ Kit }

// How much is shown: on a page of the search, and in the palette.
const (
	searchSize    = 25
	paletteSize   = 12
	recentSize    = 8
	actionsOnPage = 5
)

func id(n int) string { return strconv.Itoa(n) }

// show is the page of results, by kind and page.
func (h searchHandlers) show(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v, err := h.begin(c)
	if err != nil {
		return err
	}
	may := h.Search.Kinds(auth.From(ctx))
	if !slices.ContainsFunc(may, func(k search.Kind) bool { return k.Name == v.f.Kind }) {
		v.f.Kind = ""
	}
	if v.counts, v.more, err = h.Search.Counts(ctx, v.query, v.f.Kind); err != nil {
		return err
	}
	last := max(1, (v.total()+searchSize-1)/searchSize)
	v.f.Page = max(1, min(v.f.Page, last))
	if v.total() > 0 {
		v.hits, err = h.Search.Find(ctx, search.Ask{Query: v.query, Kind: v.f.Kind, Limit: searchSize, Offset: (v.f.Page - 1) * searchSize})
		if err != nil {
			return err
		}
	}
	if v.f.Kind == "" && v.f.Page == 1 {
		v.actions = h.actions(c, v.query)
	}
	web.Push(c, v.f.link("page", id(v.f.Page)))
	return web.Show(c, web.Page{Title: "Search", Body: searchPage(v)})
}

// palette is the list of the palette: what fits best of all kinds, or what was opened last.
func (h searchHandlers) palette(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v, err := h.begin(c)
	if err != nil {
		return err
	}
	if v.query.Typed == "" {
		v.recent = true
		v.hits, err = h.Search.Recent(ctx, recentSize)
		v.actions = h.all(c)
	} else {
		v.hits, err = h.Search.Find(ctx, search.Ask{Query: v.query, Limit: paletteSize})
		v.actions = h.actions(c, v.query)
	}
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Search", Body: palettePage(v)})
}

func (h searchHandlers) begin(c *fiber.Ctx) (found, error) {
	v := found{still: auth.From(c.UserContext()).Viewing()}
	web.Query(c, &v.f)
	v.query = search.Parse(v.f.Text)
	v.f.Text = v.query.Typed
	var err error
	v.filling, err = h.Index.Ready(c.UserContext())
	return v, err
}

// all are the pages of the menu and what else the viewer may do from anywhere.
func (h searchHandlers) all(c *fiber.Ctx) []search.Action {
	v := auth.From(c.UserContext())
	var all []search.Action
	for _, g := range h.Menu(v, c.Path()) {
		for _, item := range g.Items {
			all = append(all, search.Action{Title: item.Title, Words: g.Label + " page", Icon: item.Icon, URL: item.URL})
		}
	}
	for _, f := range h.All() {
		for _, a := range f.Actions {
			route := f.Name + "." + a.Route
			if v.Can(route) && (!a.Post || !v.Viewing() || route == SignOut) {
				all = append(all, a)
			}
		}
	}
	return all
}

// actions are the first of them that have the words.
func (h searchHandlers) actions(c *fiber.Ctx, q search.Query) []search.Action {
	fit := search.Actions(h.all(c), q)
	return fit[:min(len(fit), actionsOnPage)]
}

// openedForm names a thing.
type openedForm struct {
	Kind string `form:"kind" validate:"required,max=60"`
	ID   int64  `form:"id" validate:"required"`
}

// opened keeps what was opened, for the list that the palette begins with.
func (h searchHandlers) opened(c *fiber.Ctx) error {
	var f openedForm
	if err := web.Bind(c, &f); err != nil {
		return fault.New(fault.Invalid, "Say what was opened.")
	}
	if err := h.Search.Opened(c.UserContext(), strings.TrimSpace(f.Kind), f.ID); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// ownActions are what can be done from anywhere of what belongs to no feature.
func ownActions() []search.Action {
	theme := func(title, value, icon string) search.Action {
		return search.Action{Title: title, Words: "theme colours appearance mode", Icon: icon, Route: "account.theme", URL: "/theme", Post: true, Name: "theme", Value: value}
	}
	return []search.Action{
		{Title: "Inbox", Words: "notifications page", Icon: "bell", Route: "inbox.see", URL: "/inbox"},
		{Title: "Search", Words: "find page", Icon: "search", Route: "search.see", URL: searchPath},
		theme("Light theme", "light", "sun"), theme("Dark theme", "dark", "moon"), theme("Theme like the system", "system", "device-desktop"),
		{Title: "What to be told of", Words: "notifications mail settings", Icon: "bell", Route: "inbox.choice.see", URL: "/notifications"},
		{Title: "My drafts", Words: "unsent", Icon: "edit", Route: "account.draft.see", URL: "/drafts"},
		{Title: "Change password", Words: "account", Icon: "lock", Route: "account.password.form", URL: "/password"},
		{Title: "Second factor", Words: "account codes 2fa", Icon: "shield-lock", Route: "account.factor.see", URL: "/second-factor"},
		{Title: "My sessions", Words: "account devices", Icon: "device-desktop", Route: "account.sessions.see", URL: "/sessions"},
		{Title: "View as…", Words: "somebody else role", Icon: "eye", Route: "viewas.see", URL: "/view-as"},
		{Title: "Sign out", Words: "log out leave", Icon: "logout", Route: "signin.out", URL: "/logout", Post: true},
	}
}
