package command

import (
	"bytes"
	"cmp"

	"github.com/spf13/cobra"

	"portal/app"
)

func (t *tool) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which portal this is, and what it was built from", Args: words(),
		RunE: func(*cobra.Command, []string) error {
			b := app.BuildInfo()
			return t.print(b, func(w *bytes.Buffer) {
				row(w, "Portal", b.Version)
				commit := cmp.Or(b.Commit, "unknown: “go build” in the repository keeps it, “go run” does not")
				if b.Modified {
					commit += ", with changes"
				}
				row(w, "Commit", commit)
				row(w, "Of", cmp.Or(b.At, "unknown"))
				row(w, "Go", b.Go)
				row(w, "System", b.System)
			})
		},
	}
}
