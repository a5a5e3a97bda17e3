// Package home holds the pages of no feature: signing in, the start page, one's own account, and the stream of changes.
// It is a feature value like any other, mounted at "/" and never off.
package home

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/directory"
	"portal/app/draft"
	"portal/app/feature"
	"portal/app/inbox"
	"portal/app/live"
	"portal/app/search"
	"portal/components"
)

// Kit is what the home is built from beyond a feature's kit.
type Kit struct {
	feature.Kit
	Throttle  *auth.Throttle
	Sessions  Sessions
	Hub       *live.Hub
	Directory *directory.Directory // nil: there is none
	Search    *search.Finder
	Index     *search.Index
	Menu      func(v *auth.Viewer, path string) []components.NavGroup
}

// Sessions signs people in and out.
type Sessions interface {
	Begin(c *fiber.Ctx, user auth.User, kept bool) error
	Renew(c *fiber.Ctx) error
	Confirm(c *fiber.Ctx) error
	See(c *fiber.Ctx, e auth.Eyes) error
	Unsee(c *fiber.Ctx) error
	End(c *fiber.Ctx) error
}

// SignOut and StopViewing are the writes that are open to who views the portal as somebody else.
const (
	SignOut     = "home.signin.out"
	StopViewing = "home.viewas.stop"
)

// New declares the home.
func New(k Kit) (feature.Feature, error) {
	s := signInHandlers{k, &turns{}}
	a := accountHandlers{k}
	e := eventHandlers{k}
	f := factorHandlers{k}
	w := viewHandlers{k}
	d := draftHandlers{k, draft.New(k.DB)}
	i := inboxHandlers{k}
	find := searchHandlers{k}
	return feature.Feature{
		Name:  "home",
		Title: "Home",
		Access: []feature.Access{
			{Node: "home.start", Label: "Open the start page", Roles: []string{auth.SignedIn}},
			{Node: "home.account", Label: "Change one's own account", Roles: []string{auth.SignedIn}},
			{Node: "home.people", Label: "See people's names and pictures", Roles: []string{auth.SignedIn}},
			{Node: "home.events", Label: "Hear of others' changes", Roles: []string{auth.SignedIn}},
			{Node: "home.signin", Label: "Sign in and out", Roles: []string{auth.Anyone}},
			{Node: "home.inbox", Label: "Read one's own inbox and choose what to be told of", Roles: []string{auth.SignedIn}},
			{Node: "home.search", Label: "Search for what one may see", Roles: []string{auth.SignedIn}},
			{Node: "home.viewas", Label: "View the portal as a role or a person (administrators only)", Roles: []string{auth.Admin}},
		},
		Nav: []feature.NavItem{{Title: "Home", Icon: "home", Route: "start.see", Weight: 0}},
		Routes: []feature.Route{
			feature.Get("start.see", "/", "Start page", startHandlers{k}.show),
			feature.Get("signin.form", "/login", "Sign in", s.form),
			feature.Post("signin.do", "/login", "Sign in", s.signIn),
			feature.Get("signin.code.form", "/login/code", "Give the second factor", s.codeForm),
			feature.Post("signin.code.do", "/login/code", "Give the second factor", s.code),
			feature.Post("signin.out", "/logout", "Sign out", s.signOut),
			feature.Get("signin.welcome", "/welcome/:token", "Make the first administrator", s.welcome),
			feature.Post("signin.welcome.do", "/welcome/:token", "Make the first administrator", s.makeFirst),
			feature.Get("signin.set", "/set-password/:token", "Set a password by link", s.setForm),
			feature.Post("signin.set.do", "/set-password/:token", "Set a password by link", s.set),
			feature.Get("signin.forgot", "/forgot", "Ask for a link to set a password", s.forgotForm),
			feature.Post("signin.forgot.do", "/forgot", "Ask for a link to set a password", s.forgot),
			feature.Get("account.password.form", "/password", "Change the password", a.passwordForm),
			feature.Post("account.password.change", "/password", "Change the password", a.changePassword),
			feature.Get("account.confirm.form", "/confirm", "Give the password again", a.confirmForm),
			feature.Post("account.confirm.do", "/confirm", "Give the password again", a.confirmNow),
			feature.Get("account.factor.see", "/second-factor", "One's own second factor", f.show),
			feature.Get("account.factor.setup", "/second-factor/set-up", "Set up a second factor", f.setUp).Confirmed(),
			feature.Post("account.factor.begin", "/second-factor/set-up", "Set up a second factor", f.begin).Confirmed(),
			feature.Post("account.factor.codes", "/second-factor/codes", "Make new recovery codes", f.codes).Confirmed(),
			feature.Post("account.factor.end", "/second-factor/off", "Switch off the second factor", f.end),
			feature.Get("account.sessions.see", "/sessions", "One's own sessions", a.sessions),
			feature.Post("account.sessions.end", "/sessions/:id<int>/end", "End one of one's own sessions", a.endSession),
			feature.Post("account.sessions.others", "/sessions/end-others", "End all other sessions of one's own", a.endOthers),
			feature.Post("account.theme", "/theme", "Choose light or dark", a.theme),
			feature.Get("account.draft.see", "/drafts", "One's own drafts", d.show),
			feature.Post("account.draft.keep", "/drafts", "Keep a draft of a form", d.keep),
			feature.Post("account.draft.discard", "/drafts/discard", "Discard a draft", d.discard),
			feature.Get("viewas.see", "/view-as", "View the portal as somebody else", w.form),
			feature.Post("viewas.start", "/view-as", "View the portal as somebody else", w.start),
			feature.Post("viewas.stop", "/view-as/stop", "Stop viewing as somebody else", w.stop),
			feature.Get("people.avatar", "/people/:id<int>/avatar", "A person's picture", a.avatar),
			feature.Get("search.see", searchPath, "Search", find.show),
			feature.Get("search.see.palette", searchPath+"/palette", "What the palette finds", find.palette),
			feature.Post("search.opened", searchPath+"/opened", "Keep what was opened by searching", find.opened),
			feature.Get("inbox.see", "/inbox", "One's own inbox", i.list),
			feature.Get("inbox.see.bell", "/inbox/bell", "How much is unread", i.bell),
			feature.Post("inbox.open", "/inbox/:id<int>/open", "Open what a notification is about", i.open),
			feature.Post("inbox.mark", "/inbox/:id<int>/mark", "Mark a notification read or unread", i.mark),
			feature.Post("inbox.mark.all", "/inbox/read", "Mark all notifications read", i.markAll),
			feature.Get("inbox.choice.see", "/notifications", "What one is told of", i.choices),
			feature.Post("inbox.choice.save", "/notifications", "Choose what to be told of", i.choose),
			{Name: "events.hear", Title: "Stream of changes", Method: fiber.MethodGet, Path: "/events", Do: e.hear, Stream: true},
		},
		Actions: ownActions(),
		Caches:  append(k.Users.Caches(), k.Inbox.Caches()...),
		Jobs:    []feature.Job{{Name: "home.drafts", Title: "Remove drafts that nobody has changed for 30 days", Every: 24 * time.Hour, Run: d.drafts.Purge}},
		Live: func(ctx context.Context, topic string) bool {
			v := auth.From(ctx)
			return v.Known() && topic == inbox.Topic(v.ID)
		},
	}, nil
}
