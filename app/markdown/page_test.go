package markdown

import (
	"reflect"
	"strings"
	"testing"
)

func TestPage_HeadingsBeginBelowTheTitleAndCanBeLinkedTo(t *testing.T) {
	html, all := Page("# Start of the *shift*\n\ntext\n\n### Wer übernimmt?\n\n# Start of the shift\n\n## `code` & @maria\n")
	want := []Heading{
		{"h-start-of-the-shift", "Start of the shift", 2}, {"h-wer-übernimmt", "Wer übernimmt?", 4},
		{"h-start-of-the-shift-2", "Start of the shift", 2}, {"h-code-maria", "code & @maria", 3},
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("got %+v", all)
	}
	for _, part := range []string{`<h2 id="h-start-of-the-shift">`, `<h4 id="h-wer-übernimmt">`, `<h2 id="h-start-of-the-shift-2">`} {
		if !strings.Contains(html, part) {
			t.Errorf("%s is missing in %s", part, html)
		}
	}
}

func TestPage_HoldsNothingThatRuns(t *testing.T) {
	for _, text := range []string{
		"<script>alert(1)</script>", "# <img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](https://elsewhere.example/x.png)",
		"# a {#evil onclick=alert(1)}", "<h1 id=toasts>x</h1>", strings.Repeat("[", 50_000),
	} {
		html, _ := Page(text)
		for _, bad := range []string{"<script", "<img src", "onerror=\"", "javascript:", "onclick=\"", `id="toasts"`} {
			if strings.Contains(html, bad) {
				t.Errorf("%.40s became %.200s", text, html)
			}
		}
	}
}

func TestHTML_ShowsBoxesOfTaskLists(t *testing.T) {
	page, _ := Page("- [ ] open\n- [x] done")
	for _, html := range []string{HTML("- [ ] open\n- [x] done"), page} {
		if !strings.Contains(html, "<li>☐ open</li>") || !strings.Contains(html, "<li>☑ done</li>") {
			t.Errorf("got %s", html)
		}
	}
}
