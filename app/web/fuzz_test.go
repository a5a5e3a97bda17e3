package web_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"portal/app/web"
)

// within runs do in a request with that head and body; no server stands around it.
func within(head func(*fasthttp.Request), do func(*fiber.Ctx)) {
	app := fiber.New(fiber.Config{Immutable: true})
	var raw fasthttp.RequestCtx
	head(&raw.Request)
	c := app.AcquireCtx(&raw)
	defer app.ReleaseCtx(c)
	do(c)
}

func FuzzLocal_LeadsNobodyAway(f *testing.F) {
	for _, s := range []string{"/", "/projects?q=a#b", "//evil.test", `/\evil.test`, "/%2f/evil.test", "/\t/evil.test", "https:evil.test", "javascript:alert(1)", "/..//evil.test", "/;@evil.test", "/%5cevil.test", "/.//evil.test"} {
		f.Add(s)
	}
	base, err := url.Parse("https://portal.test/projects")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := web.Local(next, "/fallback")
		// A browser reads a backslash as a slash, and over tabs and ends of lines. https://url.spec.whatwg.org/#url-parsing
		seen := strings.ReplaceAll(strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(got), `\`, "/")
		to, err := base.Parse(seen)
		if err != nil || to.Host != "portal.test" || to.Scheme != "https" || !strings.HasPrefix(seen, "/") || strings.HasPrefix(seen, "//") {
			t.Fatalf("%q leads to %q, which is %v, %v", next, got, to, err)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("%q leads to %q", next, got)
		}
	})
}

func FuzzBind_TakesNothingThatCannotBeKept(f *testing.F) {
	for _, s := range [][2]string{
		{urlencoded, "title=a&owner=1&done=on&tag=x&tag=y&role=1,2&email=a@b.example"}, {urlencoded, "title=%00&owner=9223372036854775808"}, {urlencoded, "title=%ff&role=x"}, {urlencoded, "title[0]=a&title%5B%5D=b;c=d&&=&"},
		{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na\r\n--b--\r\n"}, {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"title\"; filename=\"../x\"\r\n\r\na\r\n--b--\r\n"},
		{"multipart/form-data", "--b"}, {"multipart/form-data; boundary=\"\"", "x"}, {"application/json", "{}"}, {"", "x"}, {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name*=utf-8''title\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--b--"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, kind, body string) {
		within(func(r *fasthttp.Request) {
			r.Header.SetMethod(fiber.MethodPost)
			r.Header.SetContentType(kind)
			r.SetBodyString(body)
		}, func(c *fiber.Ctx) {
			var got form
			if err := web.Bind(c, &got); err != nil {
				return
			}
			for _, s := range append([]string{got.Title, got.Email}, got.Tags...) {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
					t.Fatalf("%q %q is taken as %+v", kind, body, got)
				}
			}
			if got.Title == "" || utf8.RuneCountInString(got.Title) > 5 || got.role != "" {
				t.Fatalf("%q %q is taken as %+v", kind, body, got)
			}
			if _, err := web.Fields(c); err != nil {
				t.Fatalf("%q %q: %v", kind, body, err)
			}
			if web.Take(c, "title"); web.Has(c, "title") {
				t.Fatalf("%q %q still has what was taken out", kind, body)
			}
		})
	})
}

type filter struct {
	Page int      `query:"page"`
	Text string   `query:"q"`
	Who  int64    `query:"who"`
	Show []string `query:"show"`
	On   bool     `query:"on"`
}

func FuzzQuery_NeverFails(f *testing.F) {
	for _, s := range []string{"page=1&q=a&who=2&show=x&show=y&on=1", "page=-1&who=9223372036854775808", "q=%00%ff", "q=%zz&&;=", "page=1e9", "%70age=3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		within(func(r *fasthttp.Request) {
			r.SetRequestURI("/x?" + strings.NewReplacer("#", "", "\r", "", "\n", "").Replace(query))
		}, func(c *fiber.Ctx) {
			var got filter
			web.Query(c, &got)
			for _, s := range append([]string{got.Text}, got.Show...) {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
					t.Fatalf("%q is read as %+v", query, got)
				}
			}
		})
	})
}

func FuzzTakes_ReadsEveryHeader(f *testing.F) {
	for _, s := range []string{"gzip", "gzip;q=0", "br, gzip;q=0.5", "gzip;q=x", ";,;", "GZIP ; Q=1", "gzip;q=NaN", "*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, head string) {
		within(func(r *fasthttp.Request) { r.Header.Set("Accept-Encoding", head) }, func(c *fiber.Ctx) {
			if web.Takes(c, "gzip") && !strings.Contains(strings.ToLower(head), "gzip") {
				t.Fatalf("%q takes gzip", head)
			}
		})
	})
}
