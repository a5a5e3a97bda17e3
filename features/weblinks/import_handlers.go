package weblinks

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/web"
)

// importBytes is how large a file of links may be: fifty thousand with pictures of their sites, as browsers write them.
const importBytes = 64 << 20

// importTime is how long an import may take.
const importTime = 5 * time.Minute

// importShown is how many rows of a plan the page lists.
const importShown = 200

// importView is the page on which files are imported.
type importView struct {
	plan   importPlan
	merge  bool
	seenBy string
	name   string // of the file
	wrong  map[string]string

	bookmarklet string
}

// lines are the rows that the page lists: first what is wrong, then what changes.
func (v importView) lines() []importLine {
	var all []importLine
	for _, does := range []string{importWrong, importMerges, importAdds, importKeeps} {
		for _, l := range v.plan.Lines {
			if l.Does == does && len(all) < importShown {
				all = append(all, l)
			}
		}
	}
	return all
}

// did says what becomes, or became, of a row.
func (v importView) did(l importLine) string {
	said := map[string]string{importAdds: "is added", importMerges: "is merged", importKeeps: "is there already", importWrong: "is left out"}[l.Does]
	if v.plan.Done && l.Does == importAdds {
		said = "was added"
	}
	if l.Said != "" {
		said += ": " + l.Said
	}
	return said
}

func (h linkHandlers) importForm(c *fiber.Ctx) error {
	return web.Show(c, web.Page{Title: "Import links", Body: importPage(importView{seenBy: seenByAll, bookmarklet: bookmarklet(h.links.Config.BaseURL)})})
}

func (h linkHandlers) importFile(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := importView{bookmarklet: bookmarklet(h.links.Config.BaseURL), merge: web.Value(c, "same") == "merge", seenBy: web.Value(c, "seen_by")}
	if !slices.Contains([]string{seenByAll, seenByMe}, v.seenBy) {
		v.seenBy = seenByAll
	}
	rows, err := h.sentRows(c, &v)
	if err == nil {
		v.plan, err = h.links.Plan(ctx, rows, v.merge)
	}
	if err == nil && web.Value(c, "do") == "import" {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), importTime)
		defer cancel()
		v.plan, err = h.links.Import(ctx, v.plan, v.seenBy)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Wrong(err)
		return web.Retry(c, err, web.Page{Title: "Import links", Body: importPage(v)})
	}
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Import links", Body: importPage(v)})
}

// sentRows reads the file that was sent.
// Errors: fault.Invalid at the field file.
func (h linkHandlers) sentRows(c *fiber.Ctx, v *importView) ([]importRow, error) {
	head, err := c.FormFile("file")
	if err != nil || head.Size == 0 {
		return nil, fault.Field("file", "Choose a file.")
	}
	v.name = head.Filename
	f, err := head.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	raw, err := io.ReadAll(io.LimitReader(f, importBytes))
	if err != nil {
		return nil, err
	}
	return readImport(raw)
}
