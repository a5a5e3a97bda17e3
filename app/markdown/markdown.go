// Package markdown turns what people write into HTML that can't harm who reads it.
package markdown

import (
	"bufio"
	"bytes"
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// HTML in the text stays text, and what comes out is cleaned again by a list of what is allowed.
var (
	render = goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify, boxes{}, mentions{}),
		goldmark.WithRendererOptions(html.WithHardWraps()),
	)
	clean = policy()
)

// ours are the addresses of files that are attached, whatever feature they are attached in.
var ours = regexp.MustCompile(`^/[a-z]+/\d+/files/\d+$`)

// mentionValue is what the attribute of a mention may hold: its word.
var mentionValue = regexp.MustCompile(`^[^"<>\pC]{1,120}$`)

func policy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "hr",
		"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href", "title").OnElements("a")
	p.AllowAttrs("src").Matching(ours).OnElements("img") // pictures of ours only: others would tell who reads
	p.AllowAttrs("alt", "title").OnElements("img")
	p.AllowAttrs("data-at", "data-ref").Matching(mentionValue).OnElements("span")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	return p
}

var writers = sync.Pool{New: func() any { return bufio.NewWriter(nil) }}

// HTML is the text as clean HTML, with its mentions still to be filled; see Fill. A text with more marks than anybody writes
// stands as it was typed.
func HTML(text string) string {
	if costly(text) {
		return plain(text)
	}
	var b bytes.Buffer
	w := writers.Get().(*bufio.Writer) // else the library makes one of 4 kB for each text
	defer writers.Put(w)
	w.Reset(&b)
	if err := render.Convert([]byte(text), w); err != nil {
		return bluemonday.StrictPolicy().Sanitize(text)
	}
	return clean.SanitizeReader(&b).String()
}
