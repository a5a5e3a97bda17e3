package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/cache"
	"portal/app/config"
	"portal/schema"
)

// finding is one line of the doctor's table.
type finding struct {
	Name  string `json:"name"`
	State string `json:"state"` // ok, warning or bad
	Said  string `json:"said"`  // what was found, and the remedy
}

// The states of a finding.
const (
	well    = "ok"
	warning = "warning"
	bad     = "bad"
)

// doctor collects findings. It changes nothing but what a start would make: the data folder and its key.
type doctor struct {
	tool  *tool
	found []finding
}

func (d *doctor) add(name, state, said string, args ...any) {
	d.found = append(d.found, finding{name, state, strings.Join(strings.Fields(fmt.Sprintf(said, args...)), " ")})
}

func (t *tool) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check settings, database, disk and clock, in one table", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			d := &doctor{tool: t}
			d.examine(as(c.Context()))
			if err := t.print(d.found, d.table); err != nil {
				return err
			}
			ill := 0
			for _, f := range d.found {
				if f.State == bad {
					ill++
				}
			}
			if ill > 0 {
				return fmt.Errorf("%s failed; the table above says what to do", count(ill, "check"))
			}
			return nil
		},
	}
}

func (d *doctor) table(w *bytes.Buffer) {
	row(w, "CHECK", "STATE", "FOUND")
	for _, f := range d.found {
		row(w, f.Name, f.State, f.Said)
	}
}

// examine goes on for as long as what comes next can be looked at.
func (d *doctor) examine(ctx context.Context) {
	c, err := config.Read()
	if err != nil {
		d.add("settings", bad, "%s", sentence(err))
		return
	}
	d.add("settings", well, "%s, at %s", c.Env, c.BaseURL)
	if !d.folder(&c) {
		return
	}
	d.server(ctx)
	if path, ok := strings.CutPrefix(c.DatabaseURL, "sqlite://"); ok {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			d.add("database", bad, "The file %s does not exist yet; the first start of the server makes it.", path)
			return
		}
	}
	p, err := d.tool.open(ctx, c)
	if err != nil {
		d.add("database", bad, "%s", sentence(err))
		return
	}
	defer func() { _ = p.Close() }()
	d.database(ctx, p)
	d.backups(c)
	d.modes(c)
	if !d.migrations(ctx, p) {
		return
	}
	d.administrator(ctx, p)
	for _, check := range checks {
		check(d, ctx, p)
	}
}

// folder checks the data folder, the disk it lies on and the key in it.
func (d *doctor) folder(c *config.Config) bool {
	given := c.SecretKey != ""
	if err := c.Prepare(); err != nil {
		name := "data folder"
		if strings.HasPrefix(err.Error(), "PORTAL_SECRET_KEY") {
			name = "secret key"
		}
		d.add(name, bad, "%s", sentence(err))
		return false
	}
	d.add("data folder", well, "%s can be written.", c.DataDir)
	d.disk(c.DataDir)
	d.key(c.DataDir, given)
	return true
}

// Free disk space, in bytes, under which somebody should look, and under which writes will soon fail.
const (
	diskWarn = 1 << 30
	diskBad  = 100 << 20
)

func (d *doctor) disk(folder string) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		d.add("disk", bad, "The free space under %s can't be read (%s).", folder, err)
		return
	}
	free := s.Bavail * uint64(s.Bsize)
	switch {
	case free < diskBad:
		d.add("disk", bad, "Only %d MB are free; make room before the next write fails.", free>>20)
	case free < diskWarn:
		d.add("disk", warning, "Only %d MB are free; make room soon.", free>>20)
	default:
		d.add("disk", well, "%.1f GB are free.", float64(free)/(1<<30))
	}
}

func (d *doctor) key(folder string, given bool) {
	if given {
		d.add("secret key", well, "It comes from PORTAL_SECRET_KEY.")
		return
	}
	path := filepath.Join(folder, "secret.key")
	info, err := os.Stat(path)
	switch {
	case err != nil:
		d.add("secret key", bad, "The file %s can't be read; set PORTAL_SECRET_KEY.", path)
	case info.Mode().Perm()&0o077 != 0:
		d.add("secret key", warning, "Others on this machine may read %s; run chmod 600 on it.", path)
	default:
		d.add("secret key", well, "It is kept in %s.", path)
	}
}

// server says whether one runs; a stopped one is no illness.
func (d *doctor) server(ctx context.Context) {
	var all []cache.Stats
	err := control(ctx, http.MethodGet, "/cache", &all)
	switch {
	case errors.Is(err, errNoServer):
		d.add("server", well, "None runs on this data folder.")
	case err != nil:
		d.add("server", warning, "%s", sentence(err))
	default:
		d.add("server", well, "One runs on this data folder.")
	}
}

// How far the database's clock may be from ours.
const (
	skewWarn = 2 * time.Second
	skewBad  = time.Minute
)

func (d *doctor) database(ctx context.Context, p *app.Portal) {
	h, err := p.DB.Health(ctx)
	if err != nil {
		d.add("database", bad, "%s; put a backup in its place", sentence(err))
		return
	}
	switch {
	case len(h.Broken) > 0:
		d.add("database", bad, "%s, and the file is damaged (%s); stop the server and restore a backup.", h.Version, strings.Join(h.Broken, "; "))
	case len(h.Risks) > 0:
		d.add("database", warning, "%s. %s", h.Version, strings.Join(h.Risks, " "))
	default:
		d.add("database", well, "%s", h.Version)
	}
	skew := h.Skew.Abs().Round(time.Millisecond)
	switch {
	case skew > skewBad:
		d.add("clock", bad, "The database's clock is %s from this machine's; set both by NTP.", skew)
	case skew > skewWarn:
		d.add("clock", warning, "The database's clock is %s from this machine's; set both by NTP.", skew)
	default:
		d.add("clock", well, "It is %s; the database agrees.", moment(time.Now()))
	}
}

// migrations reports whether the tables are there to be looked into.
func (d *doctor) migrations(ctx context.Context, p *app.Portal) bool {
	all, err := p.Schema.Status(ctx)
	if err != nil {
		d.add("migrations", bad, "%s", sentence(err))
		return errors.Is(err, schema.ErrNewer)
	}
	waiting := 0
	for _, m := range all {
		if m.RanAt.IsZero() {
			waiting++
		}
	}
	if waiting > 0 {
		d.add("migrations", bad, "%d of %d wait; run “portal migrate up”, or start the server, which does it too.", waiting, len(all))
		return waiting < len(all)
	}
	d.add("migrations", well, "All %d have run.", len(all))
	return true
}

func (d *doctor) administrator(ctx context.Context, p *app.Portal) {
	none, err := p.Users.None(ctx)
	switch {
	case err != nil:
		d.add("administrator", bad, "%s", sentence(err))
	case none:
		d.add("administrator", bad, "There is none; open the link that the server prints at its start, or run “portal user add” with -roles admin.")
	default:
		d.add("administrator", well, "There is one.")
	}
}
