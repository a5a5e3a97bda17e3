package app_test

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/feature"
	"portal/app/web"
)

// vault is a feature whose routes ask for the password again; it keeps what its form sent.
type vault struct{ got []string }

func (v *vault) feature(feature.Kit) (feature.Feature, error) {
	return feature.Feature{
		Name: "vault", Title: "Vault", Access: []feature.Access{{Node: "vault", Label: "The vault", Roles: []string{auth.SignedIn}}},
		Routes: []feature.Route{
			feature.Get("door.see", "/", "Look at the door", func(c *fiber.Ctx) error {
				return web.Show(c, web.Page{Title: "Door", Body: templ.Raw("<p>open</p>")})
			}).Confirmed(),
			feature.Post("door.open", "/open", "Open the door", func(c *fiber.Ctx) error {
				fields, err := web.Fields(c)
				v.got = append(v.got, fmt.Sprint(fields), string(c.Body()), string(c.Request().URI().QueryString()))
				if err != nil {
					return err
				}
				return web.Done(c, web.Result{Back: "/", Toast: "The door is open."})
			}).Confirmed(),
		},
	}, nil
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// again is the form that came back, filled in.
func again(a apptest.Answer, more ...string) map[string][]string {
	form := apptest.Form(more...)
	for _, m := range hiddenField.FindAllStringSubmatch(a.Body, -1) {
		form.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return form
}

func TestS25_WhatIsConfirmedAsksForThePasswordAfterTenMinutes(t *testing.T) {
	v := &vault{}
	var log bytes.Buffer
	p := apptest.With(t, apptest.Options{Features: []feature.New{v.feature}, Log: &log})
	b := p.As("Ada", "user")
	b.Get("/vault/").Want(http.StatusOK, "open") // signing in counts
	b.Post("/vault/open", apptest.Form("n", "0")).Want(http.StatusSeeOther)
	p.Clock.Add(10 * time.Minute)
	v.got = nil
	before := b.Cookie("portal")

	if to := b.Get("/vault/?a=b").Want(http.StatusSeeOther).Location(); to != "/confirm?next=%2Fvault%2F%3Fa%3Db" {
		t.Errorf("a page leads to %s", to)
	}
	if to := b.Fragment(http.MethodGet, "/vault/", "x", nil).Want(http.StatusForbidden).Location(); to != "/confirm?next=%2F" {
		t.Errorf("a piece of a page leads to %s", to)
	}
	a := b.Post("/vault/open?q=1", apptest.Form("n", "1", "text", "a <b>\r\nc\"", "n", "2")).
		Want(http.StatusForbidden, `action="/vault/open?q=1"`, "Nothing has been changed yet")
	for _, wrong := range []string{"", "not this one"} {
		form := again(a, "_confirm", wrong)
		if status := b.Post("/vault/open?q=1", form).Status; status != http.StatusForbidden && status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", wrong, status)
		}
	}
	if len(v.got) > 0 || b.Cookie("portal") != before {
		t.Fatalf("the door heard %q", v.got)
	}
	a = b.Post("/vault/open?q=1", again(a, "_confirm", "not this one")).Want(http.StatusUnprocessableEntity, "This is not your password.")
	b.Post("/vault/open?q=1", again(a, "_confirm", apptest.Password)).Want(http.StatusSeeOther)
	if len(v.got) != 3 || v.got[2] != "q=1" || !strings.Contains(v.got[0], "{n 1} {n 2}") || !strings.Contains(v.got[0], "{text a <b>\r\nc\"}") {
		t.Errorf("the door heard %q", v.got)
	}
	if all := strings.Join(v.got, "") + log.String(); strings.Contains(all, "violet") || strings.Contains(all, "_confirm") {
		t.Error("the password went on to the handler or the log")
	}
	if b.Cookie("portal") == before {
		t.Error("the session kept its id")
	}
	b.Post("/vault/open", apptest.Form("n", "3")).Want(http.StatusSeeOther)
	p.Clock.Add(9 * time.Minute)
	b.Get("/vault/").Want(http.StatusOK)
	p.Clock.Add(time.Minute)
	b.Get("/vault/").Want(http.StatusSeeOther)
}

func TestS25_APieceOfAPageAsksInTheDialog(t *testing.T) {
	v := &vault{}
	p := apptest.New(t, v.feature)
	b := p.As("Ada", "user")
	p.Clock.Add(11 * time.Minute)
	a := b.Fragment(http.MethodPost, "/vault/open", "role-1", apptest.Form("n", "1")).Want(http.StatusForbidden, "dialog-head", `name="_confirm"`)
	if a.Header.Get("HX-Retarget") != "#dialog-body" || a.Header.Get("HX-Reswap") != "innerHTML" || strings.Contains(a.Body, "<html") {
		t.Errorf("target %q, swap %q\n%s", a.Header.Get("HX-Retarget"), a.Header.Get("HX-Reswap"), a.Body)
	}
	if len(v.got) > 0 {
		t.Errorf("the door heard %q", v.got)
	}
	b.Post("/vault/open", again(a, "_confirm", apptest.Password)).Want(http.StatusSeeOther)
	if len(v.got) == 0 {
		t.Error("the form was not gone on with")
	}
}

// What a form brings with it does not stand in for a session in which the password was given.
func TestS25_AFormWithFilesAsksAndTakesThePasswordOut(t *testing.T) {
	v := &vault{}
	p := apptest.New(t, v.feature)
	b := p.As("Ada", "user")
	p.Clock.Add(11 * time.Minute)
	body := func(password string) apptest.Request {
		parts := ""
		for _, f := range [][2]string{{"_csrf", b.Token()}, {"n", "1"}, {"_confirm", password}} {
			parts += "--x\r\nContent-Disposition: form-data; name=\"" + f[0] + "\"\r\n\r\n" + f[1] + "\r\n"
		}
		parts += "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n1,2\r\n--x--\r\n"
		return apptest.Request{Method: http.MethodPost, Path: "/vault/open", Body: parts, Header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}}
	}
	b.Do(body("wrong")).Want(http.StatusUnprocessableEntity).Lacks("a.csv", "wrong\"")
	b.Do(body(apptest.Password)).Want(http.StatusSeeOther)
	if len(v.got) != 3 || v.got[0] != "[{n 1}]" {
		t.Errorf("the door heard %q", v.got)
	}
}

