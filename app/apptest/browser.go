package apptest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Password is that of everybody whom As makes.
const Password = "violet harbour seldom waits"

// Browser is somebody's browser: it keeps cookies, and the token of the last page's forms. Several goroutines may use it.
type Browser struct {
	User   auth.User   // zero for a visitor
	Header http.Header // sent with every request

	p      *Portal
	client *http.Client
	mu     sync.Mutex // guards token
	token  string
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string

	t    testing.TB
	what string // "GET /projects"
}

// Form makes a form from names and values in turn.
func Form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

// Visitor is a browser nobody has signed in with.
func (p *Portal) Visitor() *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, p.Addr())
		},
		DisableCompression: true,
	}
	p.t.Cleanup(transport.CloseIdleConnections)
	return &Browser{p: p, Header: http.Header{}, client: &http.Client{
		Jar: jar, Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// As is the browser of the person of that name, signed in; the account is made with these roles if there is none.
func (p *Portal) As(name string, roles ...string) *Browser {
	p.t.Helper()
	user := p.Person(name, roles...)
	b := p.Visitor()
	b.User = user
	if a := b.SignIn(user.Username, Password); a.Status != http.StatusSeeOther {
		p.t.Fatalf("sign in as %s: %d\n%s", user.Username, a.Status, a.Body)
	}
	return b
}

// Person is the account of that name, made with these roles if there is none; the user name is the name
// in lower case with dots for blanks.
func (p *Portal) Person(name string, roles ...string) auth.User {
	p.t.Helper()
	ctx := p.Context()
	username := strings.ReplaceAll(data.Fold(name), " ", ".")
	user, err := p.Users.ByName(ctx, username)
	if err == nil {
		return user
	}
	if !fault.Is(err, fault.NotFound) {
		p.t.Fatalf("look up %s: %v", name, err)
	}
	hash, err := p.Passwords.Hash(ctx, Password)
	if err != nil {
		p.t.Fatalf("hash: %v", err)
	}
	user, err = p.Users.Create(ctx, auth.NewUser{Username: username, Name: name, PasswordHash: hash, Roles: roles})
	if err != nil {
		p.t.Fatalf("make %s: %v", name, err)
	}
	return user
}

// SignIn sends the sign-in form.
func (b *Browser) SignIn(name, password string) Answer {
	b.p.t.Helper()
	if b.seen() == "" {
		b.Get("/login")
	}
	return b.Post("/login", Form("name", name, "password", password))
}

// Get asks for a page.
func (b *Browser) Get(path string) Answer {
	b.p.t.Helper()
	return b.Do(Request{Method: http.MethodGet, Path: path})
}

// Post sends a form, with the token of the pages seen so far unless it has one.
func (b *Browser) Post(path string, form url.Values) Answer {
	b.p.t.Helper()
	sent := url.Values{"_csrf": {b.Token()}}
	for k, v := range form {
		sent[k] = v
	}
	return b.Do(Request{Method: http.MethodPost, Path: path, Form: sent})
}

// Fragment asks as htmx does, for the element of that id; a form may be nil.
func (b *Browser) Fragment(method, path, target string, form url.Values) Answer {
	b.p.t.Helper()
	h := http.Header{"Hx-Request": {"true"}, "Hx-Current-Url": {BaseURL + "/"}}
	if target != "" {
		h.Set("HX-Target", target)
	}
	if method != http.MethodGet {
		h.Set("X-CSRF-Token", b.Token())
		if form == nil {
			form = url.Values{}
		}
	}
	return b.Do(Request{Method: method, Path: path, Form: form, Header: h})
}

// Token is that of this browser's forms, from the last page, or from the start page or sign-in page when none was seen.
func (b *Browser) Token() string {
	b.p.t.Helper()
	if b.seen() == "" {
		if a := b.Get("/"); a.Status == http.StatusSeeOther {
			b.Get("/login")
		}
	}
	return b.seen()
}

// seen is the token of the last page, empty when none holds.
func (b *Browser) seen() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.token
}

// Request is a request in full.
type Request struct {
	Method string
	Path   string // with its query
	Form   url.Values
	Body   string // when Form is nil
	Header http.Header
}

// Do sends the request as it is: no token is added.
func (b *Browser) Do(r Request) Answer {
	b.p.t.Helper()
	res := b.Open(r)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.p.t.Fatalf("%s %s: %v", r.Method, r.Path, err)
	}
	a := Answer{res.StatusCode, res.Header, string(body), b.p.t, r.Method + " " + r.Path}
	b.remember(a)
	return a
}

