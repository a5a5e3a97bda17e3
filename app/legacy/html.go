package legacy

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
)

// marked finds HTML in a text; a text without any is kept as it is.
var marked = regexp.MustCompile(`<[a-zA-Z/!][^>]*>|&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,6});`)

// dropped are elements that go with all they hold.
var dropped = strings.Fields("script style iframe frame object embed applet svg math template noscript form input button select textarea link meta base audio video canvas")

var toMarkdown = converter.NewConverter(converter.WithPlugins(
	base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), strikethrough.NewStrikethroughPlugin(), table.NewTablePlugin(),
))

// Markdown is the old portal's HTML as Markdown, without anything that could run.
// removed says in words what was taken out, one a kind; empty when nothing was.
func Markdown(text string) (markdown string, removed []string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !marked.MatchString(text) {
		return strings.TrimSpace(text), nil
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return strings.TrimSpace(text), nil
	}
	var c cleaner
	c.walk(doc)
	out, err := toMarkdown.ConvertNode(doc)
	if err != nil {
		return strings.TrimSpace(text), append(c.removed(), "its HTML could not be turned into Markdown, so it stands as it was")
	}
	return strings.TrimSpace(string(out)), c.removed()
}

// cleaner takes out of a document what could run, and counts it.
type cleaner struct {
	kinds  []string
	counts map[string]int
}

func (c *cleaner) count(kind string) {
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	if c.counts[kind] == 0 {
		c.kinds = append(c.kinds, kind)
	}
	c.counts[kind]++
}

func (c *cleaner) removed() []string {
	var all []string
	for _, kind := range c.kinds {
		all = append(all, fmt.Sprintf("removed from its HTML: %d × %s", c.counts[kind], kind))
	}
	return all
}

func (c *cleaner) walk(n *html.Node) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		switch {
		case child.Type == html.ElementNode && slices.Contains(dropped, child.Data):
			c.count("<" + child.Data + ">")
			n.RemoveChild(child)
		case child.Type == html.ElementNode && child.Data == "img":
			c.attributes(child)
			c.picture(n, child)
		case child.Type == html.CommentNode:
			n.RemoveChild(child)
		default:
			c.attributes(child)
			c.walk(child)
		}
		child = next
	}
}

// attributes keeps those that Markdown knows.
func (c *cleaner) attributes(n *html.Node) {
	var kept []html.Attribute
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"):
			c.count("handler " + a.Key)
		case a.Key == "href" && !safe(a.Val):
			c.count("link that could run a script")
		case slices.Contains([]string{"href", "src", "alt", "title", "start", "colspan", "rowspan", "align"}, a.Key):
			kept = append(kept, a)
		}
	}
	n.Attr = kept
	if n.Type == html.ElementNode && n.Data == "a" && len(kept) == 0 {
		n.Data, n.DataAtom = "span", 0
	}
}

// picture puts a link in the place of an image, or its words when the image lies nowhere we could show it from.
func (c *cleaner) picture(parent, img *html.Node) {
	alt, src := "", ""
	for _, a := range img.Attr {
		switch a.Key {
		case "alt":
			alt = a.Val
		case "src":
			src = a.Val
		}
	}
	var put *html.Node
	if u, err := url.Parse(src); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		if alt == "" {
			alt = "image"
		}
		put = &html.Node{Type: html.ElementNode, Data: "a", Attr: []html.Attribute{{Key: "href", Val: src}}}
		put.AppendChild(&html.Node{Type: html.TextNode, Data: alt})
	} else {
		c.count("image inside the text")
		put = &html.Node{Type: html.TextNode, Data: alt}
	}
	parent.InsertBefore(put, img)
	parent.RemoveChild(img)
}

// safe reports whether a link leads somewhere instead of running something.
func safe(link string) bool {
	u, err := url.Parse(strings.TrimSpace(link))
	return err == nil && slices.Contains([]string{"", "http", "https", "mailto", "tel"}, strings.ToLower(u.Scheme))
}
