package weblinks

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"portal/app/fault"
)

// addressMost is how many characters an address may have.
const addressMost = 2000

// schemes are what an address may begin with: what a browser opens as a page, or hands to a program that connects somewhere.
// What runs, or shows what stands in the address itself, is not among them.
var schemes = []string{
	"http", "https", "mailto", "tel", "sip", "sips", "sms", "xmpp", "irc", "ircs", "ssh", "sftp", "scp", "ftp", "ftps", "telnet", "rdp", "vnc", "smb", "nfs",
	"ldap", "ldaps", "git", "svn", "news", "webcal", "msteams", "slack", "zoommtg", "callto",
}

// readAddress is the address as it is kept: without blanks around it, and with https before one that begins with a host.
// Errors: fault.Invalid at the field url.
func readAddress(typed string) (string, error) {
	s := strings.TrimSpace(typed)
	switch {
	case s == "":
		return "", fault.Field("url", "An address is needed, such as https://wiki.example.org.")
	case utf8.RuneCountInString(s) > addressMost:
		return "", fault.Field("url", "At most %d characters.", addressMost)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		return "", fault.Field("url", "An address has no blanks or line ends in it.")
	}
	u, err := url.Parse(s)
	if bare(s, u, err) {
		s = "https://" + s
		u, err = url.Parse(s)
	}
	switch {
	case err != nil:
		return "", fault.Field("url", "This is not an address. One looks like https://wiki.example.org.")
	case !slices.Contains(schemes, strings.ToLower(u.Scheme)):
		return "", fault.Field("url", "A link can't begin with %s:. It begins with https:, http:, mailto:, ssh: and the like.", u.Scheme)
	case u.Host == "" && u.Opaque == "", isPage(u) && u.Hostname() == "":
		return "", fault.Field("url", "The address names no place to go to.")
	case u.User != nil && hasPassword(u):
		return "", fault.Field("url", "Leave the password out of the address: everybody would see it.")
	case utf8.RuneCountInString(s) > addressMost:
		return "", fault.Field("url", "At most %d characters.", addressMost)
	}
	return s, nil
}

func hasPassword(u *url.URL) bool {
	_, has := u.User.Password()
	return has
}

// bare reports whether the address was typed without a scheme: wiki.example.org/page, or wiki:8080/page.
func bare(s string, u *url.URL, err error) bool {
	if err != nil {
		return !strings.Contains(s, "://") && strings.Contains(s, ".")
	}
	if u.Scheme == "" {
		return !strings.HasPrefix(s, "/") && strings.ContainsAny(s, ".:")
	}
	port, _, _ := strings.Cut(u.Opaque, "/")
	return port != "" && strings.Trim(port, "0123456789") == "" && !slices.Contains(schemes, strings.ToLower(u.Scheme))
}

// isPage reports whether the address is one of a page.
func isPage(u *url.URL) bool {
	return strings.EqualFold(u.Scheme, "http") || strings.EqualFold(u.Scheme, "https")
}

// tracked are parameters that say where a reader came from, and nothing about the page.
var tracked = []string{"fbclid", "gclid", "msclkid", "mc_cid", "mc_eid"}

// addressKey is the same for addresses that mean the same page: with and without https, in another case of the host, with
// another order of its parameters or with those that only say where the reader came from.
func addressKey(address string) string {
	sum := sha256.Sum256([]byte(normal(address)))
	return hex.EncodeToString(sum[:])
}

func normal(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return strings.TrimSpace(address)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if !isPage(u) {
		u.Host = strings.ToLower(u.Host)
		return u.String()
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if plain, err := idna.Lookup.ToASCII(host); err == nil {
		host = plain
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	q := u.Query()
	for name := range q {
		if slices.Contains(tracked, strings.ToLower(name)) || strings.HasPrefix(strings.ToLower(name), "utm_") {
			q.Del(name)
		}
	}
	path := strings.TrimSuffix(u.JoinPath().EscapedPath(), "/")
	key := host + path
	if len(q) > 0 {
		key += "?" + q.Encode()
	}
	if u.Fragment != "" {
		key += "#" + u.Fragment
	}
	return key
}

// placeOf is what a link without a name is called: the host and the path of its address.
func placeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if !isPage(u) {
		return strings.TrimPrefix(strings.TrimPrefix(address, u.Scheme+":"), "//")
	}
	return strings.TrimSuffix(u.Hostname()+u.Path, "/")
}

// hostOf is where an address leads, as lists show it.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	if isPage(u) {
		return u.Host
	}
	return u.Scheme + "://" + u.Host
}
