//go:build browser

package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp/kb"
	"github.com/gofiber/fiber/v2"
	"github.com/pquerna/otp/totp"

	"portal/app/apptest"
	"portal/app/apptest/browser"
	"portal/app/auth"
	"portal/app/feature"
	"portal/app/web"
	"portal/features"
)

// codeOf is what an authenticator app shows that has taken the key on the page.
func codeOf(t *testing.T, p *apptest.Portal, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(strings.TrimSpace(key), " ", ""), p.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// A second factor, from its menu to the second sign-in, without a pointer.
func TestJourney_SecondFactorByKeyboard(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Person("Ada Lovelace", "user")
	tab := browser.Open(t, p)
	tab.SignIn("ada.lovelace")
	tab.Go("/second-factor")
	tab.Check("factor-off")
	browser.Eval[any](tab, `document.querySelector("main .empty a").focus()`)
	tab.Keys(kb.Enter)
	tab.At("/second-factor/set-up")
	tab.Check("factor-setup")
	tab.Focused("#f-code")
	key := tab.Text(".secret")
	tab.Keys("000000" + kb.Enter)
	tab.WaitText("This code is wrong.")
	tab.Focused("#f-code")
	if again := tab.Text(".secret"); again != key {
		t.Errorf("the key changed from %q to %q: the phone has the first", key, again)
	}
	tab.Clean("422")
	tab.Keys(codeOf(t, p, key) + kb.Enter)
	tab.Wait("#recovery-codes")
	tab.Until(`document.querySelectorAll("#recovery-codes li").length === 10 && !document.querySelector("[data-copy]").hidden`)
	tab.Check("factor-codes")
	recovery := strings.TrimSpace(tab.Text("#recovery-codes li"))
	browser.Eval[any](tab, `document.querySelector("main .button-main").focus()`)
	tab.Keys(kb.Enter)
	tab.WaitText("10 codes left of ten")
	tab.Check("factor-on")

	p.Clock.Add(time.Minute)
	signIn := func(code string) {
		tab.Click(".person-menu summary")
		tab.Press(".person-menu form[action='/logout'] button")
		tab.WaitText("You are signed out.")
		tab.Keys("ada.lovelace" + kb.Tab + apptest.Password + kb.Enter)
		tab.At("/login/code?next=%2F")
		tab.Focused("#f-code")
		tab.Check("sign-in-code")
		tab.Keys("123456" + kb.Enter)
		tab.WaitText("This code is wrong.")
		tab.Clean("422")
		tab.Check("sign-in-code-wrong")
		tab.Keys(code + kb.Enter)
		tab.Wait(".person-menu")
	}
	signIn(codeOf(t, p, key))
	signIn(recovery)
	tab.Go("/second-factor")
	tab.WaitText("9 codes left of ten")
}

// door is a feature with a button of htmx that asks for the password again.
func door(feature.Kit) (feature.Feature, error) {
	return feature.Feature{
		Name: "door", Title: "Door", Access: []feature.Access{{Node: "door", Label: "The door", Roles: []string{auth.SignedIn}}},
		Routes: []feature.Route{
			feature.Get("door.see.page", "/", "Look at the door", func(c *fiber.Ctx) error {
				return web.Show(c, web.Page{Title: "Door", Body: templ.Raw(`<h1>Door</h1><form id="piece" hx-post="/door/open" hx-target="this" hx-swap="outerHTML">
					<input type="hidden" name="keys" value="seven &amp; eight"><button class="button">Open</button></form>`)})
			}),
			feature.Post("door.edit.open", "/open", "Open the door", func(c *fiber.Ctx) error {
				return web.Done(c, web.Result{Piece: templ.Raw(`<p>quietly</p>`), Back: "/door/", Toast: "Opened with " + web.Value(c, "keys") + "."})
			}).Confirmed(),
		},
	}, nil
}

func TestJourney_ThePasswordAgainInTheDialog(t *testing.T) {
	p := apptest.New(t, door)
	p.Person("Ada Lovelace", "user")
	tab := browser.Open(t, p)
	tab.SignIn("ada.lovelace")
	tab.Go("/door/")
	p.Clock.Add(11 * time.Minute)
	tab.Click("#piece button")
	tab.Wait("#dialog[open] #f-_confirm")
	tab.Focused("#f-_confirm")
	tab.Clean("403", "htmx:responseError", "Response Status Error Code 403")
	tab.Check("confirm-dialog")
	tab.Keys("wrong" + kb.Enter)
	tab.WaitText("This is not your password.")
	tab.Clean("422")
	tab.Check("confirm-page")
	tab.Keys(apptest.Password + kb.Enter)
	tab.WaitText("Opened with seven & eight.")
	tab.At("/door/")
	tab.Click("#piece button")
	tab.WaitText("quietly")
	tab.Clean()
}

func TestJourney_ViewAs(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Person("Ada Lovelace", "user")
	p.Person("Root Admin", "admin")
	tab := browser.Open(t, p)
	tab.SignIn("root.admin")
	tab.Click(".person-menu summary")
	tab.Press(".person-menu a[href='/view-as']")
	tab.Check("view-as")
	tab.Fill("#f-person", "ada.lovelace")
	tab.Keys(kb.Enter)
	tab.WaitText("Viewing as Ada Lovelace (ada.lovelace)")
	tab.Check("viewing")
	tab.Click(".person-menu summary")
	tab.Press("button[name=theme][value=dark]")
	tab.WaitText("so nothing was changed")
	tab.Clean("403")
	tab.Check("viewing-refused")
	tab.Press(".viewing button")
	tab.WaitText("You see the portal as yourself again.")
	tab.Gone(".viewing")
	tab.Clean()
}
