package command

import (
	"bytes"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/schema"
)

func (t *tool) migrateCommand() *cobra.Command {
	return group("migrate", "The database's tables: what has run, run the rest, take the last back",
		t.migrateStatus(), t.migrateUp(), t.migrateDown())
}

func (t *tool) migrateStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "List all migrations and when they ran", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.bare(c.Context(), func(ctx context.Context, p *app.Portal) error {
				all, err := p.Schema.Status(ctx)
				if err != nil && !errors.Is(err, schema.ErrNewer) {
					return err
				}
				return errors.Join(t.print(all, func(w *bytes.Buffer) { migrations(w, all) }), err)
			})
		},
	}
}

func migrations(w *bytes.Buffer, all []schema.Status) {
	row(w, "MIGRATION", "TITLE", "RAN")
	for _, m := range all {
		ran := when(&m.RanAt)
		if ran == "" {
			ran = "waiting"
		}
		row(w, m.Name, m.Title, ran)
	}
}

// ran is what a run of migrations did.
type ran struct {
	Migrations []string `json:"migrations"`
}

func ranOf(names []string) ran {
	if names == nil {
		names = []string{}
	}
	return ran{names}
}

func (t *tool) migrateUp() *cobra.Command {
	return &cobra.Command{
		Use: "up", Short: "Run the migrations that wait", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.bare(c.Context(), func(ctx context.Context, p *app.Portal) error {
				names, err := p.Schema.Up(ctx)
				if err != nil {
					return err
				}
				return t.migrated(names, "Nothing waits: the database is in order.", "ran")
			})
		},
	}
}

func (t *tool) migrateDown() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use: "down", Short: "Take back the migrations that ran together last, with what is in their tables", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.bare(c.Context(), func(ctx context.Context, p *app.Portal) error {
				if err := mayLose(ctx, p, yes); err != nil {
					return err
				}
				names, err := p.Schema.Down(ctx)
				if err != nil {
					return err
				}
				return t.migrated(names, "There is nothing to take back.", "taken back")
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do it although the database holds accounts")
	return c
}

// mayLose refuses to take tables from people who use them, unless told so.
func mayLose(ctx context.Context, p *app.Portal, yes bool) error {
	all, err := p.Schema.Status(ctx)
	if err != nil || yes || len(all) == 0 || all[0].RanAt.IsZero() {
		return err
	}
	people, err := p.Users.All(ctx)
	if err != nil || len(people) == 0 {
		return err
	}
	return wrongly("the database holds %s, and taking migrations back loses what is in their tables; make a backup, then write -yes",
		count(len(people), "account"))
}

// migrated says what a run did.
func (t *tool) migrated(names []string, none, what string) error {
	if len(names) == 0 {
		return t.say(ranOf(names), "%s", none)
	}
	return t.print(ranOf(names), func(w *bytes.Buffer) {
		for _, n := range names {
			row(w, n, what)
		}
	})
}
