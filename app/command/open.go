package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"portal/app"
	"portal/app/auth"
	"portal/app/config"
	"portal/app/fault"
)

// settings reads the environment and makes the data folder.
func settings() (config.Config, error) {
	c, err := config.Read()
	if err != nil {
		return c, err
	}
	return c, c.Prepare()
}

// as is the context of work that the command line asked for; the logs name it.
func as(ctx context.Context) context.Context { return auth.With(ctx, auth.System("command line")) }

// open puts a portal together for a command. The database is as it is.
func (t *tool) open(ctx context.Context, c config.Config) (*app.Portal, error) {
	return app.New(ctx, t.options(c))
}

// openFast does so for a database that nobody misses if the machine stops meanwhile.
func (t *tool) openFast(ctx context.Context, c config.Config) (*app.Portal, error) {
	o := t.options(c)
	o.Fast = true
	return app.New(ctx, o)
}

func (t *tool) options(c config.Config) app.Options {
	runtime.GOMAXPROCS(c.Workers)
	log := slog.New(slog.NewTextHandler(t.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return app.Options{Config: c, Features: t.features, Log: log}
}

// bare runs do on a portal whose database nothing was done to.
func (t *tool) bare(ctx context.Context, do func(context.Context, *app.Portal) error) error {
	c, err := settings()
	if err != nil {
		return err
	}
	unlock, err := share(c)
	if err != nil {
		return err
	}
	defer unlock()
	ctx = as(ctx)
	p, err := t.open(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, p), p.Close())
}

// with runs do on a portal whose database is in order. An empty database is made; one that waits for
// migrations is left alone, since a server of the version before may run on it.
func (t *tool) with(ctx context.Context, do func(context.Context, *app.Portal) error) error {
	return t.bare(ctx, func(ctx context.Context, p *app.Portal) error {
		err := inOrder(ctx, p)
		if err == nil {
			err = p.Prepare(ctx)
		}
		if err == nil {
			err = do(ctx, p)
		}
		if p.Wrote() {
			tellServer(ctx)
		}
		return err
	})
}

// tellTime is how long a command waits for the running server to hear of its change.
const tellTime = 2 * time.Second

// tellServer has the server on this data folder, if one runs, look at once at what was written. One that does
// not answer, or runs elsewhere, looks by itself in a moment.
func tellServer(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellTime)
	defer cancel()
	_ = control(ctx, http.MethodPost, "/changes", &app.ControlAnswer{})
}

// inOrder refuses a database of which some migrations have run and some have not.
func inOrder(ctx context.Context, p *app.Portal) error {
	all, err := p.Schema.Status(ctx)
	if err != nil {
		return err
	}
	waiting := 0
	for _, m := range all {
		if m.RanAt.IsZero() {
			waiting++
		}
	}
	if waiting > 0 && waiting < len(all) {
		return fmt.Errorf("the database waits for %d migrations; run “portal migrate up”, or start the server, which does it too", waiting)
	}
	return nil
}

// The time a database server may take to come up after the portal, and how often it is asked.
const (
	databaseWait = 60 * time.Second
	databaseLook = time.Second
)

// patiently opens the portal, and waits for a database that does not answer yet.
func patiently(ctx context.Context, o app.Options) (*app.Portal, error) {
	until := time.Now().Add(databaseWait)
	for first := true; ; first = false {
		p, err := app.New(ctx, o)
		if !fault.Is(err, fault.Away) || time.Now().After(until) {
			return p, err
		}
		if first {
			o.Log.Warn("waiting for the database", "at most", databaseWait.String(), "reason", sentence(err))
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(databaseLook):
		}
	}
}
