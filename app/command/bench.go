package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"portal/app/bench"
	"portal/app/demo"
)

func (t *tool) benchCommand() *cobra.Command {
	var size demo.Options
	var o bench.Options
	var seconds, storm int
	c := &cobra.Command{
		Use: "bench", Short: "Measure a server of its own, filled with the demo department", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := sizes(size); err != nil {
				return err
			}
			o.Storm = time.Duration(storm) * time.Second
			o.Users, o.Projects, o.Tasks, o.Each = size.Users, size.Projects, size.Tasks, time.Duration(seconds)*time.Second
			return t.bench(c, o)
		},
	}
	demoFlags(c, &size)
	c.Flags().StringVar(&o.Dir, "dir", "", "folder of the demo database: made there when there is none, and kept")
	c.Flags().IntVar(&seconds, "seconds", 5, "how long each page is asked for, 1 to 600")
	c.Flags().IntVar(&o.Connections, "connections", 16, "requests at once, 1 to 256")
	c.Flags().IntVar(&o.Moves, "moves", 200, "tasks moved on the board, 1 to 100000")
	c.Flags().IntVar(&storm, "storm", 20, "seconds of 50 sign-ins a second, 0 to 600")
	c.Flags().StringVar(&o.MySQL, "mysql", "", "mysql://user:password@host:port/name of an empty database, to restore into")
	return c
}

func (t *tool) bench(c *cobra.Command, o bench.Options) error {
	for _, n := range []struct {
		name            string
		value, min, max int
	}{{"seconds", int(o.Each.Seconds()), 1, 600}, {"connections", o.Connections, 1, 256}, {"moves", o.Moves, 1, 100000}, {"storm", int(o.Storm.Seconds()), 0, 600}} {
		if n.value < n.min || n.value > n.max {
			return wrongly("-%s: %d is outside %d to %d", n.name, n.value, n.min, n.max)
		}
	}
	var err error
	if o.Program, err = os.Executable(); err != nil {
		return fmt.Errorf("find this program's own file: %w", err)
	}
	if o.Dir != "" {
		if o.Dir, err = filepath.Abs(o.Dir); err != nil {
			return err
		}
	}
	o.Said = func(step string) {
		if t.onTerminal() && !t.json {
			t.tell(step + " …\n")
		}
	}
	f, err := bench.Run(c.Context(), o)
	if err != nil {
		return err
	}
	return t.print(f, func(w *bytes.Buffer) { w.WriteString(f.Markdown()) })
}

// floorCommand is the bare handler that bench measures against; people have no use for it.
func (t *tool) floorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "bench-floor <sqlite file>", Short: "Serve the bare handler that bench measures against", Hidden: true,
		Args: words("an SQLite file"),
		RunE: func(c *cobra.Command, args []string) error { return bench.Floor(c.Context(), args[0], t.Out) },
	}
}