func TestS25_WrongPasswordsAreLimited(t *testing.T) {
	p := apptest.New(t, (&vault{}).feature)
	b := p.As("Ada", "user")
	p.Clock.Add(11 * time.Minute)
	for range 3 {
		b.Post("/confirm", apptest.Form("password", "wrong")).Want(http.StatusUnprocessableEntity, "not your password")
	}
	for range 2 {
		b.Post("/vault/open", apptest.Form("_confirm", "wrong")).Want(http.StatusUnprocessableEntity)
	}
	if a := b.Post("/vault/open", apptest.Form("_confirm", apptest.Password)).Want(http.StatusTooManyRequests, `name="_confirm"`); a.Header.Get("Retry-After") == "" {
		t.Error("it is not said when to try again")
	}
	b.Post("/confirm", apptest.Form("password", apptest.Password)).Want(http.StatusTooManyRequests)
	p.Visitor().SignIn("ada", apptest.Password).Want(http.StatusTooManyRequests)
	p.Clock.Add(time.Minute)
	b.Get("/confirm?next=/vault/").Want(http.StatusOK, `value="/vault/"`)
	if to := b.Post("/confirm", apptest.Form("password", apptest.Password, "next", "//evil.test")).Want(http.StatusSeeOther).Location(); to != "/" {
		t.Errorf("leads to %s", to)
	}
	b.Get("/vault/").Want(http.StatusOK)
}

// The second factor of somebody at another's open browser is not theirs to change.
func TestS25_TheSecondFactorAsksForThePassword(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	setUp(t, p, b)
	p.Clock.Add(11 * time.Minute)
	b.Get("/second-factor/set-up").Want(http.StatusSeeOther)
	b.Post("/second-factor/codes", nil).Want(http.StatusForbidden)
	b.Post("/second-factor/set-up", apptest.Form("code", "1", "setup", "x")).Want(http.StatusForbidden)
	if n := p.Count("audit_lines", "action = 'made new recovery codes'"); n != 0 {
		t.Errorf("%d times new codes were made", n)
	}
}
