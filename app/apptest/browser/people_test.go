//go:build browser

package browser_test

import (
	"testing"

	"portal/app/apptest/browser"
)

// An administrator makes a person, gives them a role, imports others, hands over and locks: each page as it looks then.
func TestJourney_AnAdministratorAmongPeople(t *testing.T) {
	w := rich(t)
	tab := w.enter(w.ada)
	tab.Go("/admin/users/new")
	tab.Fill("#f-name", "Maria Jung")
	tab.Fill("#f-username", "maria jung")
	tab.Press("main form .button-main")
	tab.WaitText("Write a user name of letters")
	tab.Clean("422")
	tab.Check("user-new-wrong")
	tab.Fill("#f-username", "maria")
	tab.Press("main form .button-main")
	tab.WaitText("Maria Jung is made")
	tab.Check("user-link")
	tab.Press("main .form-actions .button-main")
	tab.WaitText("Last changes")
	browser.Eval[string](tab, `document.querySelector("#f-until").value = "2026-12-31"`)
	tab.Press("#roles form.stack .button-main")
	tab.WaitText("There is no role")
	tab.Clean("422")
	tab.Check("user-grant-wrong")
	tab.Go("/admin/users/3")
	tab.WaitText("Memberships of projects")
	tab.Check("user-page")
	tab.Go("/admin/users/3/hand-over?to=2")
	tab.Check("user-hand-over")

	tab.Go("/admin/users/import")
	tab.Fill("#f-text", "username,name,roles\nmaria,Maria,user\nbad name,,king\nnew,New,user")
	tab.Press("main form .button-main")
	tab.WaitText("1 wrong")
	tab.Check("user-import-wrong")
	tab.Fill("#f-text", "username,name,roles\nmaria,Maria,user\nnew,New,user")
	tab.Press("main form[action$='/import'] .button-main")
	tab.WaitText("All of it or nothing.")
	tab.Check("user-import-plan")
	tab.Press("#plan form .button-main")
	tab.WaitText("1 user made, 1 changed, 0 unchanged.")

	tab.Click("[data-check-all]")
	if n := browser.Eval[int](tab, `document.querySelectorAll("input[name=user]:checked").length`); n != 5 {
		t.Errorf("%d of 5 are ticked", n)
	}
	browser.Eval[string](tab, `document.querySelector("[name=do]").value = "lock"`)
	tab.Press(".bulk-group .button")
	tab.WaitText("lock your own account")
	tab.Check("user-results")
	for _, path := range []string{"/admin/users", "/admin/users/3/holdings", "/admin/roles"} {
		tab.Go(path)
		tab.Check(path[1:])
	}
	tab.Go("/admin/roles/2")
	tab.Check("role")
	tab.Go("/admin/roles/grid?open=projects")
	tab.Check("role-grid")
}
