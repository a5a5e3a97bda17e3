package markdown

import (
	"strings"
	"testing"
	"time"
)

func TestS73_CostlyTextsAreReadInASecond(t *testing.T) {
	for _, piece := range []string{
		"(", "[", "![", "[](a ", "[a](", "[a][", "[[[a](b)](", "*", "**a ", "*a_ ", "_a", "~a~", "`", "``a", "`a``", "<", "<a ", "<!--", "&", "&#1;", "> ", "- ", "1. ", "- [ ] ", "> - ", ">\n", "-\n", "a\n-\n",
		"@", "@a", "#", "#1 ", "@\"a", "NET-1 ", "A-", "\"", "a ", "|", "x|y\n-|-\n", "a@b.", "http://", "www.a ", "[a]: b\n", "\n\n",
	} {
		text := strings.Repeat(piece, 50_000/len(piece))
		began := time.Now()
		Fill(HTML(text), func(Mention) string { return "" })
		if took := time.Since(began); took > 20*time.Second { // a second, and what else the machine has to do
			t.Errorf("%q: %v", piece, took)
		}
	}
}

func TestCostly_IsWhatNobodyWrites(t *testing.T) {
	many := strings.Repeat("a_b[c]*d ", 1000)
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"ordinary", "# Title\n\nSome **bold** text, a [link](https://example.com).\n\n- a\n  - b\n    1. c\n> quote", false},
		{"a paragraph of marks", many, true},
		{"the same in paragraphs", strings.ReplaceAll(many, " ", "\n\n"), false},
		{"the same as code", "```\n" + many + "\n```", false},
		{"the same behind code", "```\ncode\n```\n" + many, true},
		{"a longer fence is not closed by a shorter one", "````\n```\n````\n" + many, true},
		{"a fence of a fence", "````\n```\n" + many + "\n````", false},
		{"what is no fence", "``` `\n" + many, true},
		{"deep quotes", strings.Repeat("> ", 100) + "a", true},
		{"deep lists", strings.Repeat("- ", 100) + "a", true},
		{"a rule", strings.Repeat("-", 200), false},
	} {
		if got := costly(c.text); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if got := HTML(many + "<script>alert(1)</script>\nx"); !strings.HasPrefix(got, "<p>a_b[c]") || !strings.Contains(got, "&lt;script&gt;alert(1)&lt;/script&gt;<br>\nx</p>") {
		t.Error(got[len(got)-100:])
	}
}
