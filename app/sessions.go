package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	fibersession "github.com/gofiber/fiber/v2/middleware/session"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/session"
)

// How long a session lasts in all, and with "keep me signed in"; its use is kept once a minute.
const (
	sessionAll  = 12 * time.Hour
	sessionKept = 30 * 24 * time.Hour
	seenEvery   = time.Minute
)

// trailLife is how long requests with the old id still find a session that has got another one: those that were
// under way.
const trailLife = 10 * time.Second

func (p *Portal) openSessions() error {
	storage, err := session.Open(p.DB.Read, p.DB.Writer(), p.DB.MySQL)
	if err != nil {
		return err
	}
	signer := session.NewSigner(p.Config.SecretKey)
	p.store = storage
	p.kept = cache.Rows[kept](p.Cache, "app.session")
	p.signer = signer
	p.sessions = fibersession.New(fibersession.Config{
		Storage: session.Signed(storage, signer), KeyGenerator: signer.NewID, Expiration: p.Config.SessionLife,
		KeyLookup: "cookie:" + p.cookieName(), CookiePath: "/", CookieHTTPOnly: true,
		CookieSecure: p.Config.HTTPS(), CookieSameSite: fiber.CookieSameSiteLaxMode,
	})
	return nil
}

// cookieName has the prefix over HTTPS by which browsers keep other hosts from setting it.
func (p *Portal) cookieName() string { return p.hostCookie("portal") }

func (p *Portal) hostCookie(name string) string {
	if p.Config.HTTPS() {
		return "__Host-" + name
	}
	return name
}

// asking is what a request's cookie says.
type asking struct {
	viewer *auth.Viewer
	bound  string // what the form's token is bound to
}

// session finds out who is asking. A visitor's cookie only binds the token of forms; nothing is stored for it.
func (p *Portal) session(ctx context.Context, c *fiber.Ctx) (asking, error) {
	visitor := func() (asking, error) {
		return asking{auth.Visitor(p.Gate.Access()), "visitor|" + p.visitor(c)}, nil
	}
	o, err := p.opened(ctx, c)
	if err != nil {
		return asking{}, err
	}
	if now := p.DB.Now(); o.User == 0 || now.Unix() >= o.End || p.idle(o.kept, now) {
		return visitor()
	}
	v, err := p.Users.Viewer(ctx, o.User)
	if fault.Is(err, fault.SignIn) {
		return visitor()
	}
	if err != nil {
		return asking{}, err
	}
	v.SignIn, v.Confirmed, v.Address, v.Request = o.SignIn, time.Unix(o.Confirmed, 0), p.address(c), fmt.Sprint(c.Locals("request"))
	if v, err = p.uphold(auth.With(ctx, v), c, v, &o); err != nil {
		return asking{}, err
	}
	c.Locals(openedKey, &o)
	return asking{v, bound(v)}, nil
}

// bound is what the forms of a session hold by: the session, whatever id it has now, and whose eyes it sees through.
func bound(v *auth.Viewer) string {
	return fmt.Sprintf("session|%d|%d|%d", v.SignIn, v.ID, unixOrZero(v.ViewUntil()))
}

func unixOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// uphold keeps the session true: another id when the person's rights have changed, the end of viewing as somebody
// else, and that it is in use. It gives who asks, as the portal is to look to them.
func (p *Portal) uphold(ctx context.Context, c *fiber.Ctx, v *auth.Viewer, o *opened) (*auth.Viewer, error) {
	seen, ended, err := p.seen(ctx, v, o.kept)
	if err != nil {
		return nil, err
	}
	next := o.kept
	next.Rights = v.Rights()
	var said []data.Change
	if ended != nil {
		next.View, next.ViewEnd, said = "", 0, []data.Change{*ended}
	}
	switch {
	case byItself(c):
	case next != o.kept:
		if _, err := p.renew(ctx, c, o, next, said...); err != nil {
			p.Log.Error("a session keeps its id though its rights have changed", "error", err) // on a full disk one can still read
		}
	case o.followed:
		p.sendCookie(c, o.id, p.life(time.Unix(o.End, 0).Sub(p.DB.Now()), o.Stay))
	default:
		err = p.touch(ctx, c, o.kept)
	}
	return seen, err
}

