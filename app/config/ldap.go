package config

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// LDAP is the directory that people may have their accounts in.
type LDAP struct {
	Host                       string // empty: there is none
	Port                       int
	TLS                        TLS
	Roots                      *x509.CertPool // nil: those that this machine trusts
	BindDN                     string         // with one %s for the user name; empty: Search
	SearchUser, SearchPassword string         // empty: whoever asks may search
	Base, Filter               string         // Filter has one %s for what was typed
	User, Name, Mail, Phone    string         // attributes
	Groups                     []LDAPGroup
}

// LDAPGroup is a group whose members hold a role.
type LDAPGroup struct{ DN, Role string }

// Known reports whether there is a directory.
func (l LDAP) Known() bool { return l.Host != "" }

// LDAP is the directory; the zero LDAP when there is none.
// Errors: one sentence that names the variable and the remedy.
func (c Config) LDAP() (LDAP, error) {
	if c.LDAPURL == "" {
		return LDAP{}, nil
	}
	const shape = "write ldap://host:389 or ldaps://host:636"
	u, err := url.Parse(c.LDAPURL)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || (u.Scheme != "ldap" && u.Scheme != "ldaps") {
		return LDAP{}, fmt.Errorf("PORTAL_LDAP_URL: this is no directory; %s", shape)
	}
	l := LDAP{
		Host: u.Hostname(), BindDN: c.LDAPBindDN, SearchUser: c.LDAPBindUser, SearchPassword: c.LDAPBindPassword,
		Base: c.LDAPBase, Filter: cmp.Or(c.LDAPFilter, "(uid=%s)"),
		User: cmp.Or(c.LDAPUserAttr, "uid"), Name: cmp.Or(c.LDAPNameAttr, "cn"), Mail: cmp.Or(c.LDAPMailAttr, "mail"),
		Phone: cmp.Or(c.LDAPPhoneAttr, "telephoneNumber"),
	}
	if l.Port, err = portOf(u, map[string]int{"ldap": 389, "ldaps": 636}); err != nil {
		return LDAP{}, fmt.Errorf("PORTAL_LDAP_URL: %w; %s", err, shape)
	}
	if l.TLS, err = tlsOf(u, "ldaps"); err != nil {
		return LDAP{}, fmt.Errorf("PORTAL_LDAP_URL: %w", err)
	}
	if l.TLS == TLSNone && !loopback(l.Host) { // unlike mail, every connection carries somebody's password
		return LDAP{}, errors.New("PORTAL_LDAP_URL: passwords would cross the network in the open; leave ?tls=none away")
	}
	if l.Roots, err = roots("PORTAL_LDAP_CA", c.LDAPCA); err != nil {
		return LDAP{}, err
	}
	if l.Groups, err = groups(c.LDAPGroups); err != nil {
		return LDAP{}, err
	}
	return l, l.check()
}

func (c *Config) checkDirectory() error {
	_, err := c.LDAP()
	return err
}

// check refuses settings that find nobody, or everybody.
func (l LDAP) check() error {
	switch {
	case l.BindDN != "" && (strings.Count(l.BindDN, "%s") != 1 || strings.Count(l.BindDN, "%") != 1):
		return errors.New("PORTAL_LDAP_BIND_DN: write one %s where the user name belongs, such as uid=%s,ou=people,dc=example,dc=org")
	case l.BindDN == "" && l.Base == "":
		return errors.New("PORTAL_LDAP_BASE: say where people are searched for, or write PORTAL_LDAP_BIND_DN")
	case l.BindDN == "" && (strings.Count(l.Filter, "%s") != 1 || strings.Count(l.Filter, "%") != 1):
		return errors.New("PORTAL_LDAP_FILTER: write one %s where the typed name belongs, such as (uid=%s)")
	case l.SearchUser != "" && l.SearchPassword == "":
		// A server takes a name without a password for nobody, and lets it in. RFC 4513, 5.1.2
		return errors.New("PORTAL_LDAP_BIND_PASSWORD: the account that searches needs its password")
	}
	for name, value := range map[string]string{"USER": l.User, "NAME": l.Name, "MAIL": l.Mail, "PHONE": l.Phone} {
		if !attribute.MatchString(value) {
			return fmt.Errorf("PORTAL_LDAP_%s_ATTR: %q is no attribute's name", name, value)
		}
	}
	return nil
}

// attribute is what an attribute's name looks like. RFC 4512, 1.4
var attribute = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// groups reads DN=role;DN=role. A DN has equal signs itself: the role stands behind the last one.
func groups(text string) ([]LDAPGroup, error) {
	var all []LDAPGroup
	for part := range strings.SplitSeq(text, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		at := strings.LastIndex(part, "=")
		if at < 0 || !strings.Contains(part[:at], "=") || strings.TrimSpace(part[at+1:]) == "" {
			return nil, fmt.Errorf("PORTAL_LDAP_GROUPS: %q is no group and role; write cn=ops,ou=groups,dc=example,dc=org=user", part)
		}
		all = append(all, LDAPGroup{DN: strings.TrimSpace(part[:at]), Role: strings.TrimSpace(part[at+1:])})
	}
	return all, nil
}