// Open sends the request and leaves the answer's body to be read, as a stream; the caller closes it.
func (b *Browser) Open(r Request) *http.Response {
	b.p.t.Helper()
	var body io.Reader
	if r.Form != nil {
		body = strings.NewReader(r.Form.Encode())
	} else if r.Body != "" {
		body = strings.NewReader(r.Body)
	}
	req, err := http.NewRequest(r.Method, BaseURL+r.Path, body)
	if err != nil {
		b.p.t.Fatalf("%s %s: %v", r.Method, r.Path, err)
	}
	if r.Form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range []http.Header{b.Header, r.Header} {
		for k, v := range h {
			req.Header[http.CanonicalHeaderKey(k)] = v
		}
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	client := *b.client
	if strings.Contains(req.Header.Get("Accept"), "event-stream") {
		client.Timeout = 0
	}
	res, err := client.Do(req)
	if err != nil {
		b.p.t.Fatalf("%s %s: %v", r.Method, r.Path, err)
	}
	return res
}

var tokenField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// remember keeps the page's token; one from before a sign-in or sign-out no longer holds.
func (b *Browser) remember(a Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range a.Header.Values("Set-Cookie") {
		if strings.HasPrefix(c, "portal=") || strings.HasPrefix(c, "portal_visitor=") {
			b.token = ""
		}
	}
	if m := tokenField.FindStringSubmatch(a.Body); m != nil {
		b.token = m[1]
	}
}

// Cookie is the value of a cookie that the browser holds, empty for none.
func (b *Browser) Cookie(name string) string {
	for _, c := range b.client.Jar.Cookies(b.address()) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// SetCookie puts a cookie into the browser.
func (b *Browser) SetCookie(name, value string) {
	b.client.Jar.SetCookies(b.address(), []*http.Cookie{{Name: name, Value: value, Path: "/"}}) //nolint:gosec // forged on purpose
}

func (b *Browser) address() *url.URL {
	u, err := url.Parse(BaseURL + "/")
	if err != nil {
		b.p.t.Fatal(err)
	}
	return u
}

// Raw sends bytes as they are over a connection of its own, and reads one answer.
func (p *Portal) Raw(request string) Answer {
	p.t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		p.t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		p.t.Fatalf("send: %v", err)
	}
	line, _, _ := strings.Cut(request, "\r\n")
	method, _, _ := strings.Cut(line, " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		p.t.Fatalf("%s: %v", line, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatalf("%s: %v", line, err)
	}
	return Answer{res.StatusCode, res.Header, string(body), p.t, line}
}

// Want fails the test unless the answer has the status and holds every text.
func (a Answer) Want(status int, texts ...string) Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: status %d, not %d; Location %q\n%s", a.what, a.Status, status, a.Header.Get("Location"), a.shown())
	}
	for _, s := range texts {
		if !strings.Contains(a.Body, s) {
			a.t.Errorf("%s: the answer does not hold %q:\n%s", a.what, s, a.shown())
		}
	}
	return a
}

// Lacks fails the test if the answer holds one of the texts.
func (a Answer) Lacks(texts ...string) Answer {
	a.t.Helper()
	for _, s := range texts {
		if at := strings.Index(a.Body, s); at >= 0 {
			a.t.Errorf("%s: the answer holds %q: …%s…", a.what, s, a.Body[max(0, at-around):min(len(a.Body), at+len(s)+around)])
		}
	}
	return a
}

const (
	around = 200  // bytes of an answer that are printed before and behind a text that should not be in it
	most   = 8000 // bytes of an answer that are printed when a text is missing
)

// shown is what of the answer helps to see what is wrong: of a page all but its menus and dialogs, one tag a line.
func (a Answer) shown() string {
	text := a.Body
	if _, main, ok := strings.Cut(text, "<main"); ok {
		main, _, _ = strings.Cut(main, "<dialog")
		text = "<main" + main
	}
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		text = Tidy(text)
	}
	if len(text) > most {
		text = fmt.Sprintf("%s\n… %d bytes more", text[:most], len(text)-most)
	}
	return text
}

// Location is where the answer leads on, by redirect or by htmx.
func (a Answer) Location() string {
	if to := a.Header.Get("HX-Redirect"); to != "" {
		return to
	}
	return a.Header.Get("Location")
}

// String is the answer in one line.
func (a Answer) String() string {
	return fmt.Sprintf("%s → %d (%d bytes)", a.what, a.Status, len(a.Body))
}
