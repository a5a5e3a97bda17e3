package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/cache"
	"portal/app/config"
)

func (t *tool) cacheCommand() *cobra.Command {
	return group("cache", "Caches of the running server: figures, clear, fill", t.cacheStats(), t.cacheClear(), t.cacheWarm())
}

func (t *tool) cacheStats() *cobra.Command {
	return &cobra.Command{
		Use: "stats", Short: "Show the figures of each cache region", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			var all []cache.Stats
			if err := control(c.Context(), http.MethodGet, "/cache", &all); err != nil {
				return err
			}
			return t.print(all, func(w *bytes.Buffer) {
				row(w, "REGION", "HITS", "MISSES", "HIT RATE", "ENTRIES", "BYTES", "OLDEST", "LAST CLEARED", "ENTRIES PUT IN", "BYTES PUT IN")
				for _, s := range all {
					row(w, s.Region, s.Hits, s.Misses, rate(s.Hits, s.Misses), s.Entries, s.Size, moment(s.Oldest), moment(s.Cleared), s.Loads, s.Bytes)
				}
			})
		},
	}
}

func rate(hits, misses int64) string {
	if hits+misses == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(hits)/float64(hits+misses))
}

func (t *tool) cacheClear() *cobra.Command {
	return &cobra.Command{
		Use: "clear [region]", Short: "Drop the entries of one region, or of all", Args: wordsFrom(0, "a region"),
		RunE: func(c *cobra.Command, args []string) error {
			path, what := "/cache/clear", "All caches are empty, in every process."
			if len(args) > 0 {
				path, what = path+"?region="+url.QueryEscape(args[0]), "The cache "+args[0]+" is empty in every process."
			}
			return t.order(c.Context(), path, what)
		},
	}
}

func (t *tool) cacheWarm() *cobra.Command {
	return &cobra.Command{
		Use: "warm", Short: "Fill the caches with what is asked for most", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.order(c.Context(), "/cache/warm", "The caches are warm.")
		},
	}
}

// order has the running server do something.
func (t *tool) order(ctx context.Context, path, what string) error {
	if err := control(ctx, http.MethodPost, path, &app.ControlAnswer{}); err != nil {
		return err
	}
	return t.say(done{true}, "%s", what)
}

// controlTime is how long a running server may take to answer a command.
const controlTime = 30 * time.Second

// errNoServer means that no server has the data folder's socket open.
var errNoServer = errors.New("no server runs on this data folder; start one with “portal serve”")

// control asks the server that runs on the data folder, and reads its answer into v.
// Errors: errNoServer, with the folder's name; the server's own sentence.
func control(ctx context.Context, method, path string, v any) error {
	c, err := config.Read()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://portal"+path, http.NoBody)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", app.ControlPath(c.DataDir))
		},
	}}
	answer, err := client.Do(r)
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return fmt.Errorf("PORTAL_DATA_DIR: %s: %w", c.DataDir, errNoServer)
	}
	if err != nil {
		return fmt.Errorf("the running server does not answer (%w); see its log", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		var said app.ControlAnswer
		_ = json.NewDecoder(answer.Body).Decode(&said)
		return fmt.Errorf("%s", said.Error)
	}
	return json.NewDecoder(answer.Body).Decode(v)
}
