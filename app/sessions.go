package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	fibersession "github.com/gofiber/fiber/v2/middleware/session"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/fault"
	"portal/app/session"
)

// How long a session lasts in all, and with "keep me signed in"; its use is kept once a minute.
const (
	sessionAll  = 12 * time.Hour
	sessionKept = 30 * 24 * time.Hour
	seenEvery   = time.Minute
)

// What a session holds: little, and written at sign-in and then once a minute only, since the last writer wins.
const (
	keyUser   = "user"
	keySignIn = "sign-in"
	keyEnd    = "end"  // unix seconds
	keySeen   = "seen" // unix seconds
	keyKept   = "kept"
)

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

// kept is what a session holds, read.
type kept struct {
	User, SignIn int64
	End, Seen    int64 // unix seconds
	Stay         bool  // signed in for 30 days
}

// session finds out who is asking. A visitor's cookie only binds the token of forms; nothing is stored for it.
func (p *Portal) session(ctx context.Context, c *fiber.Ctx) (asking, error) {
	visitor := func() (asking, error) {
		return asking{auth.Visitor(p.Gate.Access()), "visitor|" + p.visitor(c)}, nil
	}
	id := c.Cookies(p.cookieName())
	if !p.signer.Valid(id) {
		return visitor()
	}
	// Read from the database with every request, so that a session ends everywhere at once.
	raw, err := p.store.Get(session.Key(id))
	if err != nil {
		return asking{}, fault.New(fault.Away, "The database does not answer. The page tries again by itself.").Because(err)
	}
	if raw == nil {
		return visitor()
	}
	k, err := p.decode(ctx, raw)
	if err != nil {
		return asking{}, err
	}
	if now := p.DB.Now(); k.User == 0 || now.Unix() >= k.End || p.idle(k, now) {
		return visitor()
	}
	v, err := p.Users.Viewer(ctx, k.User)
	if fault.Is(err, fault.SignIn) {
		return visitor()
	}
	if err != nil {
		return asking{}, err
	}
	v.SignIn = k.SignIn
	return asking{v, id}, p.touch(ctx, c, k)
}

// decode reads what a session holds. The same bytes are read once: Fiber keeps them as gob, which takes
// longer to read than the whole query for them.
func (p *Portal) decode(ctx context.Context, raw []byte) (kept, error) {
	sum := sha256.Sum256(raw)
	return p.kept.Get(ctx, hex.EncodeToString(sum[:16]), func(context.Context) (kept, error) {
		var all map[string]any
		if err := gob.NewDecoder(bytes.NewReader(raw)).Decode(&all); err != nil {
			return kept{}, fmt.Errorf("read session: %w", err)
		}
		var k kept
		k.User, _ = all[keyUser].(int64)
		k.SignIn, _ = all[keySignIn].(int64)
		k.End, _ = all[keyEnd].(int64)
		k.Seen, _ = all[keySeen].(int64)
		k.Stay, _ = all[keyKept].(bool)
		return k, nil
	})
}

// idle reports whether nobody has used the session for its lifetime, by the portal's own clock.
func (p *Portal) idle(k kept, now time.Time) bool {
	return !k.Stay && now.Sub(time.Unix(k.Seen, 0)) >= p.Config.SessionLife
}

// touch keeps that the session is in use. What a page asks for by itself is no use of it.
func (p *Portal) touch(ctx context.Context, c *fiber.Ctx, k kept) error {
	now := p.DB.Now()
	if now.Sub(time.Unix(k.Seen, 0)) < min(seenEvery, p.Config.SessionLife/4) || c.Path() == eventsPath || c.Get("Portal-Live") != "" {
		return nil
	}
	s, err := p.sessions.Get(c)
	if err != nil {
		return fmt.Errorf("keep that the session is in use: %w", err)
	}
	if s.Fresh() {
		return nil // ended a moment ago
	}
	s.Set(keySeen, now.Unix())
	s.SetExpiry(p.life(time.Unix(k.End, 0).Sub(now), k.Stay))
	key := session.Key(s.ID())
	if err := s.Save(); err != nil { // the last call on it: it goes back to a pool
		p.Log.Error("it is not kept that a session is in use", "error", err)
		return nil // on a full disk one can still read
	}
	live, err := p.Users.Seen(ctx, k.SignIn, now)
	if err != nil || live {
		return err
	}
	return p.store.Delete(key) // ended between the two: it was put back by the save
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
func (p *Portal) Begin(c *fiber.Ctx, user auth.User, kept bool) error {
	if old := c.Cookies(p.cookieName()); p.signer.Valid(old) {
		if err := p.store.Delete(session.Key(old)); err != nil {
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
	if kept {
		all = sessionKept
	}
	row, err := p.Users.Began(c.UserContext(), user, auth.SignIn{
		SessionKey: session.Key(s.ID()), Address: auth.From(c.UserContext()).Address,
		Device: strings.Clone(c.Get(fiber.HeaderUserAgent)), Kept: kept, EndsAt: now.Add(all),
	})
	if err != nil {
		return err
	}
	s.Set(keyUser, user.ID)
	s.Set(keySignIn, row.ID)
	s.Set(keyEnd, now.Add(all).Unix())
	s.Set(keySeen, now.Unix())
	s.Set(keyKept, kept)
	s.SetExpiry(p.life(all, kept))
	if err := s.Save(); err != nil {
		return fmt.Errorf("keep the session: %w", err)
	}
	return nil
}

// End signs the person out, at once and everywhere this session is open.
func (p *Portal) End(c *fiber.Ctx) error {
	v := auth.From(c.UserContext())
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
