package home_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/config"
)

const adasPassword = "ada of the directory"

// directoryGroups give roles to members of the test's groups.
const directoryGroups = "cn=ops,ou=groups," + apptest.DirectoryBase + "=user;cn=bosses,ou=groups," + apptest.DirectoryBase + "=admin;cn=none,ou=groups," +
	apptest.DirectoryBase + "=no-such-role"

// withDirectory is a portal whose people may have their accounts in the directory at that address.
func withDirectory(t *testing.T, address string, log *locked) *apptest.Portal {
	t.Helper()
	o := apptest.Options{Config: func(c *config.Config) {
		c.LDAPURL, c.LDAPBindDN, c.LDAPGroups = "ldap://"+address, "uid=%s,ou=people,"+apptest.DirectoryBase, directoryGroups
	}}
	if log != nil {
		o.Log = log
	}
	return apptest.With(t, o)
}

// locked is a log that several may write to.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// roles are those that the account was granted.
func roles(t *testing.T, p *apptest.Portal, username string) string {
	t.Helper()
	all, err := p.Users.All(p.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.Username == username {
			return strings.Join(one.Roles, " ")
		}
	}
	return "no account"
}

func account(t *testing.T, p *apptest.Portal, name string) auth.User {
	t.Helper()
	u, err := p.Users.ByName(p.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestDirectory_TheFirstSignInMakesTheAccountAndLaterOnesKeepItTrue(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	p := withDirectory(t, s.Plain, nil)
	p.Person("Root", "admin")
	b := p.Visitor()
	b.SignIn("ADA", adasPassword).Want(http.StatusSeeOther)
	b.Get("/").Want(http.StatusOK, "Ada Lovelace")
	u := account(t, p, "ada")
	if u.Source != "ldap" || u.DirectoryID != "ada" || u.Email != "ada@example.org" || u.Phone != "+44 1" || u.PasswordHash != "" || roles(t, p, "ada") != "admin user" {
		t.Errorf("%+v with %s", u, roles(t, p, "ada"))
	}
	b.Get("/password").Want(http.StatusOK, "directory").Lacks("New password")
	b.Post("/password", apptest.Form("old", adasPassword, "password", next, "again", next)).Want(http.StatusConflict)
	if err := p.Users.Grant(p.Context(), "ada", "auditor"); err != nil { // by a person
		t.Fatal(err)
	}
	s.Change(`dn: uid=ada,ou=people,dc=example,dc=org
changetype: modify
replace: cn
cn: Ada King
-
replace: mail
mail: king@example.org
-
delete: telephoneNumber

dn: cn=bosses,ou=groups,dc=example,dc=org
changetype: modify
replace: member
member: uid=ben,ou=people,dc=example,dc=org
`)
	p.Visitor().SignIn("ada@example.org", adasPassword).Want(http.StatusSeeOther) // the address that the portal knows
	u = account(t, p, "ada")
	if u.Name != "Ada King" || u.Email != "king@example.org" || u.Phone != "" || roles(t, p, "ada") != "auditor user" {
		t.Errorf("%+v with %s", u, roles(t, p, "ada"))
	}
	version := u.Version
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusSeeOther)
	if account(t, p, "ada").Version != version || p.Count("users") != 2 {
		t.Error("a sign-in that brings nothing new changes the account")
	}
}

func TestS36_TheDirectoryDoesNotTakeTheLastAdministrator(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	p := withDirectory(t, s.Plain, nil)
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusSeeOther)
	s.Change("dn: cn=bosses,ou=groups,dc=example,dc=org\nchangetype: modify\nreplace: member\nmember: uid=ben,ou=people,dc=example,dc=org\n")
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusSeeOther)
	if got := roles(t, p, "ada"); got != "admin user" {
		t.Errorf("the last administrator has %s", got)
	}
	p.Visitor().SignIn("ben", "ben of the directory").Want(http.StatusSeeOther)
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusSeeOther)
	if got := roles(t, p, "ada"); got != "user" {
		t.Errorf("with another administrator there is still %s", got)
	}
}

