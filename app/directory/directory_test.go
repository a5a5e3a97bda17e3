package directory_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/config"
	"portal/app/directory"
	"portal/app/fault"
)

const people = "ou=people," + apptest.DirectoryBase

// groups give roles in all tests.
const groups = "cn=ops,ou=groups," + apptest.DirectoryBase + "=user; CN=bosses, OU=groups," + apptest.DirectoryBase + "=manager;cn=gone,ou=groups," + apptest.DirectoryBase + "=auditor"

// byName are the settings of a directory where the DN follows from the user name.
func byName(s *apptest.Slapd) config.Config {
	return config.Config{LDAPURL: "ldap://" + s.Plain, LDAPBindDN: "uid=%s," + people, LDAPGroups: groups}
}

// bySearch are those of one where people are searched for.
func bySearch(s *apptest.Slapd) config.Config {
	return config.Config{
		LDAPURL: "ldap://" + s.Plain, LDAPBase: apptest.DirectoryBase, LDAPGroups: groups,
		LDAPBindUser: apptest.DirectoryReader, LDAPBindPassword: apptest.DirectoryReaderPassword,
	}
}

func open(t *testing.T, c config.Config) *directory.Directory {
	t.Helper()
	l, err := c.LDAP()
	if err != nil {
		t.Fatal(err)
	}
	return directory.New(l)
}

// ways are both kinds of settings.
func ways(t *testing.T, s *apptest.Slapd) map[string]*directory.Directory {
	t.Helper()
	search := bySearch(s)
	return map[string]*directory.Directory{"by name": open(t, byName(s)), "by search": open(t, search)}
}

func TestDirectory_SignInTellsWhoItIs(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	for way, d := range ways(t, s) {
		p, err := d.SignIn(context.Background(), "ADA", "ada of the directory")
		if err != nil || p.Username != "ada" || p.Name != "Ada Lovelace" || p.Email != "ada@example.org" || p.Phone != "+44 1" ||
			!slices.Equal(p.Roles, []string{"user", "manager"}) {
			t.Errorf("%s: %+v, %v", way, p, err)
		}
		p, err = d.SignIn(context.Background(), "ben", "ben of the directory")
		if err != nil || p.Phone != "" || !slices.Equal(p.Roles, []string{"user"}) {
			t.Errorf("%s: %+v, %v", way, p, err)
		}
		if err := d.Check(context.Background()); err != nil {
			t.Errorf("%s: the check says %v", way, err)
		}
	}
}

func TestDirectory_RefusesNamesAndPasswordsThatDoNotBelongTogether(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	for way, d := range ways(t, s) {
		for _, pair := range [][2]string{
			{"ada", "ben of the directory"}, {"nobody", "ada of the directory"}, {"ada", "ada of the director"},
			{"ada", ""}, {"nobody", ""}, {"", ""}, {"", "ada of the directory"}, {"ada", strings.Repeat("x", 100_000)},
			{strings.Repeat("x", 100_000), "ada of the directory"}, {"ada\x00", "ada of the directory"}, {"ada", "\x00"},
		} {
			if p, err := d.SignIn(context.Background(), pair[0], pair[1]); !errors.Is(err, directory.ErrRefused) {
				t.Errorf("%s: %.20q with %.20q: %+v, %v", way, pair[0], pair[1], p, err)
			}
		}
	}
}

