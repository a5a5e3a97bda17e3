package app

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// seen is the portal's viewer through the eyes that the session sees through; v when these are the person's own.
// ended is the sentence for the logs when the viewing as somebody else is over, or is no longer allowed.
func (p *Portal) seen(ctx context.Context, v *auth.Viewer, k kept) (seen *auth.Viewer, ended *data.Change, err error) {
	if k.View == "" {
		return v, nil, nil
	}
	until := time.Unix(k.ViewEnd, 0).UTC()
	eyes := auth.ParseEyes(k.View)
	seen, err = p.Users.See(ctx, v, eyes, until)
	switch {
	case err == nil && p.DB.Now().Before(until) && !v.NeedsFactor():
		return seen, nil, nil
	case err == nil:
		said := seen.Viewed("stopped viewing the portal as them: the time was over")
		return v, &said, nil
	case fault.Is(err, fault.Forbidden), fault.Is(err, fault.NotFound), fault.Is(err, fault.Conflict), fault.Is(err, fault.SignIn):
		return v, &data.Change{
			Feature: "admin", Kind: "user", ID: eyes.Person, Title: "No longer there, or no longer allowed",
			What: "stopped viewing the portal as them: it was no longer possible",
		}, nil
	}
	return nil, nil, err
}

// See makes the session look through somebody's eyes from the next request on.
// Errors: as auth.Users.See has them.
func (p *Portal) See(c *fiber.Ctx, e auth.Eyes) error {
	until := p.DB.Now().Add(auth.ViewLife).Truncate(time.Second)
	v, err := p.Users.See(c.UserContext(), auth.From(c.UserContext()), e, until)
	if err != nil {
		return err
	}
	return p.change(c, func(k *kept) { k.View, k.ViewEnd = e.String(), until.Unix() }, v.Viewed("began to view the portal as them"))
}

// Unsee makes the session look through the person's own eyes again. It does nothing when it does already.
func (p *Portal) Unsee(c *fiber.Ctx) error {
	v := auth.From(c.UserContext())
	if !v.Viewing() {
		return nil
	}
	return p.change(c, func(k *kept) { k.View, k.ViewEnd = "", 0 }, v.Viewed("stopped viewing the portal as them"))
}
