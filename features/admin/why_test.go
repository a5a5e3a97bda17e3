package admin

import (
	"testing"

	"portal/app/auth"
)

func TestWhy_SaysByWhichChain(t *testing.T) {
	w := openRoutes(t)
	w.Person("Nora None")
	ask := func(person, route string, says ...string) {
		t.Helper()
		w.admin.Get("/admin/why?person="+person+"&route="+route).Want(okay, says...)
	}
	ask("max.manager", moveNode, "Max Manager may use “Move a task on the board”.", "Max Manager holds the role manager.",
		"The role manager includes user.", "The mapping of projects.task.edit decides about projects.task.edit.move: it is for user.", "The roles admin, manager and user may.")
	ask("audra.auditor", moveNode, "Audra Auditor may not use", "holds the role auditor.", "This role is not among them")
	ask("nora.none", moveNode, "Nora None may not use", "Nora None holds no role.")
	ask("ada.admin", moveNode, "Ada Admin holds the role admin.", "The role admin passes every check.")
	ask("-", moveNode, "A visitor may not use", "Nobody is signed in.")
	ask("-", "home.signin.form", "A visitor may use “Sign in”.", "Anyone may, also without signing in.")
	w.set("projects", auth.ForSignedIn)
	w.set("projects.task.edit", auth.ForInherit)
	ask("nora.none", moveNode, "Nora None may use", "The mapping of projects decides", "anyone signed in")
}

func TestWhy_ExplainsLockedAccountsAndEndedRoles(t *testing.T) {
	w := openRoutes(t)
	w.ended("una.user", "user")
	w.admin.Get("/admin/why?person=una.user&route="+moveNode).Want(okay, "Una User may not use", "Una User holds no role.",
		"Una User held the role user, but it ended on 23 Nov 2026, 08:00 UTC.")
	if err := w.Users.Lock(w.Context(), "max.manager", true); err != nil {
		t.Fatal(err)
	}
	w.admin.Get("/admin/why?person=max.manager&route="+moveNode).Want(okay, "Max Manager may not use", "The account max.manager is locked since")
	w.Exec("UPDATE user_roles SET until_at = ?, reason = 'Holiday cover' WHERE role_id = ?", w.Clock.Now().AddDate(0, 1, 0), w.Gate.Access().RoleID("auditor"))
	w.Cache.Clear("")
	w.admin.Get("/admin/why?person=audra.auditor&route=projects.task.see.one").Want(okay, "holds the role auditor (until 23 Dec 2026, 09:00 UTC, because of “Holiday cover”).")
}

func TestWhy_AsksAndForgives(t *testing.T) {
	w := openRoutes(t)
	w.admin.Get("/admin/why").Want(okay, "Choose a person", "Choose a route").Lacks(`id="answer"`)
	w.admin.Get("/admin/why?person=una.user").Want(okay, `<option value="una.user" selected>`).Lacks(`id="answer"`)
	w.admin.Get("/admin/why?person=nobody&route="+moveNode).Want(okay, "There is no account nobody.")
	w.admin.Get("/admin/why?person=una.user&route=no.where").Want(okay, "There is no route no.where.")
	w.admin.Get("/admin/why?person=%00%ff&route=%22%3E%3Cscript%3E").Want(okay).Lacks("<script>\"")
}