func TestS03_TheDirectoryTakesOverNoLocalAccount(t *testing.T) {
	s := apptest.NewSlapd(t, `dn: uid=ádà,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ádà
cn: Another Ada
sn: Ada
userPassword: another of the directory

dn: uid=ádmin,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ádmin
cn: Eve
sn: Eve
userPassword: eve of the directory
`)
	p := withDirectory(t, s.Plain, nil)
	local := p.Person("Admin", "admin")
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusSeeOther)
	ada, grants := account(t, p, "ada"), p.Count("user_roles")
	for _, pair := range [][2]string{
		{"admin", "admin of the directory"}, {"ADMIN", "admin of the directory"}, {"ádmin", "eve of the directory"},
		{"admin ", "admin of the directory"}, {"ádà", "another of the directory"},
	} {
		a := p.Visitor().SignIn(pair[0], pair[1])
		if a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusConflict {
			t.Errorf("%q signs in: %d", pair[0], a.Status)
		}
	}
	if now := account(t, p, "admin"); now.Version != local.Version || now.Name != local.Name || now.Source != "local" {
		t.Errorf("the local account is %+v", now)
	}
	if now := account(t, p, "ada"); now.Version != ada.Version || now.Name != ada.Name {
		t.Errorf("the other Ada's account is %+v", now)
	}
	if p.Count("users") != 2 || p.Count("user_roles") != grants {
		t.Error("accounts or grants were made")
	}
	p.Clock.Add(20 * time.Minute)
	p.Visitor().SignIn("admin", apptest.Password).Want(http.StatusSeeOther)
}

func TestS04_TheDirectoryUnlocksNobody(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	p := withDirectory(t, s.Plain, nil)
	p.Person("Root", "admin")
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusSeeOther)
	if err := p.Users.Lock(p.Context(), "ada", true); err != nil {
		t.Fatal(err)
	}
	s.Change("dn: uid=ada,ou=people,dc=example,dc=org\nchangetype: modify\nreplace: cn\ncn: Ada King\n")
	wrong := p.Visitor().SignIn("ada", "wrong").Want(http.StatusUnprocessableEntity).Body
	right := p.Visitor().SignIn("ada", adasPassword).Want(http.StatusUnprocessableEntity, "The name or the password is wrong.").Body
	if mask(wrong) != mask(right) {
		t.Error("the answers differ")
	}
	if u := account(t, p, "ada"); u.LockedAt == nil || u.Name != "Ada Lovelace" {
		t.Errorf("%+v", u)
	}
}

func TestS11_NamesOfTheDirectoryAnswerLikeOthers(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	p := withDirectory(t, s.Plain, nil)
	p.Person("Loc", "user")
	p.Visitor().SignIn("ben", "ben of the directory").Want(http.StatusSeeOther)
	var bodies []string
	for _, name := range []string{"ada", "ben", "nobody", "loc"} {
		bodies = append(bodies, strings.ReplaceAll(mask(p.Visitor().SignIn(name, "wrong").Want(http.StatusUnprocessableEntity).Body), name, ""))
	}
	for i := range bodies {
		if bodies[i] != bodies[0] {
			t.Errorf("answer %d differs", i)
		}
	}
}

func TestS12_TheDirectorysPasswordsAreThrottledToo(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	p := withDirectory(t, s.Plain, nil)
	for range 5 {
		p.Visitor().SignIn("ada", "wrong").Want(http.StatusUnprocessableEntity)
	}
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusTooManyRequests)
	if p.Count("users") != 0 {
		t.Error("an account was made")
	}
}

func TestDirectory_AnEmptyPasswordIsNobodys(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	p := withDirectory(t, s.Plain, nil)
	p.Visitor().SignIn("ada", "").Want(http.StatusUnprocessableEntity)
	if p.Count("users") != 0 {
		t.Error("an account was made")
	}
}

func TestS75_TheDirectorysPasswordsAreInNoLogAndNoTable(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	var log locked
	p := withDirectory(t, s.Plain, &log)
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusSeeOther)
	p.Visitor().SignIn("ada", "marker wrong").Want(http.StatusUnprocessableEntity)
	s.Stop()
	p.Visitor().SignIn("ada", "marker wrong").Want(http.StatusServiceUnavailable)
	for _, secret := range []string{adasPassword, "marker wrong"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
		for table, column := range map[string]string{"audit_lines": "fields", "activities": "what", "history": "new_value", "users": "search_text"} {
			if p.Count(table, column+" LIKE '%"+secret+"%'") > 0 {
				t.Errorf("%s holds %q", table, secret)
			}
		}
	}
}

func TestDirectory_FirstSignInsAtOnceMakeOneAccount(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	p := withDirectory(t, s.Plain, nil)
	var all sync.WaitGroup
	var browsers []*apptest.Browser
	for range 8 {
		b := p.Visitor()
		b.Get("/login")
		browsers = append(browsers, b)
	}
	for _, b := range browsers {
		all.Go(func() {
			if a := b.SignIn("ada", adasPassword); a.Status != http.StatusSeeOther {
				t.Errorf("%s\n%s", a, a.Body)
			}
		})
	}
	all.Wait()
	if p.Count("users") != 1 || p.Count("user_roles") != 2 || p.Count("sign_ins") != 8 {
		t.Errorf("%d accounts, %d grants, %d sign-ins", p.Count("users"), p.Count("user_roles"), p.Count("sign_ins"))
	}
}
