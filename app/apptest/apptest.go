// Package apptest starts a whole portal for a test, on a database of its own, and browsers that use it.
package apptest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"portal/app"
	"portal/app/auth"
	"portal/app/clock"
	"portal/app/config"
	"portal/app/feature"
)

// BaseURL is the address at which browsers of a test reach the portal.
const BaseURL = "http://portal.test"

// Portal is a whole portal in a test; it ends with the test.
type Portal struct {
	*app.Portal
	Clock *Clock // stands still until the test moves it

	t        testing.TB
	features []feature.New
	log      io.Writer // nil drops the log
	queries  *queryHook
	listen   sync.Once
	addr     string // of the loopback listener, once it is open
}

// Options are what a test's portal has beyond the usual.
type Options struct {
	Features []feature.New
	Config   func(*config.Config) // changes the settings; nil for none
	Now      time.Time            // where the clock stands; zero for Monday 23 November 2026, 9:00 UTC
	Log      io.Writer            // nil drops the log
}

// New starts a portal with these features, migrated and seeded. Its database is SQLite in the test's folder;
// with PORTAL_TEST_DB=mysql one on the server that PORTAL_TEST_MYSQL names.
func New(t testing.TB, features ...feature.New) *Portal {
	t.Helper()
	return With(t, Options{Features: features})
}

// With is New with options.
func With(t testing.TB, o Options) *Portal {
	t.Helper()
	c := settings(t)
	c.DatabaseURL = Database(t)
	if o.Config != nil {
		o.Config(&c)
	}
	key := templateKey(o.Features)
	// A portal of other settings or another time may begin otherwise, and a log says what a beginning was.
	usual := o.Config == nil && o.Log == nil && o.Now.IsZero() && !OnMySQL()
	made := usual && fromTemplate(t, key, c.DatabaseURL)
	p := start(t, o, c, newClock(o.Now))
	p.prepare()
	if usual && !made {
		p.keepTemplate(key)
	}
	return p
}

// Empty is New before anything is in its database.
func Empty(t testing.TB, features ...feature.New) *Portal {
	t.Helper()
	c := settings(t)
	c.DatabaseURL = Database(t)
	return start(t, Options{Features: features}, c, newClock(time.Time{}))
}

// OnFile is Empty on a SQLite file, whatever the tests run on.
func OnFile(t testing.TB, path string, features ...feature.New) *Portal {
	t.Helper()
	c := settings(t)
	c.DatabaseURL = "sqlite://" + path
	return start(t, Options{Features: features}, c, newClock(time.Time{}))
}

// Second starts another portal on the same database with the same clock, as a second process would.
func (p *Portal) Second() *Portal {
	p.t.Helper()
	other := p.Unprepared()
	other.prepare()
	return other
}

// Unprepared is Second before it has looked at its database.
func (p *Portal) Unprepared() *Portal {
	p.t.Helper()
	return start(p.t, Options{Features: p.features, Log: p.log}, p.Config, p.Clock)
}

