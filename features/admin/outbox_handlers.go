package admin

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/mail"
	"portal/app/web"
)

type outboxHandlers struct{ feature.Kit }

const outboxPath = "/admin/outbox"

func outbox(k feature.Kit) part {
	h := outboxHandlers{k}
	return part{
		routes: []feature.Route{
			feature.Get("outbox.see.list", "/outbox", "See the mails that the portal sends", h.list),
			feature.Post("outbox.edit.retry", "/outbox/:id<int>/retry", "Send a mail once more", h.retry),
			feature.Post("outbox.edit.discard", "/outbox/:id<int>/discard", "Discard a mail", h.discard),
			feature.Post("outbox.edit.failed", "/outbox/retry", "Send all failed mails once more", h.retryFailed),
			feature.Post("outbox.edit.test", "/outbox/test", "Send a test mail to oneself", h.test),
		},
		nav: []feature.NavItem{{Title: "Outbox", Icon: "mail", Route: "outbox.see.list", Category: menu, Weight: 100}},
	}
}

func (h outboxHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := outboxView{me: auth.From(ctx), known: h.Mail.Known(), now: h.DB.Now()}
	web.Query(c, &v.f)
	v.f.List = v.f.Tidy()
	var err error
	if v.counts, err = h.Mail.Counts(ctx); err != nil {
		return err
	}
	if v.rows, err = h.Mail.List(ctx, v.f); err != nil {
		return err
	}
	web.Push(c, v.page(v.rows.Page, v.rows.Size))
	return web.Show(c, web.Page{Title: "Outbox", Body: outboxPage(v)})
}

// outboxBack is the list as it was, which the form brings along.
func outboxBack(c *fiber.Ctx) string { return web.Local(web.Value(c, "back"), outboxPath) }

func (h outboxHandlers) retry(c *fiber.Ctx) error {
	return h.change(c, h.Mail.Retry, "The mail “%s” is sent once more in a moment.")
}

func (h outboxHandlers) discard(c *fiber.Ctx) error {
	return h.change(c, h.Mail.Discard, "The mail “%s” is discarded.")
}

// change does something with the mail of the address, and says so.
func (h outboxHandlers) change(c *fiber.Ctx, do outboxChange, said string) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return err
	}
	row, err := do(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: outboxBack(c), Toast: fmt.Sprintf(said, row.Subject)})
}

func (h outboxHandlers) retryFailed(c *fiber.Ctx) error {
	n, err := h.Mail.RetryFailed(c.UserContext())
	if err != nil {
		return err
	}
	said := "No mail has failed that could be sent once more."
	if n > 0 {
		said = fmt.Sprintf("Failed mails that are sent once more in a moment: %d.", n)
	}
	return web.Done(c, web.Result{Back: outboxBack(c), Toast: said})
}

func (h outboxHandlers) test(c *fiber.Ctx) error {
	to := auth.From(c.UserContext()).Email
	if !mail.Good(to) {
		return fault.New(fault.Conflict, "Your account has no e-mail address that the test could go to.")
	}
	if _, err := h.Mail.Test(c.UserContext(), to); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: outboxPath, Toast: "A test mail to " + to + " is sent in a moment. The list shows what became of it."})
}
