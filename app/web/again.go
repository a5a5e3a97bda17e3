package web

import (
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
)

// Take is one value of the request's body, which no longer holds it afterwards; empty when absent.
func Take(c *fiber.Ctx, name string) string {
	value := Value(c, name)
	if !Has(c, name) {
		return value
	}
	if m, err := c.MultipartForm(); err == nil {
		delete(m.Value, name)
		return value
	}
	args := c.Request().PostArgs()
	args.Del(name)
	c.Request().SetBody(args.QueryString())
	return value
}

// Sent is a name and a value of a form.
type Sent struct{ Name, Value string }

// Fields are all that the request's form holds, in their order where that is known, but for files and what only holds
// for one page: the token.
// Errors: fault.Unsupported for a body no form sends; fault.TooLarge for more fields than a form of ours has.
func Fields(c *fiber.Ctx) ([]Sent, error) {
	if _, err := bodyValues(c); err != nil {
		return nil, err
	}
	var all []Sent
	keep := func(name, value string) {
		if name != tokenField && len(all) <= fieldsMost {
			all = append(all, Sent{name, value})
		}
	}
	if m, err := c.MultipartForm(); err == nil {
		for _, name := range slices.Sorted(maps.Keys(m.Value)) {
			for _, value := range m.Value[name] {
				keep(name, value)
			}
		}
	} else {
		for name, value := range c.Request().PostArgs().All() {
			keep(string(name), string(value))
		}
	}
	if len(all) > fieldsMost {
		return nil, fault.New(fault.TooLarge, "This form has more than %d fields.", fieldsMost)
	}
	return all, nil
}

// fieldsMost bounds how many fields a form may have that comes back: a megabyte may hold half a million, and a page
// of them would be thirty times as large.
const fieldsMost = 10_000

// tokenField is the hidden field by which a form shows that it is one of ours.
const tokenField = "_csrf"
