package weblinks

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/sheet"
	"portal/app/web"
)

// How many links a file holds at most, how many are read at a time, and how long the whole may take.
const (
	exportMost  = 50_000
	exportSlice = 500
	exportTime  = 2 * time.Minute
)

// plainLink is a link as files have it.
type plainLink struct {
	URL      string   `json:"url"`
	Name     string   `json:"name"`
	Category string   `json:"category,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Notes    string   `json:"notes,omitempty"`
	Icon     string   `json:"icon,omitempty"`
	Pinned   bool     `json:"pinned,omitempty"`
	added    time.Time
}

// exportKinds are the kinds of file, by what the address asks for.
var exportKinds = map[string]struct {
	media string
	write func(io.Writer, func() ([]plainLink, error)) error
}{
	"csv":  {"text/csv; charset=utf-8", func(to io.Writer, next func() ([]plainLink, error)) error { return sheet.CSV(to, tableOf(next)) }},
	"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(to io.Writer, next func() ([]plainLink, error)) error { return sheet.XLSX(to, tableOf(next)) }},
	"json": {"application/json", writeJSON},
	"html": {"text/html; charset=utf-8", writeBookmarks},
}

// heads are the columns of a CSV, as the portal before this one had them.
var heads = []string{"URL", "Friendly Name", "Category", "Tags", "Notes", "Icon"}

func tableOf(next func() ([]plainLink, error)) sheet.Table {
	t := sheet.Table{Name: "Weblinks"}
	for _, h := range heads {
		t.Columns = append(t.Columns, sheet.Column{Title: h, Width: 30})
	}
	t.Next = func() ([][]any, error) {
		links, err := next()
		rows := make([][]any, len(links))
		for i, l := range links {
			rows[i] = []any{l.URL, l.Name, l.Category, joined(l.Tags), l.Notes, l.Icon}
		}
		return rows, err
	}
	return t
}

func writeJSON(to io.Writer, next func() ([]plainLink, error)) error {
	before := "[\n"
	for {
		links, err := next()
		if err != nil {
			return err
		}
		if len(links) == 0 {
			if before == "[\n" {
				before = "["
			} else {
				before = "\n"
			}
			_, err := io.WriteString(to, before+"]\n")
			return err
		}
		for _, l := range links {
			one, err := json.Marshal(l)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(to, before+string(one)); err != nil {
				return err
			}
			before = ",\n"
		}
	}
}

// writeBookmarks writes the file that every browser reads, a folder a category; the links come by category.
// https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa753582(v=vs.85)
func writeBookmarks(to io.Writer, next func() ([]plainLink, error)) error {
	w := bufio.NewWriter(to)
	_, _ = fmt.Fprint(w, "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=UTF-8\">\n<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n")
	folder := ""
	for {
		links, err := next()
		if err != nil {
			return err
		}
		if len(links) == 0 {
			break
		}
		for _, l := range links {
			if l.Category != folder {
				if folder != "" {
					_, _ = fmt.Fprint(w, "</DL><p>\n")
				}
				if folder = l.Category; folder != "" {
					_, _ = fmt.Fprintf(w, "<DT><H3>%s</H3>\n<DL><p>\n", html.EscapeString(folder))
				}
			}
			_, _ = fmt.Fprintf(w, "<DT><A HREF=\"%s\" ADD_DATE=\"%d\" TAGS=\"%s\">%s</A>\n", html.EscapeString(l.URL), l.added.Unix(), html.EscapeString(joined(l.Tags)), html.EscapeString(l.Name))
			if l.Notes != "" {
				_, _ = fmt.Fprintf(w, "<DD>%s\n", html.EscapeString(l.Notes))
			}
		}
	}
	if folder != "" {
		_, _ = fmt.Fprint(w, "</DL><p>\n")
	}
	_, _ = fmt.Fprint(w, "</DL><p>\n")
	return w.Flush() // it keeps the first error of all
}

func joined(names []string) string {
	all := ""
	for i, n := range names {
		if i > 0 {
			all += ", "
		}
		all += n
	}
	return all
}

// Ordered are the ids of the links that the filter finds, in its order.
func (s *linkStore) Ordered(ctx context.Context, f linkFilter, order string) ([]int64, error) {
	var ids []int64
	q := f.apply(s.DB.Read.NewSelect().TableExpr("links AS l").Column("l.id"), auth.From(ctx))
	if err := q.OrderExpr(order).Limit(exportMost).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("links of a file: %w", err)
	}
	return ids, nil
}

// Rows are the links of those ids, in their order.
func (s *linkStore) Rows(ctx context.Context, ids []int64) ([]Link, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	v := auth.From(ctx)
	var rows []Link
	err := shownColumns(s.DB.Read.NewSelect().TableExpr("links AS l"), v.ID).Where("l.id IN (?)", bun.In(ids)).Apply(visibleTo(v)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("links by id: %w", err)
	}
	byID := map[int64]Link{}
	for _, l := range rows {
		byID[l.ID] = l
	}
	var sorted []Link
	for _, n := range ids {
		if l, ok := byID[n]; ok {
			sorted = append(sorted, l)
		}
	}
	return sorted, nil
}

// slices gives the links of the ids as files have them, some at a time.
func (s *linkStore) slices(ctx context.Context, ids []int64, w words) func() ([]plainLink, error) {
	return func() ([]plainLink, error) {
		for len(ids) > 0 {
			n := min(exportSlice, len(ids))
			rows, err := s.Rows(ctx, ids[:n])
			ids = ids[n:]
			if err != nil || len(rows) > 0 {
				return plain(rows, w), err
			}
		}
		return nil, nil
	}
}

func plain(rows []Link, w words) []plainLink {
	all := make([]plainLink, len(rows))
	for i, l := range rows {
		all[i] = plainLink{URL: l.URL, Name: l.Name, Category: w.categoryName(l.CategoryID), Notes: l.Notes, Icon: l.Icon, Pinned: l.Pinned, added: l.CreatedAt}
		for _, t := range w.tagsOf(l.Tags) {
			all[i].Tags = append(all[i].Tags, t.Name)
		}
	}
	return all
}

// export answers with what the list shows, as a file. It is a form, since it writes into the log that somebody took it with them.
func (h linkHandlers) export(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f linkFilter
	web.Query(c, &f)
	f.List = f.Tidy()
	kind := c.Query("format", "csv")
	k, ok := exportKinds[kind]
	if !ok {
		return fault.New(fault.Invalid, "Files are csv, xlsx, json or html.")
	}
	order := linkSorts.Order(f.List, "l.id")
	if kind == "html" {
		order = "l.category_id, l.name_key, l.id"
	}
	ids, err := h.links.Ordered(ctx, f, order)
	if err != nil {
		return err
	}
	w, err := h.links.Words(ctx)
	if err != nil {
		return err
	}
	err = h.links.DB.Write(ctx, func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "weblinks", Kind: "export", What: "took links with them as a file", Title: "Weblinks", URL: f.link(), Fields: []data.Field{{Name: "filter", New: f.link()}}})
		return nil
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, k.media)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="weblinks-`+string(clock.DayOf(h.links.DB.Now(), auth.From(ctx).Zone))+"."+kind+`"`)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	ctx = context.WithoutCancel(ctx)
	// The writer runs after this handler has returned: it must not touch c.
	c.Context().SetBodyStreamWriter(func(to *bufio.Writer) {
		ctx, cancel := context.WithTimeout(ctx, exportTime)
		defer cancel()
		if err := k.write(to, h.links.slices(ctx, ids, w)); err != nil {
			return // the file ends where nobody takes it for whole
		}
		_ = to.Flush() // whoever left does not need the rest
	})
	return nil
}
