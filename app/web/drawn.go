package web

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/flate"
)

// Drawn is a large piece of a page that was drawn before, and compressed with it: to compress a page
// takes longer than all else that is done for it. It shows itself as it is wherever a page stands around it.
type Drawn struct {
	html     []byte
	deflated []byte // whole blocks, none of them the last
}

// pieceLevel is how well pieces are compressed: once, so better than a page is.
const pieceLevel = 6

// Draw draws a component, to be shown again and again.
func Draw(ctx context.Context, c templ.Component) (Drawn, error) {
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		return Drawn{}, err
	}
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, pieceLevel)
	if err != nil {
		return Drawn{}, err
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return Drawn{}, err
	}
	err = w.Flush()
	return Drawn{b.Bytes(), small.Bytes()}, err
}

// Bytes is the piece as a cache keeps it.
func (d Drawn) Bytes() []byte {
	all := make([]byte, 4, 4+len(d.html)+len(d.deflated))
	binary.LittleEndian.PutUint32(all, uint32(len(d.html)))
	return append(append(all, d.html...), d.deflated...)
}

// DrawnFrom is the piece that Bytes were made of.
func DrawnFrom(all []byte) Drawn {
	if len(all) < 4 {
		return Drawn{}
	}
	n := int(binary.LittleEndian.Uint32(all))
	return Drawn{all[4 : 4+n], all[4+n:]}
}

// mark stands in a page where a piece will. Nothing else in a page has a NUL.
const mark = "\x00"

// pieces are those of one answer, by the numbers between their marks.
type pieces struct{ all []Drawn }

type piecesKey struct{}

// Render writes the piece, or, into an answer of ours, the mark of where it stands.
func (d Drawn) Render(ctx context.Context, w io.Writer) error {
	p, ok := ctx.Value(piecesKey{}).(*pieces)
	if !ok {
		_, err := w.Write(d.html)
		return err
	}
	p.all = append(p.all, d)
	_, err := io.WriteString(w, mark+strconv.Itoa(len(p.all)-1)+mark)
	return err
}

// text is a part of an answer: a piece, or what was drawn for this answer alone.
type text struct {
	plain    []byte
	deflated []byte // nil: not compressed yet
}

// parts are the answer with its pieces in their places.
func (p *pieces) parts(page []byte) []text {
	var all []text
	for i, part := range bytes.Split(page, []byte(mark)) {
		if i%2 == 0 {
			all = append(all, text{plain: part})
			continue
		}
		n, err := strconv.Atoi(string(part))
		if err != nil || n >= len(p.all) {
			continue
		}
		all = append(all, text{p.all[n].html, p.all[n].deflated})
	}
	return all
}

// answer makes the body, compressed if the browser takes that.
func (p *pieces) answer(c *fiber.Ctx, page []byte) {
	if len(p.all) == 0 {
		c.Response().SetBody(page) // copied into a buffer of the server's own
		return
	}
	parts := p.parts(page)
	var b bytes.Buffer
	if !strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		for _, t := range parts {
			b.Write(t.plain)
		}
		c.Response().SetBody(b.Bytes())
		return
	}
	zip(&b, parts)
	c.Set(fiber.HeaderContentEncoding, "gzip")
	c.Append(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Response().SetBody(b.Bytes())
}

var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// zip joins the parts to one gzip member. Each part is deflated by itself, so that none looks back into
// another, and ends on a whole byte. https://www.rfc-editor.org/rfc/rfc1952 and rfc1951, 3.2.3
func zip(b *bytes.Buffer, parts []text) {
	b.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255})
	sum, size := uint32(0), 0
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	for _, t := range parts {
		sum, size = crc32.Update(sum, crc32.IEEETable, t.plain), size+len(t.plain)
		if t.deflated != nil {
			b.Write(t.deflated)
			continue
		}
		w.Reset(b)
		_, _ = w.Write(t.plain) // a buffer takes everything
		_ = w.Flush()
	}
	b.Write([]byte{3, 0}) // a last block, empty
	var end [8]byte
	binary.LittleEndian.PutUint32(end[:], sum)
	binary.LittleEndian.PutUint32(end[4:], uint32(size))
	b.Write(end[:])
}
