package audit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// Filter is what lines are looked for; a zero field asks for nothing.
type Filter struct {
	User    int64 // users.id; Nobody: the portal itself and visitors
	Kind    string
	Thing   int64
	Action  string
	Address string
	Request string
	From    time.Time // the first moment
	Until   time.Time // the first moment that no longer counts
}

// Nobody stands for no account, in Filter.User.
const Nobody = -1

// Cursor is a place between two lines. The zero Cursor is before the latest one.
type Cursor struct {
	At time.Time
	ID int64
}

// CursorOf is the place of a line.
func CursorOf(l Line) Cursor { return Cursor{l.CreatedAt, l.ID} }

// String is the cursor as it stands in an address; ParseCursor reads it.
func (c Cursor) String() string {
	if c.ID == 0 {
		return ""
	}
	return fmt.Sprintf("%d-%d", c.At.UnixMicro(), c.ID)
}

// ParseCursor reads a cursor; what is none is the zero Cursor.
func ParseCursor(s string) Cursor {
	at, id, ok := strings.Cut(s, "-")
	micro, e1 := strconv.ParseInt(at, 10, 64)
	n, e2 := strconv.ParseInt(id, 10, 64)
	if !ok || e1 != nil || e2 != nil || n <= 0 || micro < 0 {
		return Cursor{}
	}
	return Cursor{time.UnixMicro(micro).UTC(), n}
}

// Page is some lines, the latest first, and whether there are others beyond them.
type Page struct {
	Lines []Line
	Newer bool
	Older bool
}

// Older are the lines that come after the cursor: older ones. The zero cursor gives the latest.
func (l *Log) Older(ctx context.Context, f Filter, after Cursor, size int) (Page, error) {
	// The place is not compared as a pair, since MySQL reads no range from (a, b) < (?, ?), and not with OR, since
	// SQLite would read both sides. Of two bounds on one side only the narrower is given: SQLite may begin at the other.
	begins := after.ID != 0 && (f.Until.IsZero() || after.At.Before(f.Until))
	if begins {
		f.Until = time.Time{}
	}
	q := l.filtered(f)
	if begins {
		q = q.Where("created_at <= ?", after.At).Where("NOT (created_at = ? AND id >= ?)", after.At, after.ID)
	}
	var p Page
	if err := q.Model(&p.Lines).OrderExpr("created_at DESC, id DESC").Limit(int64(size) + 1).Scan(ctx); err != nil {
		return p, fmt.Errorf("read the audit log: %w", err)
	}
	p.Newer, p.Older = after.ID != 0, len(p.Lines) > size
	p.Lines = p.Lines[:min(size, len(p.Lines))]
	return p, nil
}

// Newer are the lines just before the cursor: newer ones.
func (l *Log) Newer(ctx context.Context, f Filter, before Cursor, size int) (Page, error) {
	var p Page
	begins := !before.At.Before(f.From) // also when there is none
	if begins {
		f.From = time.Time{}
	}
	q := l.filtered(f)
	if begins {
		q = q.Where("created_at >= ?", before.At).Where("NOT (created_at = ? AND id <= ?)", before.At, before.ID)
	}
	if err := q.Model(&p.Lines).OrderExpr("created_at, id").Limit(int64(size) + 1).Scan(ctx); err != nil {
		return p, fmt.Errorf("read the audit log: %w", err)
	}
	p.Newer, p.Older = len(p.Lines) > size, true
	p.Lines = p.Lines[:min(size, len(p.Lines))]
	slices.Reverse(p.Lines)
	return p, nil
}

// index is the one by which the fewest lines are read. The databases know too little of the values to choose well
// among several filters.
func (f Filter) index() string {
	switch {
	case f.Request != "":
		return "audit_lines_request"
	case f.Thing != 0 && f.Kind != "":
		return "audit_lines_thing"
	case f.Thing != 0:
		return "audit_lines_number"
	case f.Address != "":
		return "audit_lines_address"
	case f.User > 0:
		return "audit_lines_user"
	case f.Kind != "" && f.Action != "":
		return "audit_lines_both"
	case f.Action != "":
		return "audit_lines_action"
	case f.Kind != "":
		return "audit_lines_kind"
	case f.User != 0:
		return "audit_lines_user"
	}
	return "audit_lines_at"
}

// filtered begins a query for the filter's lines.
func (l *Log) filtered(f Filter) *bun.SelectQuery {
	table := "audit_lines AS l INDEXED BY ?"
	if l.db.MySQL {
		table = "audit_lines AS l FORCE INDEX (?)"
	}
	return f.where(l.db.Read.NewSelect().ModelTableExpr(table, bun.Ident(f.index())))
}

func (f Filter) where(q *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case f.User == Nobody:
		q = q.Where("user_id IS NULL")
	case f.User != 0:
		q = q.Where("user_id = ?", f.User)
	}
	for _, c := range []struct{ column, value string }{
		{"kind", f.Kind}, {"action", f.Action}, {"address", f.Address}, {"request_id", f.Request},
	} {
		if c.value != "" {
			q = q.Where("? = ?", bun.Ident(c.column), c.value)
		}
	}
	if f.Thing != 0 {
		q = q.Where("thing_id = ?", f.Thing)
	}
	if !f.From.IsZero() {
		q = q.Where("created_at >= ?", f.From)
	}
	if !f.Until.IsZero() {
		q = q.Where("created_at < ?", f.Until)
	}
	return q
}
