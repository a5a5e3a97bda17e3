package app

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/setting"
	"portal/components"
)

// ready answers whether the database and its migrations are in order, and the server stays.
func (p *Portal) ready(c *fiber.Ctx) error {
	if p.leaving.Load() {
		return fault.New(fault.Away, "This server is about to stop.")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	pending, err := p.Schema.Pending(ctx)
	if err != nil {
		return fault.New(fault.Away, "The database does not answer.").Because(err)
	}
	if pending > 0 {
		return fault.New(fault.Away, "%d migrations have not run.", pending)
	}
	return c.SendString("ready\n")
}

// securityText says how to report a hole. https://www.rfc-editor.org/rfc/rfc9116
func (p *Portal) securityText(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	until := p.DB.Now().AddDate(0, 6, 0).Format(time.RFC3339)
	contact := components.ContactURL(setting.Contact.Of(p.Settings))
	if contact == "" { // the file must name an address, and a telephone number or a room is none
		contact = p.Config.BaseURL + "/"
	}
	return c.SendString("Contact: " + contact + "\nExpires: " + until + "\nPreferred-Languages: en\n")
}
