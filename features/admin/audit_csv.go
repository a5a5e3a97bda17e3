package admin

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/audit"
	"portal/app/data"
	"portal/app/sheet"
)

// How many lines a CSV holds at most, how many are read at a time, and how long the whole may take.
const (
	auditCSVMost  = 100_000
	auditCSVBatch = 1000
	auditCSVTime  = 5 * time.Minute
)

// csv sends the lines that are filtered, the latest first, as they are read. It is a form, since it writes into the log
// that somebody took it with them; the filters stand in its address.
func (h auditHandlers) csv(c *fiber.Ctx) error {
	q, f := h.query(c)
	if err := h.told(c.UserContext(), q); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="audit-`+h.DB.Now().Format(time.DateOnly)+`.csv"`)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	ctx := context.WithoutCancel(c.UserContext())
	// The writer runs after this handler has returned: it must not touch c.
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(ctx, auditCSVTime)
		defer cancel()
		if err := h.writeCSV(ctx, w, f, auditCSVMost); err != nil {
			h.Log.Warn("a CSV of the audit log was not sent to its end", "error", err)
		}
	})
	return nil
}

func (h auditHandlers) writeCSV(ctx context.Context, to *bufio.Writer, f audit.Filter, most int) error {
	w := csv.NewWriter(to)
	if err := w.Write([]string{"Line", "Time (UTC)", "Who", "Address", "Request", "What", "Kind", "Thing", "Title", "Link", "Changes"}); err != nil {
		return err
	}
	var at audit.Cursor
	for sent := 0; ; {
		page, err := h.Audit.Older(ctx, f, at, min(auditCSVBatch, most-sent))
		if err != nil {
			_ = w.Write([]string{"The rest could not be read; please try again."})
			w.Flush()
			return err
		}
		for _, l := range page.Lines {
			if err := w.Write(auditRecord(l)); err != nil {
				return err
			}
			at = audit.CursorOf(l)
		}
		sent += len(page.Lines)
		if page.Older && sent >= most {
			if err := w.Write([]string{fmt.Sprintf("Only the latest %d lines are here; narrow the filter to get the others.", most)}); err != nil {
				return err
			}
			page.Older = false
		}
		if w.Flush(); w.Error() != nil || !page.Older {
			return w.Error()
		}
	}
}

// auditRecord is a line of the CSV.
func auditRecord(l audit.Line) []string {
	return []string{
		strconv.FormatInt(l.ID, 10), l.CreatedAt.UTC().Format("2006-01-02 15:04:05.000000"), sheet.Cell(l.UserName), sheet.Cell(l.Address), sheet.Cell(l.RequestID),
		sheet.Cell(l.Action), sheet.Cell(l.Kind), strconv.FormatInt(l.ThingID, 10), sheet.Cell(l.Title), sheet.Cell(l.URL), sheet.Cell(auditChanges(l.Changes())),
	}
}

func auditChanges(all []data.Field) string {
	parts := make([]string, len(all))
	for i, f := range all {
		parts[i] = f.Name + ": " + f.Old + " → " + f.New
	}
	return strings.Join(parts, "; ")
}
