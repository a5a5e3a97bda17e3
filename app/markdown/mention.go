package markdown

import (
	"html"
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Mention is a person or a task that a text names: "@maria", "#12", "NET-12".
type Mention struct {
	Person bool   // else a task
	Word   string // what names it, without the @ or #: maria, 12, NET-12
	Text   string // as typed: @maria
}

// What people write. A name with spaces stands in quotes: @"Maria Diaz".
var (
	personWord = regexp.MustCompile(`^@(?:"([^"<>\pC]{1,100})"|([\pL\pN](?:[\pL\pN._@+-]{0,62}[\pL\pN])?))`)
	taskWord   = regexp.MustCompile(`^(?:#?([A-Z][A-Z0-9]{0,9}-[0-9]{1,9})|#([0-9]{1,9}))`)
	wordGoesOn = regexp.MustCompile(`^(?:[\pL\pN]|[_-][\pL\pN])`)
	wordBefore = regexp.MustCompile(`[\pL\pN@#&/.=%+\\-]`)
	entity     = regexp.MustCompile(`^&#[0-9A-Fa-fxX]{1,8};`)
)

// held is what stands in the HTML for a mention until Fill says what it shows. Nothing else makes a span.
var held = regexp.MustCompile(`<span data-(at|ref)="([^"<>]*)">([^<>]*)</span>`)

// Mentions are those in clean HTML, in their order.
func Mentions(clean string) []Mention {
	var all []Mention
	for _, m := range held.FindAllStringSubmatch(clean, -1) {
		all = append(all, mentionOf(m))
	}
	return all
}

// Fill puts into clean HTML what each mention shows: what fill returns is HTML and stands as it is. Where it is empty,
// the text stands as it was typed.
func Fill(clean string, fill func(Mention) string) string {
	return held.ReplaceAllStringFunc(clean, func(s string) string {
		m := held.FindStringSubmatch(s)
		if shown := fill(mentionOf(m)); shown != "" {
			return shown
		}
		return m[3]
	})
}

func mentionOf(m []string) Mention {
	return Mention{Person: m[1] == "at", Word: html.UnescapeString(m[2]), Text: html.UnescapeString(m[3])}
}

var kindMention = ast.NewNodeKind("Mention")

// mentionNode is a mention within a text.
type mentionNode struct {
	ast.BaseInline
	said Mention
}

func (n *mentionNode) Kind() ast.NodeKind { return kindMention }

func (n *mentionNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// mentions reads and writes mentions. Code never comes here, and an address such as a@b.example is no mention.
type mentions struct{}

func (mentions) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(mentions{}, 1000)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(mentions{}, 500)))
}

// Trigger are the characters at which goldmark asks; a blank stands for the beginning of a text too.
func (mentions) Trigger() []byte { return []byte("@#& ('\"") }

func (mentions) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, at := block.PeekLine()
	before := block.PrecendingCharacter()
	lead := 0 // what stands before NET-12 and made goldmark ask
	switch line[0] {
	case '&': // a character by its number: its # is none of ours
		e := entity.Find(line)
		if e == nil {
			return nil
		}
		block.Advance(len(e))
		return ast.NewTextSegment(at.WithStop(at.Start + len(e)))
	case ' ', '(', '\'', '"':
		lead, before = 1, rune(line[0])
	}
	m, length := mentionAt(line[lead:], before)
	if length == 0 {
		return nil
	}
	if lead > 0 {
		ast.MergeOrAppendTextSegment(parent, at.WithStop(at.Start+lead))
	}
	block.Advance(lead + length)
	return &mentionNode{said: m}
}

// mentionMost is more than the longest mention and what is looked at behind it, in bytes. No more of a line is read at each
// of its characters: a line of a whole text would take as long as its length squared.
const mentionMost = 512

// mayBegin reports whether a mention may begin with the character.
func mayBegin(c byte) bool { return c == '@' || c == '#' || c >= 'A' && c <= 'Z' }

// mentionAt is the mention that a line begins with, and its length in bytes; 0 when it begins with none.
func mentionAt(line []byte, before rune) (Mention, int) {
	if len(line) == 0 || !mayBegin(line[0]) {
		return Mention{}, 0
	}
	line = line[:min(len(line), mentionMost)]
	word, person := personWord.FindSubmatch(line), true
	if word == nil {
		word, person = taskWord.FindSubmatch(line), false
	}
	if word == nil || wordBefore.MatchString(string(before)) || wordGoesOn.Match(line[len(word[0]):]) {
		return Mention{}, 0
	}
	return Mention{Person: person, Word: string(word[1]) + string(word[2]), Text: string(word[0])}, len(word[0])
}

func (mentions) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) { r.Register(kindMention, draw) }

// draw writes what Fill looks for. A link's text stays text: a link in a link is none.
func draw(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	m := n.(*mentionNode).said
	for up := n.Parent(); up != nil; up = up.Parent() {
		if up.Kind() == ast.KindLink || up.Kind() == ast.KindImage {
			_, err := w.WriteString(html.EscapeString(m.Text))
			return ast.WalkContinue, err
		}
	}
	kind := "ref"
	if m.Person {
		kind = "at"
	}
	_, err := w.WriteString(`<span data-` + kind + `="` + html.EscapeString(m.Word) + `">` + html.EscapeString(m.Text) + `</span>`)
	return ast.WalkContinue, err
}
