package search

import (
	"iter"
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

// spans are the words of a text as they stand in it, with their folded forms, from the first on.
func spans(s string) iter.Seq2[span, string] {
	return func(yield func(span, string) bool) {
		for i := 0; i < len(s); {
			r, size := utf8.DecodeRuneInString(s[i:])
			if !within(r) {
				i += size
				continue
			}
			from, plain := i, true
			for i < len(s) {
				if r, size = utf8.DecodeRuneInString(s[i:]); !within(r) {
					break
				}
				plain = plain && r < utf8.RuneSelf
				i += size
			}
			folded := []string{data.Cut(strings.ToLower(s[from:i]), wordMost)}
			if !plain {
				folded = split(s[from:i])
			}
			for _, w := range folded {
				if !yield(span{from, i}, w) {
					return
				}
			}
		}
	}
}

// within reports whether the rune is within a word as it stands in a text: also marks that folding takes away.
func within(r rune) bool { return letter(r) || unicode.IsMark(r) }

// hits are where the query's words stand, in their order, none over another.
func (q Query) hits(s string, most int) []span {
	var at, found []span
	var folded []string
	for where, w := range spans(s) {
		at, folded = append(at, where), append(folded, w)
		for _, t := range q.Must {
			if !t.ends(folded) {
				continue
			}
			h := span{at[len(at)-len(t.Words)].from, where.to}
			if n := len(found); n > 0 && h.from < found[n-1].to {
				h.from = found[n-1].from
				found = found[:n-1]
			}
			found = append(found, h)
		}
		if len(found) >= most {
			break
		}
	}
	return found
}

// ends reports whether the last of the words are the term's.
func (t Term) ends(words []string) bool {
	from := len(words) - len(t.Words)
	if from < 0 {
		return false
	}
	for i, w := range t.Words {
		open := t.Open && i == len(t.Words)-1
		if have := words[from+i]; have != w && (!open || !strings.HasPrefix(have, w)) {
			return false
		}
	}
	return true
}

// Mark cuts a text into runs, so that what was looked for can be shown so. They make the text when they are put together.
func (q Query) Mark(s string) []Run {
	var runs []Run
	end := 0
	for _, h := range q.hits(s, len(s)) {
		if h.from > end {
			runs = append(runs, Run{s[end:h.from], false})
		}
		runs = append(runs, Run{s[h.from:h.to], true})
		end = h.to
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
