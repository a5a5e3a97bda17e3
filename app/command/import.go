package command

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/legacy"
)

func (t *tool) importCommand() *cobra.Command {
	return group("import", "Bring over other systems' data", t.importLegacy())
}

func (t *tool) importLegacy() *cobra.Command {
	var shown int
	c := &cobra.Command{
		Use: "legacy <sqlite file or mysql url>", Short: "Bring over everything of the replaced portal; can be run again",
		Args: words("an SQLite file or a mysql:// address"),
		RunE: func(c *cobra.Command, args []string) error {
			if shown < 0 {
				return wrongly("-rows: %d is no number of rows; write 0 or more", shown)
			}
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				b := bar{tool: t}
				report, err := p.ImportLegacy(ctx, args[0], legacy.Options{}, b.show)
				b.end()
				if err == nil {
					err = t.index(ctx, p)
				}
				if err != nil {
					return err
				}
				r := reportOf(report)
				r.entitle(p)
				return t.print(r, func(w *bytes.Buffer) { r.table(w, shown) })
			})
		},
	}
	c.Flags().IntVar(&shown, "rows", 50, "how many of the rows that were skipped or mended are printed")
	return c
}

// imported is a report as commands print it.
type imported struct {
	Tables []legacy.Line `json:"tables"`
	Rows   []legacy.Row  `json:"rows"`
	Access []legacy.Page `json:"access"` // who could open each page of the old portal, and who can now
}

func reportOf(r *legacy.Report) imported {
	return imported{append([]legacy.Line{}, r.Tables()...), append([]legacy.Row{}, r.Rows...), append([]legacy.Page{}, r.Access...)} // [] in JSON, never null
}

// entitle gives pages that the old portal had no mapping of the titles of their routes.
func (i imported) entitle(p *app.Portal) {
	for n, page := range i.Access {
		for _, m := range p.Routes {
			if page.Route == "" && m.Name == page.Node {
				i.Access[n].Title = m.Title
			}
		}
	}
}

// table shows the counts, then the first few rows with the reason for each.
func (i imported) table(w *bytes.Buffer, shown int) {
	row(w, "TABLE", "READ", "IMPORTED", "MERGED", "SKIPPED", "MENDED", "HERE ALREADY")
	for _, l := range i.Tables {
		row(w, l.Table, l.Read, l.Imported, l.Merged, l.Skipped, l.Mended, l.Known)
	}
	i.access(w)
	if len(i.Rows) == 0 {
		return
	}
	if shown > 0 {
		fmt.Fprintln(w)
		row(w, "TABLE", "ROW", "WHAT", "WHY")
	}
	for _, r := range i.Rows[:min(shown, len(i.Rows))] {
		row(w, r.Table, r.Key, r.Action, r.Reason)
	}
	if left := len(i.Rows) - shown; left > 0 {
		fmt.Fprintf(w, "\n%s more; -rows %d prints all of them.\n", count(left, "row"), len(i.Rows))
	}
}

// access shows, page by page, what each role could open in the old portal and can open here.
func (i imported) access(w *bytes.Buffer) {
	if len(i.Access) == 0 {
		return
	}
	fmt.Fprint(w, "\nWho could open which page before, and who can now. The old portal's roles only hid menu entries: before, everybody\n"+
		"who was signed in could open every page. yes: still can; loses: could, and can't now; gains: couldn't, and can now.\n")
	head := []any{"PAGE", "OLD ADDRESS", "HERE"}
	for _, r := range i.Access[0].Roles {
		head = append(head, fmt.Sprintf("%s (%d)", r.Role, r.People))
	}
	row(w, append(head, "PEOPLE WHO LOSE", "WHO GAIN")...)
	for _, p := range i.Access {
		cells := []any{p.Title, cmp.Or(p.Route, without(p)), where(p)}
		for _, r := range p.Roles {
			cells = append(cells, turned(p, r))
		}
		row(w, append(cells, p.Lose, p.Gain)...)
	}
}

// without says why the page has no old address.
func without(p legacy.Page) string {
	if slices.ContainsFunc(p.Roles, func(r legacy.RoleAccess) bool { return r.Before }) {
		return "(no mapping)"
	}
	return "(new)"
}

// where is the page's place here.
func where(p legacy.Page) string {
	switch {
	case p.Gone != "":
		return "–"
	case !p.Built:
		return p.Node + " (to come)"
	}
	return p.Node
}

func turned(p legacy.Page, r legacy.RoleAccess) string {
	switch {
	case p.Gone != "":
		return "gone"
	case r.Before && !r.After:
		return "loses"
	case !r.Before && r.After:
		return "gains"
	case r.After:
		return "yes"
	}
	return "no"
}
