package legacy

import (
	"strings"
	"testing"
	"unicode/utf8"

	"portal/app/clock"
	"portal/app/markdown"
)

func FuzzMarkdown_OfOldHTMLRunsNothing(f *testing.F) {
	for _, s := range []string{
		"<p>a <b>b</b></p><ul><li>x</ul>", "<script>alert(1)</script>", "<a href='javascript:alert(1)' onclick=x>y</a>", "<img src=x onerror=alert(1) alt='<script>'>", "<img src='https://a.example/b.png' alt='](javascript:alert(1))'>",
		"<table><tr><td>a|b<td>c</table>", "a &lt;b&gt; &amp; c", "plain *text* [x](javascript:alert(1))", "<svg><script>x</script></svg>", "<!-- x -->", "<a href=' jAvAscript:x'>y</a>", "<pre>```</pre>", "<p>&#0;&#xd800;</p>",
		strings.Repeat("<b>", 600), strings.Repeat("<blockquote>", 200), "<code>`</code>", "\xff<p>\xfe", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		made, _ := Markdown(text)
		shown := strings.ToLower(markdown.HTML(made))
		for _, bad := range []string{"<script", "<img src=\"h", "<iframe", "<svg", "href=\"javascript:", "href=\"data:", "href=\"vbscript:", "<style"} {
			if strings.Contains(shown, bad) {
				t.Fatalf("%q becomes %q, shown as %q", text, made, shown)
			}
		}
		if utf8.ValidString(text) && !utf8.ValidString(made) {
			t.Fatalf("%q becomes %q", text, made)
		}
	})
}

func FuzzRecord_ReadsEveryValue(f *testing.F) {
	for _, s := range []string{"", "1", "-9223372036854775808", "1e9", " 7 ", "true", "NO", "2026-11-23", "2026-11-23 10:00:00.123456", "2026-11-23T10:00:00+02:00", "0001-01-01", "9999-12-31 23:59:59", "\x00\xff", "fas fa-folder", "{\"a\":1}", "2026-02-30"} {
		f.Add(s, []byte(s), int64(len(s)), float64(len(s)))
	}
	f.Fuzz(func(t *testing.T, s string, b []byte, n int64, x float64) {
		for _, r := range []Record{{"v": s}, {"v": b}, {"v": n}, {"v": x}, {"v": nil}, {}} {
			if text := r.Text("v"); !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				t.Fatalf("%v is the text %q", r, text)
			}
			if line := r.Line("v"); strings.ContainsAny(line, "\r\n") {
				t.Fatalf("%v is the line %q", r, line)
			}
			if day, ok := r.Day("v"); !day.Valid() || !ok && day != "" {
				t.Fatalf("%v is the day %q", r, day)
			}
			if at := r.Time("v"); at != nil && (!clock.DayOf(*at, at.Location()).Valid() || at.Year() < 1899) {
				t.Fatalf("%v is the time %v", r, at)
			}
			if r.Yes("v") && !r.YesUnless("v") {
				t.Fatalf("%v is yes and no", r)
			}
			r.Int("v")
			r.ID()
			if icon := Icon(r.Text("v"), "other"); icon == "" {
				t.Fatalf("%v has no icon", r)
			}
		}
	})
}
