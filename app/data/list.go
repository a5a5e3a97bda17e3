package data

import (
	"context"
	"strings"
	"unicode"

	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"
)

// List is the part of a list page's query string that every list shares.
type List struct {
	Page int    `query:"page"` // 1 is the first
	Size int    `query:"size"` // 25, 50 or 100 rows a page
	Sort string `query:"sort"` // a key of the list's Sorts; "-" before it turns it round
	Text string `query:"q"`    // words to find
}

// maxPage bounds how far a list can be paged, so that no offset grows with what a stranger types.
const maxPage = 100_000

// Tidy brings the values into their bounds.
func (l List) Tidy() List {
	l.Page = max(1, min(l.Page, maxPage))
	if l.Size != 50 && l.Size != 100 {
		l.Size = 25
	}
	if len(l.Text) > 200 {
		l.Text = strings.ToValidUTF8(l.Text[:200], "")
	}
	return l
}

// Sorts are a list's sort keys and the SQL each stands for; "" is the default.
type Sorts map[string]string

// Order is the ORDER BY of the list: the key asked for, then the id, so that pages never overlap.
func (s Sorts) Order(l List, id string) string {
	key, down := strings.CutPrefix(l.Sort, "-")
	column, ok := s[key]
	if !ok || key == "" {
		return s[""] + ", " + id
	}
	if down {
		return column + " DESC, " + id
	}
	return column + ", " + id
}

// Rows is one page of a list.
type Rows[T any] struct {
	Items []T
	Total int // rows of all pages
	Page  int // 1 is the first
	Size  int
}

// Scan counts q's rows and reads the page that l asks for. A page past the end is the last one.
func Scan[T any](ctx context.Context, q *bun.SelectQuery, l List, order string) (Rows[T], error) {
	l = l.Tidy()
	rows := Rows[T]{Page: l.Page, Size: l.Size}
	total, err := q.Count(ctx)
	if err != nil {
		return rows, err
	}
	rows.Total = int(total)
	rows.Page = max(1, min(l.Page, (rows.Total+l.Size-1)/l.Size))
	err = q.OrderExpr(order).Limit(int64(l.Size)).Offset(int64((rows.Page-1)*l.Size)).Scan(ctx, &rows.Items)
	return rows, err
}

// Like is the pattern that finds s anywhere; use it with LIKE ? ESCAPE '!'.
func Like(s string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) + "%"
}

// Cut is s of at most n characters.
func Cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n])
}

// Shorten is s of at most n characters; an ellipsis is the last of them where something was cut.
func Shorten(s string, n int) string {
	if short := Cut(s, n); short != s {
		return Cut(s, n-1) + "…"
	}
	return s
}

// Fold is s for finding and sorting: lower case, without accents, one blank between words.
// Both databases then agree, whatever their collations.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := true
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ß':
			b.WriteString("ss")
			blank = false
		case unicode.IsSpace(r):
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
		default:
			b.WriteRune(r)
			blank = false
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// keyMost is how many characters the columns take that hold folded names.
const keyMost = 190

// Key is Fold(s) as the columns named …_key hold it. A character may fold to eighteen, so that what is short enough as it
// was typed may be too long; only one of two such names that begin alike is then taken.
func Key(s string) string {
	s = Fold(s)
	if len(s) <= keyMost {
		return s
	}
	if r := []rune(s); len(r) > keyMost {
		return string(r[:keyMost])
	}
	return s
}
