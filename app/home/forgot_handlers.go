package home

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
)

// forgotInput is what somebody fills in who has forgotten their password.
type forgotInput struct {
	Name string `form:"name" validate:"required,max=200"`
}

func (h signInHandlers) forgotForm(c *fiber.Ctx) error {
	return web.Show(c, bare("Forgotten password", forgotPage(forgotView{known: h.Mail.Known()})))
}

// forgot keeps the request, which a job answers: this answer and the time it takes say nothing about the name.
func (h signInHandlers) forgot(c *fiber.Ctx) error {
	ctx := c.UserContext()
	if !h.Mail.Known() {
		return web.ShowAs(c, fiber.StatusConflict, bare("Forgotten password", forgotPage(forgotView{})))
	}
	var f forgotInput
	err := web.Bind(c, &f)
	// Counted apart from failed sign-ins: who asks for a link must still be able to sign in, and so must their neighbours.
	asked := h.Kit
	asked.Throttle = h.Throttle.Apart("forgot")
	address, account := auth.From(ctx).Address, strings.TrimSpace(f.Name)
	if err == nil {
		err = asked.free(ctx, account, address)
	}
	switch {
	case fault.Is(err, fault.Invalid):
		return web.Retry(c, err, bare("Forgotten password", forgotPage(forgotView{f.Name, false, true, fault.Of(err).Fields})))
	case fault.Is(err, fault.TooMany):
		said := map[string]string{"": fault.Of(err).Public}
		return web.Retry(c, err, bare("Forgotten password", forgotPage(forgotView{f.Name, false, true, said})))
	case err != nil:
		return err
	}
	if err := asked.Throttle.Failed(ctx, account, address); err != nil {
		return err
	}
	if err := h.Users.Forgot(ctx, f.Name, address); err != nil {
		return err
	}
	return web.Show(c, bare("Forgotten password", forgotPage(forgotView{sent: true})))
}

// ended answers a link that works no more.
func ended(c *fiber.Ctx, err error) error {
	return web.ShowAs(c, fiber.StatusNotFound, bare("This link has ended", linkEndedPage(fault.Of(err).Public)))
}
