package bench

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// browser asks one server, with the cookies and the form's token it was given.
type browser struct {
	address string // http://127.0.0.1:41234
	cookies map[string]string
	token   string
	once    sync.Once
	client  *fasthttp.HostClient
}

// answer is what came for one request.
type answer struct {
	status int
	text   string // as a person's browser unpacks it
	bytes  int    // over the wire, headers and all
}

// askWithin is how long one answer may take.
const askWithin = 20 * time.Second

// encodings are what browsers say they unpack.
const encodings = "gzip, deflate, br"

func (b *browser) http() *fasthttp.HostClient {
	b.once.Do(func() {
		b.client = &fasthttp.HostClient{
			Addr: strings.TrimPrefix(b.address, "http://"), MaxConns: 256,
			ReadTimeout: askWithin, WriteTimeout: askWithin, MaxIdleConnDuration: time.Minute,
		}
	})
	return b.client
}

func (b *browser) close() { b.http().CloseIdleConnections() }

// request fills in what every request carries.
func (b *browser) request(r *fasthttp.Request, method, path string) {
	r.Header.SetMethod(method)
	r.SetRequestURI(b.address + path)
	r.Header.Set(fasthttp.HeaderAcceptEncoding, encodings)
	for name, value := range b.cookies {
		r.Header.SetCookie(name, value)
	}
}

// send does the request and keeps the cookies that come back.
func (b *browser) send(r *fasthttp.Request) (answer, error) {
	resp := fasthttp.AcquireResponse()
	defer fasthttp.ReleaseResponse(resp)
	if err := b.http().Do(r, resp); err != nil {
		return answer{}, fmt.Errorf("ask for %s: %w", r.URI().Path(), err)
	}
	for raw := range resp.Header.Cookies() {
		b.keep(resp, string(raw))
	}
	a := answer{status: resp.StatusCode(), bytes: len(resp.Header.Header()) + len(resp.Body())}
	body, err := resp.BodyUncompressed()
	if err != nil {
		return a, fmt.Errorf("unpack %s: %w", r.URI().Path(), err)
	}
	a.text = string(body)
	return a, nil
}

func (b *browser) keep(resp *fasthttp.Response, name string) {
	var c fasthttp.Cookie
	c.SetKey(name)
	if !resp.Header.Cookie(&c) {
		return
	}
	if b.cookies == nil {
		b.cookies = map[string]string{}
	}
	b.cookies[name] = string(c.Value())
}

// get asks for a page.
// Errors: a sentence, when the answer is not 200.
func (b *browser) get(path string) (answer, error) {
	r := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(r)
	b.request(r, fasthttp.MethodGet, path)
	a, err := b.send(r)
	if err == nil && a.status != fasthttp.StatusOK {
		err = fmt.Errorf("%s answered %d where 200 was expected", path, a.status)
	}
	return a, err
}

// status asks for a page and returns the answer's status.
func (b *browser) status(path string) (int, error) {
	r := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(r)
	b.request(r, fasthttp.MethodGet, path)
	a, err := b.send(r)
	return a.status, err
}

// post sends a form as htmx does.
func (b *browser) post(path string, form url.Values) (answer, error) {
	r := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(r)
	b.request(r, fasthttp.MethodPost, path)
	r.Header.SetContentType("application/x-www-form-urlencoded")
	r.Header.Set("X-CSRF-Token", b.token)
	r.Header.Set("HX-Request", "true")
	r.SetBodyString(form.Encode())
	return b.send(r)
}

// tokenIn is the form's token, in the header that htmx is told to send.
var tokenIn = regexp.MustCompile(`"X-CSRF-Token":\s*"([^"]+)"`)

// learn keeps the token that the page carries: it is another one once somebody has signed in.
func (b *browser) learn(a answer) error {
	found := tokenIn.FindStringSubmatch(html.UnescapeString(a.text))
	if found == nil {
		return fmt.Errorf("the page carries no token for forms")
	}
	b.token = found[1]
	return nil
}

// signIn opens the server as that person.
func signIn(ctx context.Context, address, username, password string) (*browser, error) {
	b := &browser{address: address}
	page, err := b.get("/login")
	if err == nil {
		err = b.learn(page)
	}
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	said, err := b.post("/login", url.Values{"name": {username}, "password": {password}})
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	if said.status >= fasthttp.StatusBadRequest {
		return nil, fmt.Errorf("sign in as %s: the server answered %d", username, said.status)
	}
	home, err := b.get("/")
	if err == nil {
		err = b.learn(home)
	}
	if err != nil {
		return nil, fmt.Errorf("open the start page as %s: %w", username, err)
	}
	return b, ctx.Err()
}
