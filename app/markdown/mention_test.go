package markdown

import (
	"strings"
	"testing"
)

// shown is the text as HTML, its mentions in brackets.
func shown(text string) string {
	return strings.TrimSpace(Fill(HTML(text), func(m Mention) string {
		if m.Person {
			return "[at " + m.Word + "]"
		}
		return "[ref " + m.Word + "]"
	}))
}

func TestMention_WhatIsOne(t *testing.T) {
	for text, want := range map[string]string{
		"@maria":                         "<p>[at maria]</p>",
		"ask @maria.":                    "<p>ask [at maria].</p>",
		"(@maria, @jörg.müller)":         "<p>([at maria], [at jörg.müller])</p>",
		`@"Maria Diaz" knows`:            "<p>[at Maria Diaz] knows</p>",
		"**@maria** _@max_":              "<p><strong>[at maria]</strong> <em>[at max]</em></p>",
		"#12":                            "<p>[ref 12]</p>",
		"#12, #13: done":                 "<p>[ref 12], [ref 13]: done</p>",
		"NET-12 and #NET-13":             "<p>[ref NET-12] and [ref NET-13]</p>",
		"after NET2-7!":                  "<p>after [ref NET2-7]!</p>",
		"(NET-1) \"NET-2\"":              "<p>([ref NET-1]) &#34;[ref NET-2]&#34;</p>",
		"- @maria\n- #1":                 "<ul>\n<li>[at maria]</li>\n<li>[ref 1]</li>\n</ul>",
		"mail maria@example.com":         `<p>mail <a href="mailto:maria@example.com" rel="nofollow">maria@example.com</a></p>`,
		"`@maria #12 NET-12`":            "<p><code>@maria #12 NET-12</code></p>",
		"```\n@maria #12\n```":           "<pre><code>@maria #12\n</code></pre>",
		"    @maria":                     "<pre><code>@maria\n</code></pre>",
		`\@maria \#12`:                   "<p>@maria #12</p>",
		"a@b @ #x # 12 &#49;":            "<p>a@b @ #x # 12 1</p>",
		"#12a #1-2x net-12 xNET-12":      "<p>#12a #1-2x net-12 xNET-12</p>",
		"NET-12-13":                      "<p>NET-12-13</p>",
		"[see #12](https://example.com)": `<p><a href="https://example.com" rel="nofollow noreferrer">see #12</a></p>`,
		"# #12":                          "<h1>[ref 12]</h1>",
		"https://example.com/#12":        `<p><a href="https://example.com/#12" rel="nofollow noreferrer">https://example.com/#12</a></p>`,
	} {
		if got := shown(text); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}

func TestMention_UnfilledStaysAsTyped(t *testing.T) {
	if got := Fill(HTML(`@"A & B" #12`), func(Mention) string { return "" }); got != "<p>@&#34;A &amp; B&#34; #12</p>\n" {
		t.Error(got)
	}
}

// What only looks like the mark of a mention must not become one, nor bring anything with it.
func TestS51_MentionsCantBeForged(t *testing.T) {
	for _, text := range []string{
		`<span data-at="maria">x</span>`, `<span data-ref="1" onclick="alert(1)">x</span>`, "`<span data-at=\"maria\">x</span>`",
		`@"<script>alert(1)</script>"`, `@"x onmouseover=alert(1)//`, `@"a" onload="alert(1)"`, `@maria<script>alert(1)</script>`,
		`[@maria](javascript:alert(1))`, `![@maria](javascript:alert(1))`, `<span data-at="x"><img src=x onerror=alert(1)></span>`, `#12"onclick=alert(1)`,
	} {
		clean := HTML(text)
		for _, m := range Mentions(clean) {
			if m.Word != "maria" && m.Word != "a" && m.Word != "12" {
				t.Errorf("%s: mentions %q", text, m.Word)
			}
		}
		got := shown(text)
		for _, bad := range []string{"<span", "<script", "<img src", `="javascript`} {
			if strings.Contains(got, bad) {
				t.Errorf("%s became %s", text, got)
			}
		}
	}
}

func FuzzMention(f *testing.F) {
	for _, s := range []string{`@maria #12 NET-12 @"a b"`, "`@x`", "<span data-at=\"x\">"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := HTML(s)
		if got := Fill(clean, func(Mention) string { return "" }); strings.Contains(got, "<span data") || strings.Contains(got, "<script") {
			t.Errorf("%q became %s", s, got)
		}
	})
}
