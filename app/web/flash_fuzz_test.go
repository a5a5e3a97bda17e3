package web

import (
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func FuzzFlash_ShowsOnlyItsOwn(f *testing.F) {
	for _, s := range []string{"", ".", "eyJUZXh0IjoieCJ9.AAAA", "eyJUZXh0IjoieCJ9.", "a.b.c", strings.Repeat("A", 5000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cookie string) {
		app := fiber.New(fiber.Config{Immutable: true})
		var raw fasthttp.RequestCtx
		raw.Request.Header.SetCookie(flashCookie, cookie)
		c := app.AcquireCtx(&raw)
		defer app.ReleaseCtx(c)
		Around(c, &Frame{Secret: []byte("a secret of the tests")})
		if got := takeFlash(c); len(got) > 0 {
			t.Fatalf("%q shows %v", cookie, got)
		}
	})
}
