package web

import (
	"net/url"
	"strings"
)

// Local is next when it is an address of this portal, else fallback: nobody is led away by a link.
func Local(next, fallback string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\x00\t\r\n") {
		return fallback
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, "//") {
		return fallback
	}
	return u.RequestURI()
}

// PathOf is the path and query of an address of ours, empty when it can't be read.
func PathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	return u.RequestURI()
}
