package admin_test

import (
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
)

// check sends a file as a browser does, and gives the answer and the sum of its plan.
func (w userWorld) check(file string) (apptest.Answer, string) {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.WriteField("_csrf", w.admin.Token()); err != nil {
		w.t.Fatal(err)
	}
	part, err := m.CreateFormFile("file", "people.csv")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		w.t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		w.t.Fatal(err)
	}
	a := w.admin.Do(apptest.Request{Method: http.MethodPost, Path: "/admin/users/import", Body: b.String(),
		Header: http.Header{"Content-Type": {m.FormDataContentType()}}})
	found := regexp.MustCompile(`name="sum" value="([0-9a-f]+)"`).FindStringSubmatch(a.Body)
	if found == nil {
		return a, ""
	}
	return a, found[1]
}

var importText = regexp.MustCompile(`(?s)<textarea name="text" hidden[^>]*>(.*?)</textarea>`)

func TestImport_ChecksFirstAndThenDoesExactlyThat(t *testing.T) {
	w := openUsers(t)
	w.Person("Tom", "user")
	w.Person("Eva", "user")
	file := "\ufeffroles;Name;username;locked;phone\n" +
		"\"user, auditor\";Maria Jung;maria;;+49 1\n" +
		"auditor;Tom Tester;tom;yes;\n" +
		"user;Eva;eva;;\n"
	var a apptest.Answer
	var sum string
	w.same("a check", func() { a, sum = w.check(file) })
	a.Want(http.StatusOK, "3 lines: 1 made", "1 changed, 1 unchanged", "0 wrong", "<ins>Maria Jung</ins>", "<del>Tom</del>", "<ins>locked</ins>")
	text := html.UnescapeString(importText.FindStringSubmatch(a.Body)[1])
	w.same("another file than the one that was checked", func() {
		w.admin.Post("/admin/users/import/do", apptest.Form("sum", sum, "text", strings.ReplaceAll(text, "Maria", "Mario"))).
			Want(http.StatusConflict, "have changed since the check", "Mario Jung")
	})
	w.admin.Post("/admin/users/import/do", apptest.Form("sum", sum, "text", text)).Want(http.StatusSeeOther)
	maria, err := w.Users.ByName(w.Context(), "maria")
	if err != nil || maria.Name != "Maria Jung" || maria.Phone != "+49 1" || maria.PasswordHash != "" {
		t.Errorf("%+v, %v", maria, err)
	}
	tom := w.user("Tom")
	if tom.Name != "Tom Tester" || tom.LockedAt == nil || w.Count("user_roles", fmt.Sprint("user_id = ", tom.ID)) != 1 {
		t.Errorf("%+v", tom)
	}
	if n := w.Count("user_roles", fmt.Sprint("user_id = ", maria.ID)); n != 2 {
		t.Errorf("Maria holds %d roles", n)
	}
	w.same("the same confirmation again", func() {
		w.admin.Post("/admin/users/import/do", apptest.Form("sum", sum, "text", text)).Want(http.StatusConflict)
	})
	a, _ = w.check(file)
	a.Want(http.StatusOK, "3 unchanged", "The file says nothing new").Lacks("import/do")
}

func TestImport_WrongLinesAreNamedAndNothingIsDone(t *testing.T) {
	w := openUsers(t)
	a, sum := w.check("username,name,email,zone,roles,locked\n" +
		"good,Good,,,user,\n" +
		"bad name!,B,,,,\n" +
		"b,,b@,Mars,king,perhaps\n" +
		"GOOD,Twice,,,,\n" +
		"ada.admin,Ada,,,,yes\n")
	a.Want(http.StatusOK, "4 wrong", "Write a user name", "Write a name", "This is not an e-mail address", "no such time zone",
		"There is no role king; there are admin, auditor, manager, user.", "Write yes or no", "Line 2 has this user name already.", "lock your own account")
	if sum != "" {
		t.Error("there is a button that imports wrong lines")
	}
}

// The page has no button for it, but the sum of a plan can be had otherwise.
func TestImport_WrongLinesAreRefusedWhateverTheSumSays(t *testing.T) {
	w := openUsers(t)
	w.Person("Tom", "user")
	file := "username,name,roles\nnew,New Person,user\ntom,Tom Changed,king\n"
	plan, err := w.Users.PlanImport(auth.With(w.Context(), w.viewer("Ada Admin")), []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	w.same("a role that is not there", func() {
		w.admin.Post("/admin/users/import/do", apptest.Form("sum", plan.Sum, "text", file)).
			Want(http.StatusUnprocessableEntity, "There is no role king; there are admin, auditor, manager, user.")
	})
	if tom := w.user("Tom"); tom.Name != "Tom" {
		t.Errorf("he is %s now", tom.Name)
	}
}

func TestImport_RefusesFilesThatCannotBeRead(t *testing.T) {
	w := openUsers(t)
	for file, said := range map[string]string{
		"":                             "The file is empty",
		"name\nx\n":                    "one must be username",
		"username,age\nx,7\n":          "There is no column “age”",
		"username,username\nx,y\n":     "stands there twice",
		"username,name\nx\n":           "Line 2 has 1 cells",
		"username,name\nx,\"a\n":       "quotation mark",
		"username,name\nx,J\xfcrgen\n": "not UTF-8",
		"username\n":                   "no people",
		"username\n\x00\n":             "no text file",
		"username\n" + many(5001):      "more than 5,000",
		"username,name\nx," + big(1_000_000) + "\n": "larger than one megabyte",
	} {
		w.same(said, func() {
			a, _ := w.check(file)
			a.Want(http.StatusUnprocessableEntity, said)
		})
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p%d\n", i)
	}
	return b.String()
}

func big(n int) string { return strings.Repeat("x", n) }

func TestImport_TakesFiveThousandAtOnce(t *testing.T) {
	w := openUsers(t)
	var b strings.Builder
	b.WriteString("username,name,email,roles\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "person%d,Person Number %d,person%d@example.org,user\n", i, i, i)
	}
	plan, err := w.Users.PlanImport(w.Context(), []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Users.Import(w.Context(), []byte(b.String()), plan.Sum); err != nil {
		t.Fatal(err)
	}
	if n := w.Count("users"); n != 5001 {
		t.Errorf("%d accounts", n)
	}
}

func TestImport_ReadsWhatTheListExports(t *testing.T) {
	w := openUsers(t)
	w.admin.Post("/admin/users", apptest.Form("username", "maria", "name", "=Maria", "phone", "+49 1", "roles", "user")).Want(http.StatusOK)
	a, _ := w.check(w.admin.Get("/admin/users/export").Want(http.StatusOK).Body)
	a.Want(http.StatusOK, "2 unchanged", "0 wrong")
}
