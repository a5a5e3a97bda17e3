package markdown

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"
)

// Heading is a heading of a long text.
type Heading struct {
	ID    string // of its element
	Text  string // without marks
	Level int    // 2 to 6: the page's own title is 1
}

// A long text stands on a page of its own: its headings can be linked to and begin below the page's title.
var (
	renderPage = goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify, boxes{}, mentions{}),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(below{}, 500))),
		goldmark.WithRendererOptions(html.WithHardWraps()),
	)
	cleanPage = pagePolicy()
)

// headingID is what the id of a heading looks like: no other element of a page has one like it.
var headingID = regexp.MustCompile(`^h-[\pL\pN-]{1,100}$`)

func pagePolicy() *bluemonday.Policy {
	p := policy()
	p.AllowAttrs("id").Matching(headingID).OnElements("h1", "h2", "h3", "h4", "h5", "h6")
	return p
}

// Page is a long text as clean HTML, with its mentions still to be filled (see Fill), and its headings in their order.
func Page(source string) (string, []Heading) {
	if costly(source) {
		return plain(source), nil
	}
	raw := []byte(source)
	doc := renderPage.Parser().Parse(text.NewReader(raw), parser.WithContext(parser.NewContext(parser.WithIDs(&headingIDs{used: map[string]bool{}}))))
	var all []Heading
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walk itself never fails
		h, ok := n.(*ast.Heading)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		name, _ := h.AttributeString("id")
		id, _ := name.([]byte)
		all = append(all, Heading{ID: string(id), Text: strings.TrimSpace(said(h, raw)), Level: h.Level})
		return ast.WalkSkipChildren, nil
	})
	var b bytes.Buffer
	if err := renderPage.Renderer().Render(&b, raw, doc); err != nil {
		return bluemonday.StrictPolicy().Sanitize(source), nil
	}
	return cleanPage.SanitizeReader(&b).String(), all
}

// said is the text of a node without its marks.
func said(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch t := n.(type) {
		case *ast.Text:
			b.Write(t.Segment.Value(source))
			if t.SoftLineBreak() || t.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(t.Value)
		case *ast.AutoLink:
			b.Write(t.Label(source))
		case *mentionNode:
			b.WriteString(t.said.Text)
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// below moves all headings below the page's title: the highest of them becomes the second level.
type below struct{}

func (below) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	highest := 7
	each := func(do func(*ast.Heading)) {
		_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if h, ok := n.(*ast.Heading); ok && entering {
				do(h)
			}
			return ast.WalkContinue, nil
		})
	}
	each(func(h *ast.Heading) { highest = min(highest, h.Level) })
	each(func(h *ast.Heading) { h.Level = min(6, h.Level-highest+2) })
}

// headingIDs makes the ids of one text's headings from their words.
type headingIDs struct{ used map[string]bool }

// Generate is the id for a heading of this text.
func (i *headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToLower(norm.NFC.String(string(value))) {
		switch {
		case n >= 80:
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
			n++
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
			n++
		}
	}
	base := "h-" + strings.TrimSuffix(b.String(), "-")
	if base == "h-" {
		base = "h-part"
	}
	id := base
	for k := 2; i.used[id]; k++ {
		id = base + "-" + strconv.Itoa(k)
	}
	i.used[id] = true
	return []byte(id)
}

// Put takes an id that a text gives itself; ours can't.
func (i *headingIDs) Put(value []byte) { i.used[string(value)] = true }
