// Package audit is the log of who did what, when and from where: its lines are written with every change, sealed
// into a chain afterwards, verified against it, and removed only by age.
package audit

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// Line is a row of audit_lines: one thing that somebody did.
type Line struct {
	bun.BaseModel `bun:"table:audit_lines,alias:l"`
	ID            int64  `bun:",pk,autoincrement"`
	UserID        *int64 // nil: a visitor or the portal itself
	UserName      string // as it was then
	Address       string // where it came from; empty for the portal itself
	RequestID     string // as the server's log has it
	Action        string // past tense: "changed the password"
	Kind          string // of the thing: "admin.user"
	ThingID       int64
	Title         string // what the thing was called then
	URL           string // where the thing is seen, empty for nowhere
	Fields        string // JSON of []data.Field
	CreatedAt     time.Time
	Seal          *int64  // its number in the chain, from 1 without a gap; nil until it is sealed
	Hash          *string // of the line and all before it, hexadecimal
}

// Changes are the fields that changed, old and new.
func (l Line) Changes() []data.Field {
	var all []data.Field
	_ = json.Unmarshal([]byte(l.Fields), &all) // what can't be read is shown as none; verify finds what was touched
	return all
}

// keys are what the chain is made with. The zero keys can't be used.
type keys struct {
	line, head []byte
	id         string // tells secret keys apart; 16 hexadecimal digits
}

// makeKeys derives them from the portal's secret key.
func makeKeys(secret string) (keys, error) {
	var k keys
	var err error
	derive := func(purpose string) []byte {
		if err != nil {
			return nil
		}
		var b []byte
		b, err = hkdf.Key(sha256.New, []byte(secret), nil, "portal|audit|"+purpose+"|v1", 32)
		return b
	}
	k.line, k.head = derive("line"), derive("head")
	k.id = hex.EncodeToString(derive("name"))
	if err != nil {
		return keys{}, fmt.Errorf("derive the audit log's keys: %w", err)
	}
	k.id = k.id[:16]
	return k, nil
}

// hash chains the line as number seal after the line whose hash is before. Each text stands after its length, so
// that nothing can be moved from one field to the next.
func (k keys) hash(before string, seal int64, l Line) string {
	m := hmac.New(sha256.New, k.line)
	number := func(n int64) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		m.Write(b[:])
	}
	text := func(s string) {
		number(int64(len(s)))
		m.Write([]byte(s))
	}
	text(before)
	number(seal)
	number(l.ID)
	if l.UserID == nil {
		number(0)
	} else {
		number(1)
		number(*l.UserID)
	}
	for _, s := range []string{l.UserName, l.Address, l.RequestID, l.Action, l.Kind, l.Title, l.URL, l.Fields} {
		text(s)
	}
	number(l.ThingID)
	number(l.CreatedAt.UnixMicro())
	return hex.EncodeToString(m.Sum(nil))
}

// follows reports whether the sealed line is number seal of the chain, after the line whose hash is before, and as it
// was written then; hash is what its own must be.
func (k keys) follows(before string, seal int64, l Line) (hash string, ok bool) {
	hash = k.hash(before, seal, l)
	return hash, *l.Seal == seal && l.Hash != nil && *l.Hash == hash
}

// head is the one row of audit_heads: both ends of the chain.
type head struct {
	bun.BaseModel `bun:"table:audit_heads"`
	ID            int64      `bun:",pk"`
	KeyID         string     // of the secret key it was sealed under
	Removed       int64      // seal of the last line that retention removed, 0 for none
	Anchor        string     // its hash
	Sealed        int64      // seal of the last sealed line, 0 for none
	Hash          string     // its hash
	Rekeyed       int64      // seal of the last line that was sealed under an earlier secret key, 0 for none
	RekeyedAt     *time.Time // when the key was changed, and all lines up to that one were verified
	Mac           string
	UpdatedAt     time.Time
}

// sign is what head.Mac must be.
func (k keys) sign(h head) string {
	m := hmac.New(sha256.New, k.head)
	m.Write(fmt.Appendf(nil, "%s|%d|%s|%d|%s", h.KeyID, h.Removed, h.Anchor, h.Sealed, h.Hash))
	if h.RekeyedAt != nil { // heads from before there was such a thing are signed without
		m.Write(fmt.Appendf(nil, "|%d|%d", h.Rekeyed, h.RekeyedAt.UnixMicro()))
	}
	return hex.EncodeToString(m.Sum(nil))
}

// genuine reports whether the head is as this portal wrote it.
func (k keys) genuine(h head) bool { return hmac.Equal([]byte(k.sign(h)), []byte(h.Mac)) }
