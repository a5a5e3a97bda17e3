package web

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/flate"

	"portal/components"
)

// assembly puts an answer together from what was drawn for it and pieces that were drawn before.
type assembly struct {
	around *Drawn            // the page's frame, with a hole for the body; nil when there is none, or it was drawn for this answer
	pieces []Drawn           // those that stand in the answer, by the numbers in their marks
	holes  map[string]string // what stands in the pieces' holes
}

// bodyHole is where the page's own part stands in its frame.
const bodyHole = "body"

// parts are the answer's runs of text in their order.
func (a *assembly) parts(page []byte) []part {
	body := a.filled(page)
	if a.around == nil {
		return body
	}
	var all []part
	for _, p := range a.around.parts {
		if p.hole == bodyHole {
			all = append(all, body...)
			continue
		}
		all = append(all, a.fill(p))
	}
	return all
}

// filled is what was drawn for this answer, with the pieces in their places.
func (a *assembly) filled(page []byte) []part {
	var all []part
	for i, run := range bytes.Split(page, []byte(components.Mark)) {
		if i%2 == 0 {
			all = append(all, part{plain: run})
			continue
		}
		n, err := strconv.Atoi(string(run))
		if err != nil || n < 0 || n >= len(a.pieces) {
			continue // nothing of ours
		}
		for _, p := range a.pieces[n].parts {
			all = append(all, a.fill(p))
		}
	}
	return all
}

// fill is the part, or for a hole what stands in it.
func (a *assembly) fill(p part) part {
	if p.hole != "" {
		return part{plain: []byte(a.holes[p.hole])}
	}
	return p
}

// answer makes the body, compressed if the browser takes that.
func (a *assembly) answer(c *fiber.Ctx, page []byte) {
	if len(a.pieces) == 0 && a.around == nil {
		c.Response().SetBody(page) // copied into a buffer of the server's own
		return
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	parts := a.parts(page)
	if Takes(c, "gzip") {
		zip(b, parts)
		c.Set(fiber.HeaderContentEncoding, "gzip")
		c.Append(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	} else {
		for _, p := range parts {
			b.Write(p.text())
		}
	}
	c.Response().SetBody(b.Bytes())
}

// Takes reports whether the browser takes the coding, such as gzip: it names it, and not only to refuse it.
func Takes(c *fiber.Ctx, coding string) bool {
	for part := range strings.SplitSeq(c.Get(fiber.HeaderAcceptEncoding), ",") {
		name, rest, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(rest), "q="), 64)
		return err != nil || weight > 0
	}
	return false
}

// deflaters write runs of text at one level. They are used again: a new one takes up to half a megabyte.
type deflaters struct{ pool sync.Pool }

func newDeflaters(level int) *deflaters {
	return &deflaters{sync.Pool{New: func() any {
		w, err := flate.NewWriter(io.Discard, level)
		if err != nil {
			panic(err) // the levels are constants
		}
		return w
	}}}
}

// How well text is compressed: what is drawn for one answer fast, a piece once and so better.
var (
	forAnswers = newDeflaters(flate.BestSpeed)
	forPieces  = newDeflaters(6)
)

// zip joins the parts to one gzip member. Each part is deflated by itself, so that none looks back into
// another, and ends on a whole byte. https://www.rfc-editor.org/rfc/rfc1952 and rfc1951, 3.2.3
func zip(b *bytes.Buffer, parts []part) {
	b.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255})
	sum, size := uint32(0), 0
	for _, p := range parts {
		if p.deflated != nil {
			b.Write(p.deflated)
			sum, size = joinSums(sum, p), size+p.size
			continue
		}
		sum, size = crc32.Update(sum, crc32.IEEETable, p.plain), size+len(p.plain)
		forAnswers.pack(b, p.plain)
	}
	b.Write([]byte{3, 0}) // a last block, empty
	var end [8]byte
	binary.LittleEndian.PutUint32(end[:], sum)
	binary.LittleEndian.PutUint32(end[4:], uint32(size))
	b.Write(end[:])
}

// storeBelow is the length under which text is not worth a table of codes, in bytes.
const storeBelow = 300

// pack writes one run of text as whole blocks, none of them the last.
func (d *deflaters) pack(b *bytes.Buffer, run []byte) {
	switch n := len(run); {
	case n == 0:
	case n < storeBelow:
		b.Write([]byte{0, byte(n), byte(n >> 8), ^byte(n), ^byte(n >> 8)}) // stored as it is
		b.Write(run)
	default:
		w := d.pool.Get().(*flate.Writer)
		w.Reset(b)
		_, _ = w.Write(run) // a buffer takes everything
		_ = w.Flush()
		d.pool.Put(w)
	}
}

// joinSums is the CRC-32 of a text and a part behind it: the first sum times x to the power of eight times the
// part's length, modulo the sum's polynomial. As zlib's crc32_combine.
func joinSums(first uint32, p part) uint32 { return timesModulo(p.power, first) ^ p.sum }

// powerOf is x to the power of eight times the length, modulo the polynomial.
func powerOf(length int) uint32 {
	power := uint32(1 << 31) // x to the power of 0
	for n, k := length, 3; n > 0; n, k = n>>1, k+1 {
		if n&1 == 1 {
			power = timesModulo(squares[k&31], power)
		}
	}
	return power
}

// squares are x to the powers of 1, 2, 4, 8 … modulo the polynomial.
var squares = func() (all [32]uint32) {
	all[0] = 1 << 30
	for i := 1; i < len(all); i++ {
		all[i] = timesModulo(all[i-1], all[i-1])
	}
	return all
}()

// timesModulo multiplies two polynomials over two elements; the highest bit is the lowest power.
func timesModulo(a, b uint32) (product uint32) {
	for m := uint32(1 << 31); ; m >>= 1 {
		if a&m != 0 {
			product ^= b
			if a&(m-1) == 0 {
				return product
			}
		}
		if b&1 == 1 {
			b = b>>1 ^ crc32.IEEE
		} else {
			b >>= 1
		}
		if m == 1 {
			return product
		}
	}
}
