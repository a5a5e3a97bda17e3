package app

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/home"
	"portal/app/web"
)

// need lets through whom the mappings allow the route; the route is known by its name, never by the address.
// Whatever else stands before a route is here, too: the set-up of a second factor, and the password asked for again.
func (p *Portal) need(m Mounted, r feature.Route) fiber.Handler {
	name := strings.Clone(m.Name)
	return func(c *fiber.Ctx) error {
		web.Named(c, name)
		v := auth.From(c.UserContext())
		if v.Viewing() && name != home.StopViewing && name != home.SignOut && c.Method() == fiber.MethodPost {
			return fault.New(fault.Forbidden, "You are viewing the portal as %s, so nothing was changed. Stop viewing first.", v.Whom())
		}
		switch {
		case v.Viewing() && name == home.StopViewing: // whomever they see it as
			return c.Next()
		case v.Can(name):
		case !v.Known():
			return auth.NeedSignIn()
		default:
			return fault.New(fault.Forbidden, "You may not open this: %s is for %s.", strings.ToLower(m.Title[:1])+m.Title[1:],
				rolesSaid(p.Gate.Access().Who(name)))
		}
		if v.NeedsFactor() && !home.WithoutFactor(name) {
			return home.LeadToFactor(c)
		}
		if r.Confirm {
			if on, err := p.confirm.Pass(c); err != nil || !on {
				return err
			}
		}
		return c.Next()
	}
}
