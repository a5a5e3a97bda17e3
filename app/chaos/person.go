package main

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// person is somebody signed in, with a browser's cookies and the form's token. It outlives the server.
type person struct {
	address string
	http    *http.Client
	token   string
	agent   string // what its browser is called; empty for Go's own name
}

// askWithin is how long a person waits for an answer.
const askWithin = 30 * time.Second

// tokenIn is the form's token, in the header that htmx is told to send.
var tokenIn = regexp.MustCompile(`"X-CSRF-Token":\s*"([^"]+)"`)

// visitor has not signed in.
func visitor(address string) *person {
	jar, _ := cookiejar.New(nil) // never an error without options
	return &person{address: address, http: &http.Client{
		Jar: jar, Timeout: askWithin,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// enter signs somebody in.
func enter(ctx context.Context, address, name string) (*person, error) {
	return visitor(address).signIn(ctx, name)
}

func (p *person) signIn(ctx context.Context, name string) (*person, error) {
	if err := p.learn(ctx, "/login"); err != nil {
		return nil, err
	}
	a := p.post(ctx, "/login", "name", name, "password", password)
	if a.status != http.StatusSeeOther {
		return nil, fmt.Errorf("signing in as %s answered %d %w", name, a.status, a.err)
	}
	return p, p.learn(ctx, "/")
}

// learn keeps the token that a page carries.
func (p *person) learn(ctx context.Context, path string) error {
	a := p.get(ctx, path)
	found := tokenIn.FindStringSubmatch(html.UnescapeString(a.body))
	if found == nil {
		return fmt.Errorf("%s answered %d without a token for forms (%w)", path, a.status, a.err)
	}
	p.token = found[1]
	return nil
}

// answer is what came for one request. A status of 0 means that no whole answer came, and err says why.
type answer struct {
	status int
	header http.Header
	body   string
	took   time.Duration
	err    error
}

func (p *person) get(ctx context.Context, path string) answer {
	return p.ask(ctx, http.MethodGet, path, nil, "")
}

// post sends a form of names and values, as a browser without scripts does.
func (p *person) post(ctx context.Context, path string, pairs ...string) answer {
	form := url.Values{"_csrf": {p.token}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return p.ask(ctx, http.MethodPost, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

func (p *person) ask(ctx context.Context, method, path string, body io.Reader, kind string) answer {
	began := time.Now()
	r, err := http.NewRequestWithContext(ctx, method, p.address+path, body)
	if err != nil {
		return answer{err: err}
	}
	if p.agent != "" {
		r.Header.Set("User-Agent", p.agent)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := p.http.Do(r)
	if err != nil {
		return answer{err: err, took: time.Since(began)}
	}
	defer func() { _ = resp.Body.Close() }()
	var all bytes.Buffer
	if _, err := all.ReadFrom(resp.Body); err != nil {
		return answer{err: err, took: time.Since(began)}
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: all.String(), took: time.Since(began)}
}

// project makes one and returns its address.
func (p *person) project(ctx context.Context, name string) (string, error) {
	a := p.post(ctx, "/projects", "name", name, "status", "1", "priority", "1")
	if a.status != http.StatusSeeOther {
		return "", fmt.Errorf("making the project answered %d (%w)", a.status, a.err)
	}
	return localPath(a.header.Get("Location")), nil
}

// localPath is an address without the server's.
func localPath(address string) string {
	to, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return to.Path
}
