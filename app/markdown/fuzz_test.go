package markdown

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// allowed are the elements that a text may become, and the attributes of each.
var allowed = map[string][]string{
	"a": {"href", "title", "rel"}, "img": {"src", "alt", "title"}, "span": {"data-at", "data-ref"},
}

func init() {
	for _, name := range strings.Fields("html head body p br strong em del code pre blockquote ul ol li hr h1 h2 h3 h4 h5 h6 table thead tbody tr th td") {
		allowed[name] = nil
	}
}

// harmful says what in HTML could run or lead to where no link may; empty for nothing. The HTML is read as browsers read it.
func harmful(t *testing.T, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return "" // deeper than any browser goes
	}
	var walk func(n *html.Node) string
	walk = func(n *html.Node) string {
		if n.Type == html.ElementNode {
			attributes, known := allowed[n.Data]
			if !known || n.Namespace != "" {
				return "<" + n.Data + ">"
			}
			for _, a := range n.Attr {
				if !slices.Contains(attributes, a.Key) {
					return n.Data + " " + a.Key
				}
				if a.Key == "href" && !leads(a.Val) || a.Key == "src" && !ours.MatchString(a.Val) {
					return a.Key + "=" + a.Val
				}
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			if bad := walk(child); bad != "" {
				return bad
			}
		}
		return ""
	}
	return walk(doc)
}

var controls = regexp.MustCompile(`[\x00-\x20]`)

// leads reports whether a browser that follows the link goes somewhere, instead of running it: it reads over control characters.
func leads(href string) bool {
	u, err := url.Parse(controls.ReplaceAllString(href, ""))
	if err != nil {
		scheme, _, _ := strings.Cut(controls.ReplaceAllString(href, ""), ":")
		return !slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(scheme))
	}
	return slices.Contains([]string{"", "http", "https", "mailto", "tel"}, strings.ToLower(u.Scheme))
}

func FuzzHTML_HoldsNothingThatRuns(f *testing.F) {
	for _, s := range []string{
		"# a\n\n- [ ] b **c** _d_ `e` ~~f~~\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> q\n\n1. x", "<script>alert(1)</script>", "<a href=\"javascript:alert(1)\">x</a>", "[x](javascript:alert(1))",
		"[x](java\tscript:alert(1))", "![x](/projects/1/files/2)", "![x](https://evil.example/a.png)", "<svg onload=alert(1)>", "<p hx-get=\"/\" style=\"x\" id=y>", "[a][b]\n\n[b]: data:text/html,x \"t\"",
		"<http://a.b> <javascript:alert(1)> www.a.example a@b.example", "&lt;script&gt; &#60;img src=x onerror=alert(1)&#62;", "@maria #12 NET-12 @\"a b\"", "<!-- --!> <![CDATA[x]]> <?x ?>", "[x](//evil.example \"a\\\"b\")",
		"~~~html\n<script>\n~~~", "</p></textarea></title><img/src=x/onerror=alert(1)>", "[a](<b\\>c>)", strings.Repeat("> ", 70) + "x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := HTML(s)
		if bad := harmful(t, clean); bad != "" {
			t.Fatalf("%q becomes %q: %s", s, clean, bad)
		}
		shown := Fill(clean, func(m Mention) string { return "" })
		if bad := harmful(t, shown); bad != "" || strings.Contains(shown, "<span") {
			t.Fatalf("%q is shown as %q: %s", s, shown, bad)
		}
	})
}