// byItself reports whether the page asked by itself, which is no use of a session.
func byItself(c *fiber.Ctx) bool { return c.Path() == eventsPath || c.Get("Portal-Live") != "" }

// idle reports whether nobody has used the session for its lifetime, by the portal's own clock.
func (p *Portal) idle(k kept, now time.Time) bool {
	return !k.Stay && now.Sub(time.Unix(k.Seen, 0)) >= p.Config.SessionLife
}

// touch keeps that the session is in use.
func (p *Portal) touch(ctx context.Context, c *fiber.Ctx, k kept) error {
	now := p.DB.Now()
	if now.Sub(time.Unix(k.Seen, 0)) < min(seenEvery, p.Config.SessionLife/4) {
		return nil
	}
	s, err := p.sessions.Get(c)
	if err != nil {
		return fmt.Errorf("keep that the session is in use: %w", err)
	}
	if s.Fresh() || s.Get(keyUser) == nil {
		return nil // ended a moment ago, or has got another id
	}
	s.Set(keySeen, now.Unix())
	s.SetExpiry(p.life(time.Unix(k.End, 0).Sub(now), k.Stay))
	key := session.Key(s.ID())
	if err := s.Save(); err != nil { // the last call on it: it goes back to a pool
		p.Log.Error("it is not kept that a session is in use", "error", err)
		return nil // on a full disk one can still read
	}
	live, err := p.Users.Seen(ctx, k.SignIn, key)
	if err != nil || live {
		return err
	}
	return p.store.Delete(key) // ended between the two, or has got another id: it was put back by the save
}

// life is how long a session lasts when nobody uses it.
func (p *Portal) life(left time.Duration, kept bool) time.Duration {
	if kept {
		return left
	}
	return min(p.Config.SessionLife, left)
}

// visitor is the number of a browser nobody has signed in with.
func (p *Portal) visitor(c *fiber.Ctx) string {
	name := p.hostCookie("portal_visitor")
	if have := c.Cookies(name); len(have) == 26 {
		return strings.Clone(have)
	}
	made := rand.Text()
	c.Cookie(&fiber.Cookie{
		Name: name, Value: made, Path: "/", HTTPOnly: true, Secure: p.Config.HTTPS(), SameSite: fiber.CookieSameSiteLaxMode,
	})
	return made
}

// Begin signs a person in: a new id, whatever the browser had before.
func (p *Portal) Begin(c *fiber.Ctx, user auth.User, stay bool) error {
	old, err := p.opened(c.UserContext(), c)
	if err != nil {
		return err
	}
	if old.id != "" {
		if err := p.store.Delete(session.Key(old.id)); err != nil {
			return fmt.Errorf("end the old session: %w", err)
		}
	}
	c.Request().Header.DelCookie(p.cookieName())
	s, err := p.sessions.Get(c)
	if err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	now := p.DB.Now()
	all := sessionAll
	if stay {
		all = sessionKept
	}
	row, err := p.Users.Began(c.UserContext(), user, auth.SignIn{
		SessionKey: session.Key(s.ID()), Address: auth.From(c.UserContext()).Address,
		Device: strings.Clone(c.Get(fiber.HeaderUserAgent)), Kept: stay, EndsAt: now.Add(all),
	})
	if err != nil {
		return err
	}
	v, err := p.Users.Viewer(c.UserContext(), user.ID)
	if err != nil {
		return err
	}
	k := kept{
		User: user.ID, SignIn: row.ID, End: now.Add(all).Unix(), Seen: now.Unix(), Stay: stay,
		Confirmed: now.Unix(), Rights: v.Rights(),
	}
	for name, value := range k.values() {
		s.Set(name, value)
	}
	s.SetExpiry(p.life(all, stay))
	if err := s.Save(); err != nil {
		return fmt.Errorf("keep the session: %w", err)
	}
	return nil
}

// End signs the person out, at once and everywhere this session is open.
func (p *Portal) End(c *fiber.Ctx) error {
	v := auth.From(c.UserContext()).Real()
	if v.Known() {
		if err := p.Users.End(c.UserContext(), v.ID, v.SignIn); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	c.Cookie(&fiber.Cookie{
		Name: p.cookieName(), Path: "/", MaxAge: -1, HTTPOnly: true, Secure: p.Config.HTTPS(), SameSite: fiber.CookieSameSiteLaxMode,
	})
	return nil
}
