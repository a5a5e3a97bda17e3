//go:build browser

package browser_test

import (
	"testing"

	"portal/app/apptest"
	"portal/app/apptest/browser"
	"portal/app/auth"
	"portal/features"
)

// The first hour of a portal: its link makes the first administrator, who signs out and in, chooses dark,
// looks at the sessions and takes another password.
func TestJourney_FirstAdministrator(t *testing.T) {
	p := apptest.New(t, features.All...)
	link, err := p.Users.Link(p.Context(), auth.FirstAdmin, 0)
	if err != nil {
		t.Fatal(err)
	}
	tab := browser.Open(t, p)
	tab.Go("/welcome/" + link)
	tab.Check("welcome")
	tab.Fill("#f-username", "ada")
	tab.Fill("#f-name", "Ada Lovelace")
	tab.Fill("#f-password", "short")
	tab.Fill("#f-again", "short")
	tab.Press("main form button.button-main")
	tab.WaitText("at least 10 characters")
	tab.Clean("422")
	tab.Check("welcome-wrong")
	tab.Fill("#f-password", apptest.Password)
	tab.Fill("#f-again", apptest.Password)
	tab.Press("main form button.button-main")
	tab.WaitText("first administrator")
	tab.Check("start")

	tab.Click(".person-menu summary")
	tab.Press(".person-menu form[action='/logout'] button")
	tab.WaitText("You are signed out.")
	tab.Check("sign-in")
	tab.Fill("#f-name", "ada")
	tab.Fill("#f-password", "not this one")
	tab.Press("main form button.button-main")
	tab.WaitText("The name or the password is wrong.")
	tab.Clean("422")
	tab.Check("sign-in-wrong")
	tab.SignIn("ada")

	tab.Click(".person-menu summary")
	tab.Press("button[name=theme][value=dark]")
	if theme := browser.Eval[string](tab, "document.documentElement.dataset.theme"); theme != "dark" {
		t.Errorf("after choosing dark the theme is %q", theme)
	}
	tab.Click(".person-menu summary")
	tab.Press("button[name=theme][value=system]")
	tab.Go("/sessions")
	tab.WaitText("This one")
	tab.Check("sessions")
	tab.Go("/password")
	tab.Check("password")
	tab.Fill("#f-old", apptest.Password)
	tab.Fill("#f-password", "quiet lantern over marble")
	tab.Fill("#f-again", "quiet lantern over marble")
	tab.Press("main form button.button-main")
	tab.WaitText("Your password is changed.")
	tab.Clean()
	tab.Go("/nowhere")
	tab.WaitText("There is no such page.")
	tab.Clean("404")
	tab.Check("not-found")
}
