package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"portal/app/data"
)

// Query is what somebody typed, understood: all of Must, none of Not.
type Query struct {
	Typed string
	Must  []Term
	Not   []Term
}

// Term is a word, or several that stand behind each other.
type Term struct {
	Words []string // folded
	Open  bool     // the last word may go on: cab finds cable
}

// The bounds of a query: what goes beyond is not looked for.
const (
	typedMost = 200 // bytes
	termsMost = 12
	wordMost  = 60 // characters of a word that are kept and compared
)

// Empty reports whether there is nothing to find by.
func (q Query) Empty() bool { return len(q.Must) == 0 }

// Parse understands what somebody typed: words that may go on, "words that stand as they are", and -words that may not be
// there. It takes anything and never fails.
func Parse(typed string) Query {
	if len(typed) > typedMost {
		typed = typed[:typedMost]
	}
	typed = strings.TrimSpace(strings.ToValidUTF8(typed, " "))
	q := Query{Typed: typed}
	for rest := typed; rest != "" && len(q.Must)+len(q.Not) < termsMost; {
		var t Term
		var not bool
		t, not, rest = term(rest)
		switch {
		case len(t.Words) == 0:
		case not:
			t.Open = false
			q.Not = append(q.Not, t)
		default:
			q.Must = append(q.Must, t)
		}
	}
	return q
}

// term takes the first term off s.
func term(s string) (t Term, not bool, rest string) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if after, ok := strings.CutPrefix(s, "-"); ok {
		s, not = after, true
	}
	if after, ok := cutQuote(s); ok {
		end := strings.IndexFunc(after, quote)
		if end < 0 { // it is still being typed
			return Term{split(after), true}, not, ""
		}
		_, size := utf8.DecodeRuneInString(after[end:])
		return Term{split(after[:end]), false}, not, after[end+size:]
	}
	end := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || quote(r) })
	if end < 0 {
		end = len(s)
	}
	words := split(s[:end])
	// One letter begins so many words that it says nothing; a number that goes on, NET-1, does.
	open := len(words) > 1 || len(words) == 1 && utf8.RuneCountInString(words[0]) > 1
	return Term{words, open}, not, s[end:]
}

// quote reports whether the rune begins or ends a phrase, as keyboards and word processors write it.
func quote(r rune) bool { return strings.ContainsRune("\"“”„«»", r) }

func cutQuote(s string) (string, bool) {
	r, size := utf8.DecodeRuneInString(s)
	if size > 0 && quote(r) {
		return s[size:], true
	}
	return s, false
}

// split are the words of a text, folded: runs of letters and digits.
func split(s string) []string {
	words := strings.FieldsFunc(data.Fold(s), func(r rune) bool { return !letter(r) })
	for i, w := range words {
		if len(w) > wordMost {
			words[i] = data.Cut(w, wordMost)
		}
	}
	return words
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// pad begins each word in MySQL's index. Without it words of less than three letters, and those it holds for too common,
// would not be found: https://dev.mysql.com/doc/refman/8.0/en/fulltext-fine-tuning.html
const pad = "zq"

// padded are words as MySQL's index has them.
func padded(words []string) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(" " + pad + w)
	}
	return b.String()
}

// part is where in an entry all the words must stand.
type part bool

const (
	inTitle part = true
	inAll   part = false
)

// fts5 is the query in SQLite's words. https://www.sqlite.org/fts5.html#full_text_query_syntax
func (q Query) fts5(p part) string {
	var b strings.Builder
	if p == inTitle {
		b.WriteString("{title} : ")
	} else {
		b.WriteString("{title text} : ")
	}
	write := func(t Term) {
		b.WriteString(`"` + strings.Join(t.Words, " ") + `"`)
		if t.Open {
			b.WriteString("*")
		}
	}
	b.WriteString("((")
	for i, t := range q.Must {
		if i > 0 {
			b.WriteString(" AND ")
		}
		write(t)
	}
	b.WriteString(")")
	for _, t := range q.Not {
		b.WriteString(" NOT ")
		write(t)
	}
	b.WriteString(")")
	return b.String()
}

// shortMost is how many letters a word has that begins or is so many words that MySQL takes long to gather all their places.
// Beside a longer one it is looked for only where that one stands.
const shortMost = 3

// short reports whether all words of the term are.
func (t Term) short() bool {
	return !slices.ContainsFunc(t.Words, func(w string) bool { return utf8.RuneCountInString(w) > shortMost })
}

// boolean is the query in MySQL's words, and what must or must not stand behind each other besides.
// https://dev.mysql.com/doc/refman/8.0/en/fulltext-boolean.html
func (q Query) boolean() (words string, like, unlike []string) {
	var b strings.Builder
	long := slices.ContainsFunc(q.Must, func(t Term) bool { return !t.short() })
	for _, t := range q.Must {
		if long && t.short() {
			like = append(like, pattern(t))
			continue
		}
		for i, w := range t.Words {
			b.WriteString(" +" + pad + w)
			if t.Open && i == len(t.Words)-1 {
				b.WriteString("*")
			}
		}
		if len(t.Words) > 1 {
			like = append(like, pattern(t))
		}
	}
	for _, t := range q.Not {
		if len(t.Words) > 1 {
			unlike = append(unlike, pattern(t))
			continue
		}
		b.WriteString(" -" + pad + t.Words[0])
	}
	return b.String(), like, unlike
}

// pattern finds the term's words behind each other; they hold none of LIKE's signs.
func pattern(t Term) string {
	s := "%" + padded(t.Words)
	if t.Open {
		return s + "%"
	}
	return s + " %"
}
