package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestConfig_SMTPReadsTheAddress(t *testing.T) {
	for address, want := range map[string]SMTP{
		"":                                    {},
		"smtp://mail.example.org":             {Host: "mail.example.org", Port: 587, TLS: TLSStart},
		"smtps://mail.example.org":            {Host: "mail.example.org", Port: 465, TLS: TLSFirst},
		"smtp://mail.example.org:25?tls=none": {Host: "mail.example.org", Port: 25, TLS: TLSNone},
		"smtp://127.0.0.1:25":                 {Host: "127.0.0.1", Port: 25, TLS: TLSNone},
		"smtp://localhost?tls=starttls":       {Host: "localhost", Port: 587, TLS: TLSStart},
		"smtp://127.0.0.1.example.org":        {Host: "127.0.0.1.example.org", Port: 587, TLS: TLSStart},
		"smtp://ada%40x:p%2Fw@[2001:db8::1]":  {Host: "2001:db8::1", Port: 587, TLS: TLSStart, User: "ada@x", Password: "p/w"},
	} {
		got, err := Config{SMTPURL: address, MailFrom: "Portal <portal@example.org>"}.SMTP()
		if address != "" {
			want.From.Name, want.From.Address = "Portal", "portal@example.org"
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
}

func TestS75_AWrongAddressIsRefusedWithoutItsPassword(t *testing.T) {
	for _, c := range []Config{
		{SMTPURL: "http://portal:marker@mail.example.org"}, {SMTPURL: "smtp://portal:marker@mail.example.org:x"}, {SMTPURL: "smtp://portal:mar%ker@h"},
		{SMTPURL: "smtp://portal:marker@mail.example.org?tls=x"}, {LDAPURL: "ldap://cn:marker@ldap.example.org"},
	} {
		for _, err := range []error{c.checkMail(), c.checkDirectory()} {
			if err != nil && strings.Contains(err.Error(), "mar") {
				t.Errorf("%v", err)
			}
		}
	}
}

func TestConfig_LDAPReadsGroups(t *testing.T) {
	c := Config{LDAPURL: "ldap://ldap.example.org", LDAPBindDN: "uid=%s,dc=x", LDAPGroups: " cn=ops,ou=groups,dc=x=user; cn=boss,dc=x=manager ;"}
	l, err := c.LDAP()
	want := []LDAPGroup{{"cn=ops,ou=groups,dc=x", "user"}, {"cn=boss,dc=x", "manager"}}
	if err != nil || !reflect.DeepEqual(l.Groups, want) || l.TLS != TLSStart || l.Port != 389 || l.User != "uid" || l.Phone != "telephoneNumber" {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestConfig_LDAPRefusesWithTheVariable(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "ca")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"PORTAL_LDAP_BIND_DN: write one %s":            func(c *Config) { c.LDAPBindDN = "uid=ada" },
		"PORTAL_LDAP_BIND_DN: write one %s where":      func(c *Config) { c.LDAPBindDN = "uid=%s,ou=%d" },
		"PORTAL_LDAP_FILTER: write one %s":             func(c *Config) { c.LDAPBindDN, c.LDAPBase, c.LDAPFilter = "", "dc=x", "(uid=x)" },
		"PORTAL_LDAP_BIND_PASSWORD: the account":       func(c *Config) { c.LDAPBindUser = "cn=reader" },
		"PORTAL_LDAP_NAME_ATTR: \"c n\"":               func(c *Config) { c.LDAPNameAttr = "c n" },
		"PORTAL_LDAP_GROUPS: \"ops=user\" is no":       func(c *Config) { c.LDAPGroups = "ops=user" },
		"PORTAL_LDAP_GROUPS: \"cn=ops,dc=x=\" is no":   func(c *Config) { c.LDAPGroups = "cn=ops,dc=x=" },
		"PORTAL_LDAP_CA: the file /nowhere can't be":   func(c *Config) { c.LDAPCA = "/nowhere" },
		"PORTAL_LDAP_CA: the file " + empty + " holds": func(c *Config) { c.LDAPCA = empty },
		"PORTAL_LDAP_URL: 0 is no port":                func(c *Config) { c.LDAPURL = "ldap://ldap.example.org:0" },
	} {
		c := Config{LDAPURL: "ldap://ldap.example.org", LDAPBindDN: "uid=%s,dc=x"}
		change(&c)
		if err := c.checkDirectory(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}
