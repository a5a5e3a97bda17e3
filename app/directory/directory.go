// Package directory asks the company's directory, by LDAP, whether a name and a password belong together, and who that is.
package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"portal/app/config"
	"portal/app/fault"
)

// Directory is the company's directory. It keeps no connection: each question has its own.
type Directory struct{ c config.LDAP }

// Person is what the directory says of somebody.
type Person struct {
	Username string // as the directory writes it
	Name     string
	Email    string   // empty for none
	Phone    string   // empty for none
	Roles    []string // of the groups they are in, each once
}

// ErrRefused means that there is no such person, or that the password is not theirs.
var ErrRefused = errors.New("directory: the name or the password is wrong")

// New makes the directory; nil when the settings name none.
func New(c config.LDAP) *Directory {
	if !c.Known() {
		return nil
	}
	return &Directory{c}
}

// Roles are those that membership in groups gives; the directory gives and takes no others.
func (d *Directory) Roles() []string {
	var all []string
	for _, g := range d.c.Groups {
		all = append(all, g.Role)
	}
	return all
}

// nameMost and passwordMost are how long what was typed may be, in bytes.
const (
	nameMost     = 200
	passwordMost = 1000
)

// SignIn binds as the person of that name. An answer comes within five seconds.
// Errors: ErrRefused; fault.Away, in a sentence for the person, when the directory does not answer or its answer can't be used.
func (d *Directory) SignIn(ctx context.Context, name, password string) (Person, error) {
	// A server takes a bind without a password for nobody's, and says yes. RFC 4513, 5.1.2
	if name == "" || password == "" || len(name) > nameMost || len(password) > passwordMost || strings.ContainsRune(name, 0) {
		return Person{}, ErrRefused
	}
	l, err := d.dial(ctx)
	if err != nil {
		return Person{}, err
	}
	defer l.hangUp()
	if d.c.BindDN != "" {
		return d.bindFirst(l, name, password)
	}
	return d.searchFirst(l, name, password)
}

// Check connects to the directory, with TLS and the account that searches as at a sign-in.
// Errors: a sentence that says what is wrong; nil also when there is no directory.
func (d *Directory) Check(ctx context.Context) error {
	if d == nil {
		return nil
	}
	l, err := d.dial(ctx)
	if err != nil {
		return err
	}
	defer l.hangUp()
	if d.c.BindDN != "" {
		// Nothing more can be asked without somebody's password than whether the server speaks LDAP.
		_, err = l.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 1, false, "(objectClass=*)", []string{"1.1"}, nil))
		if err != nil && !ldap.IsErrorAnyOf(err, ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInappropriateAuthentication) {
			return l.trouble(err)
		}
		return nil
	}
	if err := d.bindSearcher(l); err != nil {
		return err
	}
	_, err = l.Search(ldap.NewSearchRequest(d.c.Base, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 1, false, "(objectClass=*)", []string{"1.1"}, nil))
	if err != nil {
		return l.trouble(err)
	}
	return nil
}

// bindFirst is for directories where a person's DN follows from the user name.
func (d *Directory) bindFirst(l *line, name, password string) (Person, error) {
	dn := strings.Replace(d.c.BindDN, "%s", ldap.EscapeDN(name), 1)
	if err := l.bind(dn, password); err != nil {
		return Person{}, err
	}
	e, err := d.entry(l, ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 2, 0, false, "(objectClass=*)", d.attributes(), nil))
	if err != nil {
		return Person{}, err
	}
	if e == nil {
		return Person{}, unusable("It took the password, but shows nothing of the account.", nil)
	}
	return d.person(l, e)
}

// searchFirst is for all others: an account searches for the person, who is then bound as, and searches for the groups.
func (d *Directory) searchFirst(l *line, name, password string) (Person, error) {
	if err := d.bindSearcher(l); err != nil {
		return Person{}, err
	}
	filter := strings.Replace(d.c.Filter, "%s", ldap.EscapeFilter(name), 1)
	e, err := d.entry(l, ldap.NewSearchRequest(d.c.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 2, 0, false, filter, d.attributes(), nil))
	if err != nil {
		return Person{}, err
	}
	if e == nil || e.DN == "" { // a bind without a name is nobody's
		return Person{}, ErrRefused
	}
	if err := l.bind(e.DN, password); err != nil {
		return Person{}, err
	}
	if err := d.bindSearcher(l); err != nil {
		return Person{}, err
	}
	return d.person(l, e)
}

