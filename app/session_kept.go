package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"maps"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/session"
)

// What a session holds: little. It is written with each new id, and else once a minute only, since the last writer wins.
const (
	keyUser      = "user"
	keySignIn    = "sign-in"
	keyEnd       = "end"  // unix seconds
	keySeen      = "seen" // unix seconds
	keyKept      = "kept"
	keyConfirmed = "confirmed" // unix seconds
	keyRights    = "rights"
	keyView      = "view"
	keyViewEnd   = "view-end" // unix seconds
	keyMoved     = "moved"
)

// kept is what a session holds, read.
type kept struct {
	User, SignIn int64
	End, Seen    int64 // unix seconds
	Stay         bool  // signed in for 30 days
	Confirmed    int64 // when the password was last given: unix seconds
	Rights       string
	View         string // whose eyes it sees through, auth.Eyes; empty for the person's own
	ViewEnd      int64  // unix seconds
	Moved        string // the key that it is kept under now; all else but End is empty then
}

func (k kept) values() map[string]any {
	if k.Moved != "" {
		return map[string]any{keyMoved: k.Moved, keyEnd: k.End}
	}
	all := map[string]any{
		keyUser: k.User, keySignIn: k.SignIn, keyEnd: k.End, keySeen: k.Seen, keyKept: k.Stay,
		keyConfirmed: k.Confirmed, keyRights: k.Rights,
	}
	if k.View != "" {
		maps.Copy(all, map[string]any{keyView: k.View, keyViewEnd: k.ViewEnd})
	}
	return all
}

// encode is what a session holds as Fiber keeps it.
func (k kept) encode() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(k.values())
	return b.Bytes(), err
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
		k.Confirmed, _ = all[keyConfirmed].(int64)
		k.Rights, _ = all[keyRights].(string)
		k.View, _ = all[keyView].(string)
		k.ViewEnd, _ = all[keyViewEnd].(int64)
		k.Moved, _ = all[keyMoved].(string)
		return k, nil
	})
}

// opened is the session of a request. The zero value is none.
type opened struct {
	kept
	id       string // that it has now
	followed bool   // the browser still has an older id
}

// openedKey is where a request keeps its session, for who changes it later in the same request.
const openedKey = "app.session"

// trailMost is how often a session may have got another id since the one that a request came with.
const trailMost = 5

// opened is the session that the cookie opens. It is read from the database with every request, so that a session
// ends everywhere at once.
func (p *Portal) opened(ctx context.Context, c *fiber.Ctx) (opened, error) {
	o := opened{id: c.Cookies(p.cookieName())}
	for range trailMost {
		if !p.signer.Valid(o.id) {
			break
		}
		raw, err := p.store.Get(session.Key(o.id))
		if err != nil {
			return opened{}, fault.New(fault.Away, "The database does not answer. The page tries again by itself.").Because(err)
		}
		if raw == nil {
			break
		}
		if o.kept, err = p.decode(ctx, raw); err != nil {
			return opened{}, err
		}
		if o.Moved == "" {
			return o, nil
		}
		next := p.signer.Next(o.id)
		if p.DB.Now().Unix() >= o.End || session.Key(next) != o.Moved {
			break
		}
		o.id, o.followed = next, true
	}
	return opened{}, nil
}

// renew gives the session another id, under which it holds next. The old id leads to the new one for as long as
// requests with it may be under way. It reports whether it did so: when another request was faster, that one's holds.
func (p *Portal) renew(ctx context.Context, c *fiber.Ctx, o *opened, next kept, said ...data.Change) (bool, error) {
	now := p.DB.Now()
	next.Seen = now.Unix()
	value, err := next.encode()
	if err != nil {
		return false, fmt.Errorf("write session: %w", err)
	}
	id := p.signer.Next(o.id)
	trail, err := kept{Moved: session.Key(id), End: now.Add(trailLife).Unix()}.encode()
	if err != nil {
		return false, fmt.Errorf("write session: %w", err)
	}
	life := p.life(time.Unix(next.End, 0).Sub(now), next.Stay)
	won, err := p.Users.Rekey(ctx, auth.Rekey{
		SignIn: next.SignIn, Old: session.Key(o.id), New: session.Key(id), Value: value, Life: life, Trail: trail, Said: said,
	})
	if err != nil {
		return false, err
	}
	p.sendCookie(c, id, life) // it follows from the old id, so it is right if another request was faster, too
	if won {
		o.id, o.kept, o.followed = id, next, false
	}
	return won, nil
}

// sendCookie tells the browser its session's id, as Fiber does.
func (p *Portal) sendCookie(c *fiber.Ctx, id string, life time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: p.cookieName(), Value: id, Path: "/", MaxAge: int(life.Seconds()), Expires: time.Now().Add(life),
		HTTPOnly: true, Secure: p.Config.HTTPS(), SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// change puts something else into the session of the request, which gets another id.
// Errors: fault.SignIn without a session; fault.Conflict when another request changed it at the same time.
func (p *Portal) change(c *fiber.Ctx, set func(*kept), said ...data.Change) error {
	o, ok := c.Locals(openedKey).(*opened)
	if !ok || o.User == 0 {
		return auth.NeedSignIn()
	}
	next := o.kept
	set(&next)
	won, err := p.renew(c.UserContext(), c, o, next, said...)
	if err == nil && !won {
		err = fault.New(fault.Conflict, "Your session changed in the same moment. Please try again.")
	}
	return err
}

// Renew gives the session of the request another id.
func (p *Portal) Renew(c *fiber.Ctx) error { return p.change(c, func(*kept) {}) }

// Confirm keeps that the person has just given their password.
func (p *Portal) Confirm(c *fiber.Ctx) error {
	now := p.DB.Now()
	err := p.change(c, func(k *kept) { k.Confirmed = now.Unix() })
	if err != nil && !fault.Is(err, fault.Conflict) { // then it is asked for again the next time
		return err
	}
	auth.From(c.UserContext()).Confirmed = now
	return nil
}