func start(t testing.TB, o Options, c config.Config, now *Clock) *Portal {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	if o.Log != nil {
		log = slog.New(slog.NewTextHandler(o.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	inner, err := app.New(context.Background(), app.Options{Config: c, Features: o.Features, Log: log, Now: now.Now, Fast: true})
	if err != nil {
		t.Fatalf("start the portal: %v", err)
	}
	p := &Portal{Portal: inner, Clock: now, t: t, features: o.Features, log: o.Log, queries: &queryHook{}}
	t.Cleanup(p.end)
	// WithQueryHook would make other handles than those the portal already has.
	inner.DB.Read.AddQueryHook(p.queries) //nolint:staticcheck // see above
	if inner.DB.Writer() != inner.DB.Read {
		inner.DB.Writer().AddQueryHook(p.queries) //nolint:staticcheck // see above
	}
	return p
}

func (p *Portal) prepare() {
	p.t.Helper()
	if err := p.Prepare(context.Background()); err != nil {
		p.t.Fatalf("prepare the portal: %v", err)
	}
}

// settings are those of a portal in development, small and without waiting.
func settings(t testing.TB) config.Config {
	return config.Config{
		Env: "testing", Addr: "127.0.0.1:0", BaseURL: BaseURL, DataDir: t.TempDir(),
		SecretKey: strings.Repeat("only for tests ", 3), SessionLife: 2 * time.Hour,
		DBPool: 10, DBRecycle: time.Hour, DBTimeout: 20 * time.Second, Workers: 2,
		CacheTTL: 5 * time.Minute, CacheStatsTTL: time.Minute, CacheMB: 8, LogLevel: "warn", Syslog: "off",
	}
}

func (p *Portal) end() {
	if err := errors.Join(p.Shutdown(), p.Close()); err != nil {
		p.t.Errorf("end the portal: %v", err)
	}
}

// Addr is where the portal listens on the loopback interface, from the first time on that it is asked.
func (p *Portal) Addr() string {
	p.listen.Do(func() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			p.t.Fatalf("listen: %v", err)
		}
		p.addr = l.Addr().String()
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = p.Serve(l) // ends with the listener
		}()
		p.t.Cleanup(func() {
			_ = p.Shutdown()
			_ = l.Close()
			<-done
		})
	})
	return p.addr
}

// Context is that of work which the portal itself does.
func (p *Portal) Context() context.Context {
	return auth.With(context.Background(), auth.System("test"))
}

// Insert puts a row, a pointer to a struct, straight into its table.
func (p *Portal) Insert(row any) {
	p.t.Helper()
	if _, err := p.DB.Writer().NewInsert().Model(row).Exec(p.Context()); err != nil {
		p.t.Fatalf("insert %T: %v", row, err)
	}
}

// Exec runs a statement straight on the database.
func (p *Portal) Exec(statement string, args ...any) {
	p.t.Helper()
	if _, err := p.DB.Writer().ExecContext(p.Context(), statement, args...); err != nil {
		p.t.Fatalf("%s: %v", statement, err)
	}
}

// Count is the number of the table's rows that meet all conditions: "status = 'open'".
func (p *Portal) Count(table string, where ...string) int {
	p.t.Helper()
	q := p.DB.Writer().NewSelect().Table(table)
	for _, w := range where {
		q = q.Where(w)
	}
	n, err := q.Count(p.Context())
	if err != nil {
		p.t.Fatalf("count %s: %v", table, err)
	}
	return int(n)
}

// Queries are the statements that the portal ran while do did; begin and commit are not among them.
// On MySQL the session storage's own are not either: it has no Bun.
func (p *Portal) Queries(do func()) []string {
	p.queries.begin()
	do()
	return p.queries.end()
}

// queryHook keeps the statements of a while.
type queryHook struct {
	mu   sync.Mutex
	on   bool
	said []string
}

func (h *queryHook) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.on, h.said = true, nil
}

func (h *queryHook) end() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.on = false
	return h.said
}

// BeforeQuery is Bun's hook.
func (h *queryHook) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery is Bun's hook.
func (h *queryHook) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch strings.ToUpper(strings.TrimSpace(e.Query)) {
	case "BEGIN", "COMMIT", "ROLLBACK":
		return
	}
	if h.on {
		h.said = append(h.said, e.Query)
	}
}

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock(at time.Time) *Clock {
	if at.IsZero() {
		at = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	}
	return &Clock{at: at.UTC()}
}

var _ clock.Now = (*Clock)(nil).Now

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Add moves the clock; backwards too.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Set puts the clock to a moment.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at.UTC()
}

// Database makes an empty database for a test and gives its PORTAL_DATABASE_URL; it is gone after the test.
func Database(t testing.TB) string {
	t.Helper()
	switch kind := os.Getenv("PORTAL_TEST_DB"); kind {
	case "", "sqlite":
		return "sqlite://" + filepath.Join(t.TempDir(), "portal.db")
	case "mysql":
		return mysqlDatabase(t)
	default:
		t.Fatalf("PORTAL_TEST_DB: %q is none of sqlite, mysql", kind)
		return ""
	}
}
