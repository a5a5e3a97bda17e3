package command

import (
	"context"

	"github.com/spf13/cobra"

	"portal/app"
)

func (t *tool) searchCommand() *cobra.Command {
	return group("search", "What can be found: make it anew", t.searchRebuild())
}

func (t *tool) searchRebuild() *cobra.Command {
	return &cobra.Command{
		Use: "rebuild", Short: "Read all that can be found anew; others may work meanwhile, and find what they found before", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				if err := p.Index.Forget(ctx); err != nil {
					return err
				}
				if err := t.index(ctx, p); err != nil {
					return err
				}
				n, err := p.Index.Entries(ctx)
				if err != nil {
					return err
				}
				return t.say(rebuilt{n}, "All is read anew: %d things can be found.", n)
			})
		},
	}
}

// rebuilt is what a program is told of a rebuild.
type rebuilt struct {
	Entries int `json:"entries"`
}

// index makes findable what is not yet. One that is stopped goes on when the server runs.
func (t *tool) index(ctx context.Context, p *app.Portal) error {
	b := bar{tool: t}
	err := p.Index.Fill(ctx, func(done, all int) { b.show("Making it findable", done, all) })
	b.end()
	return err
}
