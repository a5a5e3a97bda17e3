package web

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/flate"

	"portal/components"
)

// Drawn is a large piece of a page that was drawn before, and compressed with it: to draw and to compress a
// page takes longer than all else that is done for it. It has holes where each answer has something of its
// own, such as the token of forms; see components.Hole.
type Drawn struct{ parts []part }

// part is a run of text, or a hole.
type part struct {
	hole     string // its name; empty for text
	plain    []byte // nil when only the compressed text is at hand
	deflated []byte // whole blocks, none of them the last; nil for text that is not compressed yet
	size     int    // of the text, in bytes
	sum      uint32 // CRC-32 of the text
	power    uint32 // what another sum is multiplied by when the text follows, see joinSums
}

// Draw draws a component, to be shown again and again. Forms in it have a hole for their token.
func Draw(ctx context.Context, c templ.Component) (Drawn, error) {
	var b bytes.Buffer
	if err := c.Render(components.Drawing(ctx), &b); err != nil {
		return Drawn{}, err
	}
	var d Drawn
	for i, run := range bytes.Split(b.Bytes(), []byte(components.Mark)) {
		if i%2 == 1 {
			d.parts = append(d.parts, part{hole: string(run)})
			continue
		}
		var small bytes.Buffer
		forPieces.pack(&small, run)
		d.parts = append(d.parts, part{plain: run, deflated: small.Bytes(), size: len(run), sum: crc32.ChecksumIEEE(run), power: powerOf(len(run))})
	}
	return d, nil
}

// Bytes is the piece as a cache keeps it: compressed.
func (d Drawn) Bytes() []byte {
	var all []byte
	for _, p := range d.parts {
		all = binary.AppendUvarint(all, uint64(len(p.hole)))
		all = append(all, p.hole...)
		all = binary.AppendUvarint(all, uint64(p.size))
		all = binary.LittleEndian.AppendUint32(all, p.sum)
		all = binary.LittleEndian.AppendUint32(all, p.power)
		all = binary.AppendUvarint(all, uint64(len(p.deflated)))
		all = append(all, p.deflated...)
	}
	return all
}

// DrawnFrom is the piece that Bytes were made of.
func DrawnFrom(all []byte) Drawn {
	var d Drawn
	r := reader{all}
	for len(r.rest) > 0 {
		p := part{hole: string(r.take(r.number())), size: r.number()}
		p.sum = binary.LittleEndian.Uint32(r.take(4))
		p.power = binary.LittleEndian.Uint32(r.take(4))
		p.deflated = r.take(r.number())
		d.parts = append(d.parts, p)
	}
	return d
}

// reader takes from the front of what Bytes made.
type reader struct{ rest []byte }

func (r *reader) number() int {
	n, size := binary.Uvarint(r.rest)
	r.rest = r.rest[size:]
	return int(n)
}

func (r *reader) take(n int) []byte {
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

// text is the part as it was drawn.
func (p part) text() []byte {
	if p.plain != nil || p.size == 0 {
		return p.plain
	}
	all := make([]byte, p.size)
	if _, err := io.ReadFull(flate.NewReader(bytes.NewReader(p.deflated)), all); err != nil {
		return nil // it was written by Draw in this very process
	}
	return all
}

type piecesKey struct{}

// Render writes, into an answer, the mark of where the piece stands; elsewhere the piece itself, its holes empty.
func (d Drawn) Render(ctx context.Context, w io.Writer) error {
	if a, ok := ctx.Value(piecesKey{}).(*assembly); ok {
		a.pieces = append(a.pieces, d)
		_, err := io.WriteString(w, components.Hole(strconv.Itoa(len(a.pieces)-1)))
		return err
	}
	for _, p := range d.parts {
		if _, err := w.Write(p.text()); err != nil {
			return err
		}
	}
	return nil
}
