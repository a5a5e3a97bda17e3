package command

import (
	"context"
	"log/slog"
	"log/syslog"
	"os"
	"strings"

	"golang.org/x/term"

	"portal/app/config"
)

// newLog makes the server's log: text for a developer at a terminal, JSON for machines; in production to syslog too.
// The function ends it.
func (t *tool) newLog(c config.Config) (*slog.Logger, func()) {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // the settings have checked it
	o := &slog.HandlerOptions{Level: level}
	var out slog.Handler = slog.NewJSONHandler(t.Err, o)
	if file, ok := t.Err.(*os.File); ok && term.IsTerminal(int(file.Fd())) && c.Env == "development" && !t.json {
		out = slog.NewTextHandler(t.Err, o)
	}
	if c.Syslog == "off" {
		return slog.New(out), func() {}
	}
	w, err := dialSyslog(c.Syslog)
	if err != nil {
		log := slog.New(out)
		log.Warn("PORTAL_SYSLOG: the system's log can't be reached; start it, or set the variable to off", "syslog", c.Syslog, "error", err)
		return log, func() {}
	}
	return slog.New(slog.NewMultiHandler(out, newSyslogHandler(w, o))), func() { _ = w.Close() }
}

// facility is where the system sorts our lines.
const facility = syslog.LOG_DAEMON | syslog.LOG_INFO

// dialSyslog opens the machine's own log, or udp://host:514.
func dialSyslog(where string) (*syslog.Writer, error) {
	if host, ok := strings.CutPrefix(where, "udp://"); ok {
		return syslog.Dial("udp", host, facility, "portal")
	}
	return syslog.New(facility, "portal")
}

// syslogHandler writes each record as one line of JSON, with the severity of its level.
type syslogHandler struct {
	debug, info, warn, fail slog.Handler
}

// severe writes what it is given with one severity.
type severe func(line string) error

// Write keeps one record.
func (s severe) Write(line []byte) (int, error) { return len(line), s(strings.TrimSpace(string(line))) }

func newSyslogHandler(w *syslog.Writer, o *slog.HandlerOptions) syslogHandler {
	to := func(s severe) slog.Handler { return slog.NewJSONHandler(s, o) }
	return syslogHandler{to(w.Debug), to(w.Info), to(w.Warning), to(w.Err)}
}

func (h syslogHandler) of(l slog.Level) slog.Handler {
	switch {
	case l >= slog.LevelError:
		return h.fail
	case l >= slog.LevelWarn:
		return h.warn
	case l >= slog.LevelInfo:
		return h.info
	}
	return h.debug
}

func (h syslogHandler) each(do func(slog.Handler) slog.Handler) slog.Handler {
	return syslogHandler{do(h.debug), do(h.info), do(h.warn), do(h.fail)}
}

// Enabled reports whether records of the level are kept.
func (h syslogHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return h.of(l).Enabled(ctx, l)
}

// Handle keeps a record.
func (h syslogHandler) Handle(ctx context.Context, r slog.Record) error {
	return h.of(r.Level).Handle(ctx, r)
}

// WithAttrs is a handler that adds the attributes to each record.
func (h syslogHandler) WithAttrs(a []slog.Attr) slog.Handler {
	return h.each(func(one slog.Handler) slog.Handler { return one.WithAttrs(a) })
}

// WithGroup is a handler that puts later attributes under the name.
func (h syslogHandler) WithGroup(name string) slog.Handler {
	return h.each(func(one slog.Handler) slog.Handler { return one.WithGroup(name) })
}