func TestDirectory_NamesAreNeitherFiltersNorDNs(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	for way, d := range ways(t, s) {
		for _, name := range []string{
			"*", "ad*", "ada)(uid=*", "*)(objectClass=*", "ada)(|(uid=*", `ad\61`, "ada,ou=people", "ada," + people, "ada+cn=Ada Lovelace",
			"nobody,ou=people,dc=example,dc=org#", "ada)(!(uid=ben)", "#616461", `ada\`, "ada;", "(ada)", "ada/x", "ada=ada",
		} {
			if p, err := d.SignIn(context.Background(), name, "ada of the directory"); !errors.Is(err, directory.ErrRefused) {
				t.Errorf("%s: %q signs in: %+v, %v", way, name, p, err)
			}
		}
	}
	odd := apptest.NewSlapd(t, `dn: uid=o\,dd\+,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: o,dd+
cn: Odd (really)
sn: Odd
userPassword: odd of the directory
`)
	for way, d := range ways(t, odd) {
		if p, err := d.SignIn(context.Background(), "o,dd+", "odd of the directory"); err != nil || p.Username != "o,dd+" {
			t.Errorf("%s: %+v, %v", way, p, err)
		}
	}
}

func TestDirectory_AnswersThatCannotBeUsedAreNamed(t *testing.T) {
	s := apptest.NewSlapd(t, `dn: uid=nameless,ou=people,dc=example,dc=org
objectClass: account
objectClass: simpleSecurityObject
uid: nameless
userPassword: nobody of the directory

dn: uid=huge,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: huge
cn: `+strings.Repeat("x", 201)+`
sn: Huge
userPassword: huge of the directory

dn: ou=more,dc=example,dc=org
objectClass: organizationalUnit
ou: more

dn: uid=ben,ou=more,dc=example,dc=org
objectClass: inetOrgPerson
uid: ben
cn: Another Ben
sn: Ben
userPassword: ben of the directory
`)
	all := ways(t, s)
	elsewhere := byName(s)
	elsewhere.LDAPBindDN = "uid=%s,ou=people,dc=example,dc=com" // of another server's
	refused := bySearch(s)
	refused.LDAPBindPassword = "wrong"
	all["reader refused"], all["of another server"] = open(t, refused), open(t, elsewhere)
	for _, one := range []struct{ way, name, password, said string }{
		{"by name", "nameless", "nobody of the directory", "has no cn there"},
		{"by search", "nameless", "nobody of the directory", "has no cn there"},
		{"by name", "huge", "huge of the directory", "too long"},
		{"by search", "huge", "huge of the directory", "too long"},
		{"by search", "ben", "ben of the directory", "More than one account"},
		{"reader refused", "ada", "ada of the directory", "PORTAL_LDAP_BIND_USER"},
	} {
		p, err := all[one.way].SignIn(context.Background(), one.name, one.password)
		if !fault.Is(err, fault.Away) || !strings.Contains(fault.Of(err).Public, one.said) || !strings.Contains(fault.Of(err).Public, "local accounts still work") {
			t.Errorf("%s, %s: %+v, %v", one.way, one.name, p, err)
		}
	}
	if _, err := all["of another server"].SignIn(context.Background(), "ada", "ada of the directory"); err == nil {
		t.Error("an account of another server signs in")
	}
	if err := all["reader refused"].Check(context.Background()); err == nil {
		t.Error("the check is content with a refused reader")
	}
}

func TestDirectory_AReferralIsNotFollowed(t *testing.T) {
	s := apptest.NewSlapd(t, `dn: ou=moved,dc=example,dc=org
objectClass: referral
objectClass: extensibleObject
ou: moved
ref: ldap://127.0.0.1:1/ou=people,dc=example,dc=org
`)
	c := bySearch(s)
	c.LDAPBase = "ou=moved," + apptest.DirectoryBase
	if _, err := open(t, c).SignIn(context.Background(), "ada", "ada of the directory"); !fault.Is(err, fault.Away) || !strings.Contains(err.Error(), "another server") {
		t.Errorf("%v", err)
	}
}

func TestS87_TheDirectorysCertificateIsChecked(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	for name, one := range map[string]struct {
		url, ca string
		well    bool
	}{
		"StartTLS, trusted":      {"ldap://" + s.Plain + "?tls=starttls", s.CA, true},
		"StartTLS, not trusted":  {"ldap://" + s.Plain + "?tls=starttls", "", false},
		"TLS first, trusted":     {"ldaps://" + s.TLS, s.CA, true},
		"TLS first, not trusted": {"ldaps://" + s.TLS, "", false},
	} {
		c := byName(s)
		c.LDAPURL, c.LDAPCA = one.url, one.ca
		d := open(t, c)
		p, err := d.SignIn(context.Background(), "ada", "ada of the directory")
		if one.well != (err == nil) || one.well && p.Username != "ada" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if !one.well && !strings.Contains(fault.Of(err).Public, "certificate is not trusted") {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Check(context.Background()); one.well != (err == nil) {
			t.Errorf("%s: the check says %v", name, err)
		}
	}
}

// listener is a server that does this with every connection.
func listener(t *testing.T, do func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			go do(conn)
		}
	}()
	return l.Addr().String()
}

func TestDirectory_AServerThatIsNoDirectoryIsLeftSoon(t *testing.T) {
	huge := append([]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff}, make([]byte, 4<<20)...)
	for name, one := range map[string]struct {
		do   func(net.Conn)
		said string
		most time.Duration
	}{
		"it hangs":           {func(net.Conn) {}, "does not answer", 6 * time.Second},
		"it hangs up":        {func(c net.Conn) { _ = c.Close() }, "does not answer", 6 * time.Second},
		"it talks otherwise": {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("<p>", 1000)) }, "", 6 * time.Second},
		"it does not stop":   {func(c net.Conn) { _, _ = c.Write(huge) }, "", 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config.Config{LDAPURL: "ldap://" + listener(t, one.do), LDAPBindDN: "uid=%s," + people}
			began := time.Now()
			_, err := open(t, c).SignIn(context.Background(), "ada", "ada of the directory")
			if took := time.Since(began); !fault.Is(err, fault.Away) || !strings.Contains(fault.Of(err).Public, one.said) || took > one.most {
				t.Errorf("after %s: %v", took, err)
			}
			if strings.Contains(err.Error(), "ada of the directory") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestDirectory_NobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	d := open(t, config.Config{LDAPURL: "ldap://" + l.Addr().String(), LDAPBindDN: "uid=%s," + people})
	if _, err := d.SignIn(context.Background(), "ada", "x"); !fault.Is(err, fault.Away) || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("%v", err)
	}
	if err := d.Check(context.Background()); err == nil {
		t.Error("the check is content")
	}
}
