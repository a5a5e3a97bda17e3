// Package fetch reads pages of the web for people who only name their addresses, so it reaches nothing that the portal's own
// network alone can reach, unless the operator allows that network.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// How long a page may take, how many bytes are read of it, and how often it may lead on.
const (
	timeMost     = 5 * time.Second
	bytesMost    = 1 << 20
	redirectMost = 4
)

// ErrRefused is why an address is not asked: it lies in a network that only the portal's machine reaches.
var ErrRefused = errors.New("the address lies in a network that the portal does not ask")

// Client asks servers for pages. It keeps no cookies, follows no proxy of the environment and sends nobody's name.
type Client struct {
	http  *http.Client
	allow []netip.Prefix
}

// New is a client that asks public addresses, and those of the networks.
func New(allow []netip.Prefix) *Client {
	c := &Client{allow: allow}
	dialer := &net.Dialer{Timeout: timeMost, Control: c.control}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: timeMost, ResponseHeaderTimeout: timeMost, MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives: true, // the next request looks at the address anew
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > redirectMost {
				return errors.New("it leads on too often")
			}
			return allowed(r.URL)
		},
	}
	return c
}

// allowed refuses what is no web page.
func allowed(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return fmt.Errorf("%w: it is no web page", ErrRefused)
	case u.User != nil:
		return fmt.Errorf("%w: it has a password in it", ErrRefused)
	}
	return nil
}

// control looks at the address that is about to be connected to, whatever name it was asked for by, and whoever led there:
// between a look at a name and a connection the name may mean another machine.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if !c.may(to.Addr()) {
		return ErrRefused
	}
	return nil
}

// may reports whether the address may be asked.
func (c *Client) may(to netip.Addr) bool {
	to = to.WithZone("").Unmap()
	for _, n := range c.allow {
		if n.Contains(to) {
			return true
		}
	}
	if !to.IsGlobalUnicast() || to.IsPrivate() {
		return false
	}
	for _, n := range reserved {
		if n.Contains(to) {
			return false
		}
	}
	return true
}

// reserved are networks that are no part of the public internet, or lead to addresses of others, beside those that netip knows.
// https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry
var reserved = networks(
	"0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
)

func networks(all ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range all {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Answer is what a server said.
type Answer struct {
	Status int
	URL    string // of the page that answered, after all redirects
	Kind   string // the media type, without parameters
	Header http.Header
	Body   []byte // at most a megabyte; empty for what is not read
}

// Get asks for a page, and reads at most a megabyte of it.
// Errors: ErrRefused; what went wrong on the way.
func (c *Client) Get(ctx context.Context, address string) (Answer, error) {
	return c.ask(ctx, http.MethodGet, address, bytesMost)
}

// Check asks whether the page is there, and reads next to nothing of it.
// Errors: as Get.
func (c *Client) Check(ctx context.Context, address string) (Answer, error) {
	a, err := c.ask(ctx, http.MethodHead, address, 0)
	if err != nil || a.Status < 400 || a.Status == http.StatusNotFound || a.Status == http.StatusGone {
		return a, err
	}
	return c.ask(ctx, http.MethodGet, address, 0) // some servers know no HEAD
}

func (c *Client) ask(ctx context.Context, method, address string, most int64) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, timeMost)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return Answer{}, err
	}
	if err := allowed(r.URL); err != nil {
		return Answer{}, err
	}
	r.Header.Set("User-Agent", "Portal (checks links)")
	r.Header.Set("Accept", "text/html, image/*;q=0.8, */*;q=0.5")
	resp, err := c.http.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = resp.Body.Close() }() // whatever is left of it is of no use
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	a := Answer{Status: resp.StatusCode, URL: resp.Request.URL.String(), Kind: strings.ToLower(strings.TrimSpace(kind)), Header: resp.Header}
	if most > 0 {
		if a.Body, err = io.ReadAll(io.LimitReader(resp.Body, most)); err != nil {
			return a, err
		}
	}
	return a, nil
}

// Said is what went wrong as a sentence for people, without addresses of machines in it.
func Said(err error) string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrRefused):
		return "The portal does not ask this address."
	case errors.As(err, &dns):
		return "There is no host of that name."
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "It did not answer in time."
	case strings.Contains(err.Error(), "certificate"):
		return "Its certificate is not valid."
	case strings.Contains(err.Error(), "leads on too often"):
		return "It leads on too often."
	}
	return "It does not answer."
}
