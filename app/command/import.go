package command

import (
	"bytes"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/legacy"
)

func (t *tool) importCommand() *cobra.Command {
	return group("import", "Bring over other systems' data", t.importLegacy())
}

func (t *tool) importLegacy() *cobra.Command {
	var o legacy.Options
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
				report, err := p.ImportLegacy(ctx, args[0], o, b.show)
				b.end()
				if err != nil {
					return err
				}
				r := reportOf(report)
				return t.print(r, func(w *bytes.Buffer) { r.table(w, shown) })
			})
		},
	}
	c.Flags().StringVar(&o.Zone, "zone", "", "zone of the old portal's times, such as Europe/Berlin (UTC when left out)")
	c.Flags().IntVar(&shown, "rows", 50, "how many of the rows that were skipped or mended are printed")
	return c
}

// imported is a report as commands print it.
type imported struct {
	Tables []importedTable `json:"tables"`
	Rows   []importedRow   `json:"rows"`
}

type importedTable struct {
	Table    string `json:"table"`
	Read     int    `json:"read"`
	Imported int    `json:"imported"`
	Merged   int    `json:"merged"`
	Skipped  int    `json:"skipped"`
	Mended   int    `json:"mended"`
}

type importedRow struct {
	Table  string `json:"table"`
	Key    string `json:"key"`
	Action string `json:"action"` // skipped or mended
	Reason string `json:"reason"`
}

func reportOf(r *legacy.Report) imported {
	all := imported{Tables: []importedTable{}, Rows: []importedRow{}}
	for _, l := range r.Tables() {
		all.Tables = append(all.Tables, importedTable{l.Table, l.Read, l.Imported, l.Merged, l.Skipped, l.Mended})
	}
	for _, one := range r.Rows {
		all.Rows = append(all.Rows, importedRow{one.Table, one.Key, one.Action, one.Reason})
	}
	return all
}

// table shows the counts, then the first few rows with the reason for each.
func (i imported) table(w *bytes.Buffer, shown int) {
	row(w, "TABLE", "READ", "IMPORTED", "MERGED", "SKIPPED", "MENDED")
	for _, l := range i.Tables {
		row(w, l.Table, l.Read, l.Imported, l.Merged, l.Skipped, l.Mended)
	}
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
