package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"portal/app/data"
)

// Run is a part of a text: one that was looked for, or not.
type Run struct {
	Text string
	Hit  bool
}

// span is where a word stands in a text, in bytes.
type span struct{ from, to int }

// spans are the words of a text as they stand in it, with their folded forms.
func spans(s string) ([]span, []string) {
	var all []span
	var folded []string
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !part(r) {
			i += size
			continue
		}
		from := i
		for i < len(s) {
			r, size = utf8.DecodeRuneInString(s[i:])
			if !part(r) {
				break
			}
			i += size
		}
		for _, w := range split(s[from:i]) {
			all = append(all, span{from, i})
			folded = append(folded, w)
		}
	}
	return all, folded
}

// part reports whether the rune is within a word as it stands in a text: also marks that folding takes away.
func part(r rune) bool { return letter(r) || unicode.IsMark(r) }

// hits are where the query's words stand, in their order.
func (q Query) hits(s string, most int) []span {
	at, folded := spans(s)
	var found []span
	for i := 0; i < len(folded) && len(found) < most; i++ {
		for _, t := range q.Must {
			if n := t.at(folded[i:]); n > 0 {
				found = append(found, span{at[i].from, at[i+n-1].to})
				i += n - 1
				break
			}
		}
	}
	return found
}

// at is how many of the words, from the first on, are the term's; 0 when they are not.
func (t Term) at(words []string) int {
	if len(words) < len(t.Words) {
		return 0
	}
	for i, w := range t.Words {
		open := t.Open && i == len(t.Words)-1
		if words[i] != w && (!open || !strings.HasPrefix(words[i], w)) {
			return 0
		}
	}
	return len(t.Words)
}

// Mark cuts a text into runs, so that what was looked for can be shown so. They make the text when they are put together.
func (q Query) Mark(s string) []Run {
	var runs []Run
	end := 0
	for _, h := range q.hits(s, len(s)) {
		if h.from > end {
			runs = append(runs, Run{s[end:h.from], false})
		}
		if h.from >= end {
			runs = append(runs, Run{s[h.from:h.to], true})
			end = h.to
		}
	}
	if end < len(s) {
		runs = append(runs, Run{s[end:], false})
	}
	return runs
}

// The size of snippets, in characters: before the first word that was looked for, and in all.
const (
	snippetBefore = 40
	snippetMost   = 180
)

// Snippet is a part of the text with the first of the words in it; the text's beginning when it has none.
func (q Query) Snippet(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	from := 0
	if h := q.hits(s, 1); len(h) > 0 {
		from = h[0].from
		for n := 0; from > 0 && n < snippetBefore; n++ {
			_, size := utf8.DecodeLastRuneInString(s[:from])
			from -= size
		}
		if i := strings.IndexByte(s[from:h[0].from], ' '); from > 0 && i >= 0 {
			from += i + 1
		}
	}
	cut := data.Cut(s[from:], snippetMost)
	short := len(cut) < len(s)-from
	if i := strings.LastIndexByte(cut, ' '); short && i > len(cut)/2 {
		cut = cut[:i]
	}
	if from > 0 {
		cut = "… " + cut
	}
	if short {
		cut += " …"
	}
	return cut
}
