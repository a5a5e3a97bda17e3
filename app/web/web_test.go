package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
)

func TestS29_LocalLeadsNobodyAway(t *testing.T) {
	for next, want := range map[string]string{
		"/": "/", "/projects": "/projects", "/projects?q=a%2Fb&x=//y": "/projects?q=a%2Fb&x=//y", "/a#b": "/a", "/%09/evil.test": "/%09/evil.test",
		"": "!", "projects": "!", "//evil.test": "!", "///evil.test": "!", `/\evil.test`: "!", `\/evil.test`: "!", "https://evil.test": "!", "https:evil.test": "!",
		"javascript:alert(1)": "!", "/\t/evil.test": "!", "/\r\nSet-Cookie: a=b": "!", "/\x00": "!", " /x": "!", "http:/evil": "!", "/%zz": "!", "data:text/html,x": "!",
	} {
		if got := web.Local(next, "!"); got != want {
			t.Errorf("%q leads to %q, not %q", next, got, want)
		}
	}
}

type form struct {
	Title string   `form:"title" validate:"required,max=5"`
	Owner int64    `form:"owner"`
	Done  bool     `form:"done"`
	Tags  []string `form:"tag"`
	Roles []int64  `form:"role"`
	Email string   `form:"email" validate:"omitempty,email"`
	role  string   //nolint:unused // a form never fills it
}

// bind sends a body to a handler that binds it.
func bind(t *testing.T, kind, body, query string) (form, error) {
	t.Helper()
	var f form
	var said error
	app := fiber.New(fiber.Config{Immutable: true})
	app.Post("/", func(c *fiber.Ctx) error {
		said = web.Bind(c, &f)
		return nil
	})
	r := httptest.NewRequest(fiber.MethodPost, "/"+query, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	res, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return f, said
}

const urlencoded = fiber.MIMEApplicationForm

func TestS39_S70_BindTakesOddBodiesForWhatTheyAre(t *testing.T) {
	for name, c := range map[string]struct {
		kind, body, query string
		field             string // that is wrong; empty for none
	}{
		"as it should be":           {urlencoded, "title=a", "", ""},
		"empty":                     {urlencoded, "", "", "title"},
		"blanks are nothing":        {urlencoded, "title=+%09%C2%A0", "", "title"},
		"the query never counts":    {urlencoded, "", "?title=a", "title"},
		"NUL":                       {urlencoded, "title=a%00b", "", "title"},
		"invalid UTF-8":             {urlencoded, "title=%ff%fe", "", "title"},
		"too long":                  {urlencoded, "title=%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4", "", "title"},
		"five umlauts are five":     {urlencoded, "title=%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4", "", ""},
		"an array for a text":       {urlencoded, "title[]=a&title[0]=b", "", "title"},
		"a huge index":              {urlencoded, "title=a&tag[99999999]=x", "", ""},
		"a word for a number":       {urlencoded, "title=a&owner=bob", "", "owner"},
		"a number beyond all":       {urlencoded, "title=a&owner=99999999999999999999", "", "owner"},
		"a word among numbers":      {urlencoded, "title=a&role=1&role=x", "", "role"},
		"an address that is none":   {urlencoded, "title=a&email=x", "", "email"},
		"NUL in one of many":        {urlencoded, "title=a&tag=ok&tag=%00", "", "tag"},
		"the character set is said": {urlencoded + "; charset=utf-8", "title=a", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bind(t, c.kind, c.body, c.query)
			if c.field == "" && err != nil {
				t.Fatal(err)
			}
			if c.field != "" && (!fault.Is(err, fault.Invalid) || fault.Of(err).Fields[c.field] == "") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestBind_FillsEverySort(t *testing.T) {
	f, err := bind(t, urlencoded, "title=a&owner=7&done=1&tag=x&tag=y&role=1&role=&role=2&extra=z&title=second&role[]=9", "?owner=8")
	if err != nil {
		t.Fatal(err)
	}
	if f.Title != "a" || f.Owner != 7 || !f.Done || !slices.Equal(f.Tags, []string{"x", "y"}) || !slices.Equal(f.Roles, []int64{1, 2}) {
		t.Errorf("%+v", f)
	}
	if f, err := bind(t, urlencoded, "title=a%0D%0Ab", ""); err != nil || f.Title != "a\nb" {
		t.Errorf("a line end: %q, %v", f.Title, err)
	}
}

func TestBind_ReadsMultipart(t *testing.T) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range [][2]string{{"title", "a"}, {"tag", "x"}, {"tag", "y"}} {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := bind(t, w.FormDataContentType(), b.String(), "")
	if err != nil || f.Title != "a" || len(f.Tags) != 2 {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestBind_RefusesWhatNoFormSends(t *testing.T) {
	for _, kind := range []string{"application/json", "text/plain", "application/xml", "", "application/x-www-form-urlencodedx"} {
		if _, err := bind(t, kind, `{"title":"a"}`, ""); !fault.Is(err, fault.Unsupported) {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// filter is the query string of a list.
type filter struct {
	data.List
	Kind string `query:"kind"`
	Of   int64  `query:"of"`
	Old  bool   `query:"old"`
	Own  string // no parameter
}

func TestLink_IsTheAddressThatQueryReads(t *testing.T) {
	full := filter{List: data.List{Page: 3, Size: 50, Sort: "-name", Text: "a & b"}, Kind: "x", Of: -1, Old: true, Own: "y"}
	for name, c := range map[string]struct{ got, want string }{
		"nothing to say":          {web.Link("/list", filter{}), "/list"},
		"what data.List has then": {web.Link("/list", filter{List: data.List{}.Tidy()}), "/list"},
		"page 1 of the same":      {web.Link("/list", full), "/list?kind=x&of=-1&old=1&q=a+%26+b&size=50&sort=-name"},
		"another page":            {web.Link("/list", filter{Kind: "x"}, "page", "2", "size", "25"), "/list?kind=x&page=2"},
		"one parameter taken off": {web.Link("/list", filter{Kind: "x", Of: 2}, "kind", ""), "/list?of=2"},
		"one changed":             {web.Link("/list", filter{Kind: "x"}, "kind", "z"), "/list?kind=z"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, not %s", name, c.got, c.want)
		}
	}
	var read filter
	app := fiber.New(fiber.Config{Immutable: true})
	app.Get("/list", func(c *fiber.Ctx) error { web.Query(c, &read); return nil })
	if _, err := app.Test(httptest.NewRequest(fiber.MethodGet, web.Link("/list", full, "page", "3"), nil), -1); err != nil {
		t.Fatal(err)
	}
	if full.Own = ""; read != full {
		t.Errorf("read %+v, not %+v", read, full)
	}
}

// A page that looks again because of somebody else's change must not fill the browser's history.
func TestPush_IsForWhatThePersonAskedFor(t *testing.T) {
	app := fiber.New()
	app.Get("/list", func(c *fiber.Ctx) error { web.Push(c, "/list?page=2"); return nil })
	for name, c := range map[string]struct {
		headers []string
		want    string
	}{
		"a page": {nil, ""}, "a fragment": {[]string{"HX-Request"}, "/list?page=2"}, "a look at what changed": {[]string{"HX-Request", "Portal-Live"}, ""},
	} {
		r := httptest.NewRequest(fiber.MethodGet, "/list", nil)
		for _, h := range c.headers {
			r.Header.Set(h, "true")
		}
		res, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Header.Get("HX-Push-Url"); got != c.want {
			t.Errorf("%s: pushed %q", name, got)
		}
	}
}
