package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/auth"
	"portal/app/config"
)

func (t *tool) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Migrate the database, warm the caches and serve (as “portal” alone does)", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error { return t.serve(c.Context()) },
	}
}

// gcPercent lets garbage grow to twice what lives before it is collected: what lives is little, and
// collecting it more often took a tenth of the server's time.
const gcPercent = 200

// serve runs the server until ctx ends, then lets open requests end.
func (t *tool) serve(ctx context.Context) error {
	c, err := settings()
	if err != nil {
		return err
	}
	unlock, err := share(c)
	if err != nil {
		return err
	}
	defer unlock()
	runtime.GOMAXPROCS(c.Workers)
	debug.SetGCPercent(gcPercent)
	log, closeLog := t.newLog(c)
	defer closeLog()
	p, err := patiently(ctx, app.Options{Config: c, Features: t.features, Log: log})
	if err != nil {
		return unlessStopped(ctx, err)
	}
	err = t.run(ctx, p, log)
	return errors.Join(err, p.Close())
}

// unlessStopped is no error when the work was only ended by the signal to stop.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// run makes the portal ready and serves. The address is taken first: what another server
// stands on is found out before anything is changed.
func (t *tool) run(ctx context.Context, p *app.Portal, log *slog.Logger) error {
	l, err := p.Listen()
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // the server has closed it, unless it never began
	if err := ready(ctx, p, log); err != nil {
		return unlessStopped(ctx, err)
	}
	p.Start()
	if _, err := p.Control(ctx); err != nil {
		log.Warn("control socket", "error", err)
	}
	served := make(chan error, 1)
	go func() { served <- p.Serve(l) }()
	if err := t.greet(ctx, p, l); err != nil {
		log.Error("greeting", "error", err)
	}
	select {
	case err = <-served:
		return errors.Join(fmt.Errorf("the server ended by itself: %w", err), p.Shutdown())
	case <-ctx.Done():
	}
	log.Info("stopping; open requests end first")
	p.Leave()
	err = p.Shutdown()
	log.Info("stopped")
	return err
}

// ready does all that comes before the first request.
func ready(ctx context.Context, p *app.Portal, log *slog.Logger) error {
	if err := p.Prepare(ctx); err != nil {
		return err
	}
	risks, err := p.DB.Risks(ctx)
	if err != nil {
		return err
	}
	for _, r := range risks {
		log.Error("changes can be lost", "risk", r)
	}
	if check := p.CheckRoutes(); len(check.Invalid)+len(check.Open) > 0 {
		log.Warn("mappings and routes do not fit; portal route check lists them", "invalid", check.Invalid, "uncovered", check.Open)
	}
	return p.Warm(ctx)
}

// greeting is what a started server says of itself.
type greeting struct {
	Address string `json:"address"`           // that it listens on, for this machine
	BaseURL string `json:"base_url"`          // that people type
	Welcome string `json:"welcome,omitempty"` // the link that makes the first administrator
}

// greet prints where the portal is and, while it has no administrator, the link that makes the first one.
func (t *tool) greet(ctx context.Context, p *app.Portal, l net.Listener) error {
	g := greeting{Address: "http://" + l.Addr().String(), BaseURL: baseURL(p.Config, l)}
	none, err := p.Users.None(ctx)
	if err != nil {
		return err
	}
	if none {
		token, err := p.Users.Link(as(ctx), auth.FirstAdmin, 0)
		if err != nil {
			return err
		}
		g.Welcome = g.BaseURL + "/welcome/" + token
	}
	if g.Welcome == "" {
		return t.say(g, "Portal is at %s", g.BaseURL)
	}
	return t.say(g, "Portal is at %s\nMake the first administrator at %s (works once, for a day)", g.BaseURL, g.Welcome)
}

// baseURL is the address people type; it has the real port when the system chose one.
func baseURL(c config.Config, l net.Listener) string {
	if c.BaseURL == "http://"+c.Addr {
		if _, port, err := net.SplitHostPort(c.Addr); err == nil && port == "0" {
			return "http://" + l.Addr().String()
		}
	}
	return c.BaseURL
}
