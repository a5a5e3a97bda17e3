package fetch

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// Title is what a page calls itself, in one line of at most 200 characters; empty when it does not say.
func Title(a Answer) string {
	if a.Status != 200 || a.Kind != "text/html" && a.Kind != "application/xhtml+xml" {
		return ""
	}
	text, err := charset.NewReader(bytes.NewReader(a.Body), a.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	z := html.NewTokenizer(text)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) != atom.Title || z.Next() != html.TextToken {
				continue
			}
			title := strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(z.Token().Data, ""))), " ")
			if r := []rune(title); len(r) > 200 {
				return string(r[:200])
			}
			return title
		}
	}
}

// printable drops what no line of text holds.
func printable(r rune) rune {
	switch {
	case r == '\n', r == '\t', r == '\r':
		return ' '
	case r < ' ', r == 0x7f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // the latter turn the direction of what follows
		return -1
	}
	return r
}
