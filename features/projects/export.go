package projects

import (
	"bufio"
	"context"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/sheet"
)

// How many rows a file holds at most, how many are read at a time, and how long the whole may take.
const (
	exportMost  = 50_000
	exportSlice = 500
	exportTime  = 2 * time.Minute
)

// exportKinds are the kinds of file, by what the address asks for.
var exportKinds = map[string]struct {
	media string
	write func(io.Writer, sheet.Table) error
}{
	"csv":  {"text/csv; charset=utf-8", sheet.CSV},
	"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheet.XLSX},
}

// sendTable answers with the table as a file of that kind, written while it is read. name is the file's, without its ending.
func sendTable(c *fiber.Ctx, kind, name string, table func(context.Context) sheet.Table) error {
	k := exportKinds[kind]
	c.Set(fiber.HeaderContentType, k.media)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+"."+kind+`"`)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	ctx := context.WithoutCancel(c.UserContext())
	// The writer runs after this handler has returned: it must not touch c.
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(ctx, exportTime)
		defer cancel()
		if err := k.write(w, table(ctx)); err != nil {
			return // a CSV says so in its last line; a workbook without its end does not open
		}
		_ = w.Flush() // whoever left does not need the rest
	})
	return nil
}

// knownKind refuses any other kind of file.
func knownKind(kind string) error {
	if _, ok := exportKinds[kind]; !ok {
		return fault.New(fault.Invalid, "Files are csv or xlsx.")
	}
	return nil
}

// fileName is what a file of a thing's rows is called: letters and digits of its name, and the day.
func fileName(thing, rows string, day clock.Day) string {
	var name strings.Builder
	for _, r := range data.Fold(thing) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			name.WriteRune(r)
		case name.Len() > 0 && !strings.HasSuffix(name.String(), "-"):
			name.WriteByte('-')
		}
	}
	return strings.Trim(data.Cut(name.String(), 60)+"-"+rows, "-") + "-" + string(day)
}

// slicesOf gives ids in slices of that many, none at the end.
func slicesOf(ids []int64, size int) func() []int64 {
	return func() []int64 {
		n := min(size, len(ids))
		part := ids[:n]
		ids = ids[n:]
		return part
	}
}

// momentCell is a time as a cell: in the viewer's zone; nil for none.
func momentCell(at *time.Time, zone *time.Location) any {
	if at == nil {
		return nil
	}
	return at.In(zone)
}

// told writes into the log that somebody took rows with them.
func told(ctx context.Context, db *data.DB, c data.Change, address string) error {
	return db.Write(ctx, func(tx *data.Tx) error {
		c.Fields = []data.Field{{Name: "filter", New: address}}
		tx.Changed(c)
		return nil
	})
}

func zoneOf(ctx context.Context) *time.Location { return auth.From(ctx).Zone }
