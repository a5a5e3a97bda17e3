package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/components"
)

// The flash is a toast on its way over a redirect. It travels in a signed cookie for a minute:
// nothing is stored, and two pages opened at once can't take each other's.
const (
	flashCookie = "portal_flash"
	flashLife   = 60 // seconds
)

func keepFlash(c *fiber.Ctx, t components.Toast) {
	if t.Text == "" {
		return
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return // a toast is not worth an error
	}
	body := base64.RawURLEncoding.EncodeToString(raw)
	c.Cookie(&fiber.Cookie{
		Name: flashCookie, Value: body + "." + signFlash(c, body), Path: "/", MaxAge: flashLife,
		HTTPOnly: true, Secure: frame(c).Secure, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// takeFlash is the toast that waits, if it is ours; it is shown once.
func takeFlash(c *fiber.Ctx) []components.Toast {
	sent := c.Cookies(flashCookie)
	if sent == "" {
		return nil
	}
	c.Cookie(&fiber.Cookie{
		Name: flashCookie, Path: "/", MaxAge: -1, HTTPOnly: true, Secure: frame(c).Secure, SameSite: fiber.CookieSameSiteLaxMode,
	})
	body, mac, _ := strings.Cut(sent, ".")
	if !hmac.Equal([]byte(mac), []byte(signFlash(c, body))) {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return nil
	}
	var t components.Toast
	if json.Unmarshal(raw, &t) != nil {
		return nil
	}
	return []components.Toast{t}
}

func signFlash(c *fiber.Ctx, body string) string {
	m := hmac.New(sha256.New, frame(c).Secret)
	m.Write([]byte("flash|" + body))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}