// bindSearcher binds as the account that searches, if there is one.
func (d *Directory) bindSearcher(l *line) error {
	if d.c.SearchUser == "" {
		return nil
	}
	err := l.bind(d.c.SearchUser, d.c.SearchPassword)
	if errors.Is(err, ErrRefused) {
		return unusable("It refuses the account that PORTAL_LDAP_BIND_USER names.", err)
	}
	return err
}

func (d *Directory) attributes() []string {
	return []string{d.c.User, d.c.Name, d.c.Mail, d.c.Phone, "memberOf"}
}

// entry is the one entry that was searched for; nil when there is none.
func (d *Directory) entry(l *line, r *ldap.SearchRequest) (*ldap.Entry, error) {
	found, err := l.Search(r)
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject):
		return nil, nil
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded):
		return nil, unusable("More than one account fits that name.", err)
	case err != nil:
		return nil, l.trouble(err)
	case len(found.Entries) > 1:
		return nil, unusable("More than one account fits that name.", nil)
	case len(found.Entries) == 0 && len(found.Referrals) > 0:
		return nil, referred(nil)
	case len(found.Entries) == 0:
		return nil, nil
	}
	return found.Entries[0], nil
}

// The most that accounts hold, in bytes.
const (
	usernameMost = 60
	fieldMost    = 200
	phoneMost    = 60
)

// person reads the entry, and the groups it is in.
func (d *Directory) person(l *line, e *ldap.Entry) (Person, error) {
	p := Person{
		Username: one(e, d.c.User), Name: one(e, d.c.Name), Email: one(e, d.c.Mail), Phone: one(e, d.c.Phone),
	}
	for attribute, value := range map[string]string{d.c.User: p.Username, d.c.Name: p.Name} {
		if value == "" {
			return p, unusable(fmt.Sprintf("The account has no %s there.", attribute), nil)
		}
	}
	if len(p.Username) > usernameMost || len(p.Name) > fieldMost || len(p.Email) > fieldMost || len(p.Phone) > phoneMost {
		return p, unusable("The account's name, e-mail address or phone number there is too long.", nil)
	}
	var err error
	p.Roles, err = d.roles(l, e)
	return p, err
}

// one is the first value of an attribute, on one line.
func one(e *ldap.Entry, attribute string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(e.GetEqualFoldAttributeValue(attribute), "\x00", ""), "")), " ")
}

// roles are those of the groups that the entry is in, by its own word or the group's.
func (d *Directory) roles(l *line, e *ldap.Entry) ([]string, error) {
	in := map[string]bool{}
	for _, dn := range e.GetEqualFoldAttributeValues("memberOf") {
		in[plain(dn)] = true
	}
	var all []string
	seen := map[string]bool{}
	for _, g := range d.c.Groups {
		if seen[g.Role] {
			continue
		}
		member := in[plain(g.DN)]
		if !member {
			var err error
			if member, err = d.member(l, g.DN, e); err != nil {
				return nil, err
			}
		}
		if member {
			seen[g.Role], all = true, append(all, g.Role)
		}
	}
	return all, nil
}

// member reports whether the group names the entry among its members. A group that is not there has none.
func (d *Directory) member(l *line, group string, e *ldap.Entry) (bool, error) {
	filter := fmt.Sprintf("(|(member=%[1]s)(uniqueMember=%[1]s)(memberUid=%[2]s))", ldap.EscapeFilter(e.DN), ldap.EscapeFilter(one(e, d.c.User)))
	found, err := l.Search(ldap.NewSearchRequest(group, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 0, false, filter, []string{"1.1"}, nil))
	switch {
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInsufficientAccessRights):
		return false, nil
	case err != nil:
		return false, l.trouble(err)
	}
	return len(found.Entries) == 1, nil
}

// plain is a DN as two of them are compared.
func plain(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	return strings.ToLower(parsed.String())
}

func (d *Directory) tls() *tls.Config {
	return &tls.Config{ServerName: d.c.Host, RootCAs: d.c.Roots, MinVersion: tls.VersionTLS12}
}

// unusable is the fault of an answer that nobody can sign in by.
func unusable(said string, cause error) error {
	return fault.New(fault.Away, "The directory's answer can't be used. %s Please tell an administrator; local accounts still work.", said).Because(cause)
}

func referred(cause error) error {
	return unusable("It sends the portal on to another server, which must be named by PORTAL_LDAP_URL itself.", cause)
}
