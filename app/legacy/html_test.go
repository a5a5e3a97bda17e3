package legacy_test

import (
	"strings"
	"testing"

	"portal/app/legacy"
	"portal/app/markdown"
)

func TestMarkdown_KeepsWhatItSays(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"plain text stays":        {"1 < 2 & *not* <3\nnext", "1 < 2 & *not* <3\nnext"},
		"emphasis and lists":      {"<p>a <b>b</b></p><ol><li>x</li><li>y</li></ol>", "a **b**\n\n1. x\n2. y"},
		"table":                   {"<table><tr><th>a</th></tr><tr><td>1</td></tr></table>", "| a |\n|---|\n| 1 |"},
		"links":                   {`<a href="https://e.org/">e</a> <a href="/projects/7">p</a>`, "[e](https://e.org/) [p](/projects/7)"},
		"image elsewhere":         {`<img src="https://e.org/a.png" alt="plan">`, "[plan](https://e.org/a.png)"},
		"image inside":            {`<p>x <img src="data:image/png;base64,AAAA" alt="plan"></p>`, "x plan"},
		"struck out":              {"<p><del>old</del></p>", "~~old~~"},
		"entities without a tag":  {"Caf&eacute; &amp; Bar", "Café & Bar"},
		"nothing but a paragraph": {"<p><br></p>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := legacy.Markdown(c.html); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestMarkdown_LetsNothingRun(t *testing.T) {
	for _, html := range []string{
		`<script>alert(1)</script>`, `<SCRIPT SRC=//e.org/x.js></SCRIPT>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`,
		`<a href="javascript:alert(1)">x</a>`, `<a href=" JaVaScRiPt:alert(1)">x</a>`, "<a href=\"java\nscript:alert(1)\">x</a>",
		`<a href="data:text/html,<script>alert(1)</script>">x</a>`, `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
		`<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `&lt;script&gt;alert(1)&lt;/script&gt;`,
		`<div style="background:url(javascript:alert(1))" onclick="alert(1)">x</div>`, `<p>[x](javascript:alert(1))</p>`,
	} {
		text, _ := legacy.Markdown(html)
		shown := strings.ToLower(markdown.HTML(text))
		for _, bad := range []string{"<script", "href=\"javascript", "href=\"data", "<img", "<iframe", "<svg", " style="} {
			if strings.Contains(shown, bad) {
				t.Errorf("%s became %s, shown as %s", html, text, shown)
			}
		}
	}
}

func TestMarkdown_SaysWhatItTookOut(t *testing.T) {
	_, removed := legacy.Markdown(`<p onclick="x()">a</p><script>1</script><script>2</script><a href="javascript:x()">b</a>`)
	for _, want := range []string{"2 × <script>", "1 × handler onclick", "1 × link that could run a script"} {
		if !strings.Contains(strings.Join(removed, "; "), want) {
			t.Errorf("%q is not in %q", want, removed)
		}
	}
}
