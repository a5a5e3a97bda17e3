package bench

import (
	"fmt"
	"html"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Wire is what a browser that was never here before loads for one page.
type Wire struct {
	Path  string `json:"path"`
	Page  int    `json:"page_bytes"`  // over the wire, headers and all
	Files []File `json:"files"`       // styles, scripts, fonts, pictures
	Total int    `json:"total_bytes"` //
}

// File is one of the files that a page needs.
type File struct {
	Path  string `json:"path"`
	Bytes int    `json:"bytes"`
}

// What a page names, and what a style sheet names.
var (
	elements = regexp.MustCompile(`<(?:link|script|img|use|source)\b[^>]*?\b(?:href|src)="([^"]+)"`)
	fontFace = regexp.MustCompile(`@font-face\s*\{[^}]*\}`)
	cssURL   = regexp.MustCompile(`url\("?(/[^")]+)"?\)`)
	ranges   = regexp.MustCompile(`unicode-range:\s*([^;}]+)`)
)

// weigh loads the page and all that it needs, once each.
func (b *browser) weigh(page string) (Wire, error) {
	a, err := b.get(page)
	if err != nil {
		return Wire{}, err
	}
	w := Wire{Path: page, Page: a.bytes, Total: a.bytes}
	wanted := named(a.text)
	seen := map[string]bool{}
	for i := 0; i < len(wanted); i++ {
		name := wanted[i]
		if seen[name] {
			continue
		}
		seen[name] = true
		file, err := b.get(name)
		if err != nil {
			return w, fmt.Errorf("a file of %s: %w", page, err)
		}
		w.Files = append(w.Files, File{name, file.bytes})
		w.Total += file.bytes
		if path.Ext(name) == ".css" {
			wanted = append(wanted, namedInCSS(file.text, a.text)...)
		}
	}
	return w, nil
}

// named are the files a page loads; the part after # is the browser's own affair.
func named(page string) []string {
	var all []string
	for _, m := range elements.FindAllStringSubmatch(page, -1) {
		name, _, _ := strings.Cut(html.UnescapeString(m[1]), "#")
		if strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "//") {
			all = append(all, name)
		}
	}
	return all
}

// namedInCSS are the pictures of a style sheet, and those of its fonts that have a character of the page.
func namedInCSS(css, page string) []string {
	var all []string
	for _, face := range fontFace.FindAllString(css, -1) {
		if r := ranges.FindStringSubmatch(face); r != nil && !anyWithin(page, r[1]) {
			continue
		}
		for _, m := range cssURL.FindAllStringSubmatch(face, -1) {
			all = append(all, m[1])
		}
	}
	for _, m := range cssURL.FindAllStringSubmatch(fontFace.ReplaceAllString(css, ""), -1) {
		all = append(all, m[1])
	}
	return all
}

// anyWithin reports whether a character of text lies in one of the ranges, as CSS writes them: U+0-FF, U+131.
func anyWithin(text, list string) bool {
	for part := range strings.SplitSeq(list, ",") {
		low, high, several := strings.Cut(strings.TrimPrefix(strings.TrimSpace(part), "U+"), "-")
		if !several {
			high = low
		}
		from, err := strconv.ParseInt(low, 16, 32)
		if err != nil {
			continue
		}
		to, err := strconv.ParseInt(high, 16, 32)
		if err != nil {
			continue
		}
		if strings.ContainsFunc(text, func(r rune) bool { return int64(r) >= from && int64(r) <= to }) {
			return true
		}
	}
	return false
}
