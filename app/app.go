// Package app puts the portal together: database, caches, sessions, access and the features, behind one web server.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	fibersession "github.com/gofiber/fiber/v2/middleware/session"

	"portal/app/audit"
	"portal/app/auth"
	"portal/app/backup"
	"portal/app/cache"
	"portal/app/clock"
	"portal/app/config"
	"portal/app/data"
	"portal/app/directory"
	"portal/app/feature"
	"portal/app/files"
	"portal/app/home"
	"portal/app/inbox"
	"portal/app/live"
	"portal/app/mail"
	"portal/app/secret"
	"portal/app/session"
	"portal/app/setting"
	"portal/app/web"
	"portal/schema"
)

// Portal is the whole, ready to serve.
type Portal struct {
	Config    config.Config
	DB        *data.DB
	Cache     *cache.Cache
	Gate      *auth.Gate
	Users     *auth.Users
	Mappings  *auth.Mappings
	Passwords *auth.Passwords
	Factors   *auth.Factors
	Mail      *mail.Outbox
	Inbox     *inbox.Store
	Directory *directory.Directory // nil: there is none
	Hub       *live.Hub
	Audit     *audit.Log
	Settings  *setting.Store
	Files     *files.Store
	Log       *slog.Logger
	Schema    *schema.Runner
	Routes    []Mounted

	node     string // this process's name among those on the database
	features []feature.Feature
	off      []feature.Feature // compiled in, but turned off
	confirm  home.Confirmer
	sessions *fibersession.Store
	signer   session.Signer
	box      secret.Box
	store    fiber.Storage
	kept     cache.Region[kept]   // what sessions hold, by the hash of their bytes
	layouts  cache.Region[[]byte] // what stands around pages, as it was drawn
	frame    *web.Frame
	fresh    []string  // nodes that got their default mapping at this start
	readAt   time.Time // when the access in force was read first
	web      *fiber.App
	sized    []sized  // routes that take other bodies than a megabyte
	large    []string // paths of routes that answer with files
	secret   []string // beginnings of addresses that go on with a token
	proxies  []netPrefix
	metrics  *metrics

	reload   sync.Mutex
	wrote    atomic.Bool
	lookNow  chan chan<- struct{} // asks listen to look now; it closes what it is given
	outdated atomic.Bool          // the access or the settings in force are older than the database's

	leaving atomic.Bool
	stop    context.CancelFunc
	working sync.WaitGroup
}

// Options are what a portal is made from.
type Options struct {
	Config   config.Config
	Features []feature.New
	Log      *slog.Logger
	Now      clock.Now // nil means the machine's clock
	Fast     bool      // tests and databases to be thrown away: weak hashes, and SQLite does not wait for the disk
}

// New opens the database and puts the parts together; it changes nothing yet.
// Errors: one sentence with the remedy.
func New(ctx context.Context, o Options) (*Portal, error) {
	p := &Portal{
		Config: o.Config, Log: o.Log, Gate: &auth.Gate{}, Hub: live.NewHub(),
		node: strings.ToLower(rand.Text()[:12]), metrics: newMetrics(), lookNow: make(chan chan<- struct{}),
	}
	var err error
	c := o.Config
	p.DB, err = data.Open(ctx, data.Options{
		URL: c.DatabaseURL, Pool: c.DBPool, Recycle: c.DBRecycle, Timeout: c.DBTimeout, Now: o.Now, Fast: o.Fast,
	})
	if err != nil {
		return nil, err
	}
	p.Cache, err = cache.New(ctx, cache.Options{TTL: c.CacheTTL, StatsTTL: c.CacheStatsTTL, Megabytes: c.CacheMB})
	if err != nil {
		return nil, errors.Join(err, p.DB.Close())
	}
	p.Users = auth.NewUsers(p.DB, p.Cache, p.Gate)
	p.Mappings = auth.NewMappings(p.DB, p.Users, p.tree)
	p.Passwords = auth.NewPasswords(hashCost(o.Fast), c.Workers)
	p.Settings = setting.NewStore(p.DB)
	p.Users.SetZone(func() string { return setting.Zone.Of(p.Settings) })
	if p.Audit, err = audit.New(p.DB, c.SecretKey); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if p.Files, err = files.Open(c.DataDir); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if err := errors.Join(p.reachOut(), p.declare(o.Features)); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	p.keepTrue()
	return p, nil
}

// The work factor of bcrypt: 2 to the power of this many rounds.
const (
	costReal = 12
	costTest = 4
)

func hashCost(fast bool) int {
	if fast {
		return costTest
	}
	return costReal
}

// reachOut makes what speaks to other servers: mail and directory. It connects to none yet.
func (p *Portal) reachOut() error {
	var err error
	if p.box, err = secret.NewBox(p.Config.SecretKey); err != nil {
		return err
	}
	server, err := p.Config.SMTP()
	if err != nil {
		return err
	}
	people, err := p.Config.LDAP()
	if err != nil {
		return err
	}
	p.Mail = mail.New(mail.Options{
		DB: p.DB, Box: p.box, Server: server, BaseURL: p.Config.BaseURL,
		Name: func() string { return setting.Name.Of(p.Settings) }, Heard: p.mayHear,
	})
	p.Users.TellBy(p.Mail)
	p.Directory = directory.New(people)
	return nil
}

// declare makes the features, those that are on and those that are off.
func (p *Portal) declare(all []feature.New) error {
	p.Factors = auth.NewFactors(p.Users, p.box)
	p.Inbox = inbox.New(inbox.Options{DB: p.DB, Cache: p.Cache, Users: p.Users, Outbox: p.Mail, Kinds: p.kinds, Heard: p.heardOf})
	kit := feature.Kit{
		DB: p.DB, Cache: p.Cache, Users: p.Users, Gate: p.Gate, Mappings: p.Mappings, Passwords: p.Passwords, Factors: p.Factors,
		Mail: p.Mail, Inbox: p.Inbox, Box: p.box, Config: p.Config, Log: p.Log,
		All:    func() []feature.Feature { return p.features },
		Routes: func() []feature.Mounted { return p.Routes },
		Jobs:   p.jobs, Warm: p.Warm, JobStates: p.JobStates, Pending: func(ctx context.Context) (int, error) { return p.Schema.Pending(ctx) },
		Backed: func() (time.Time, error) { return backup.Newest(p.Config.DataDir) },
		Node:   p.node, Audit: p.Audit, Settings: p.Settings, Files: p.Files,
	}
	homeKit := home.Kit{Kit: kit, Sessions: p, Hub: p.Hub, Throttle: auth.NewThrottle(p.DB), Directory: p.Directory}
	p.confirm = home.NewConfirmer(homeKit)
	own, err := home.New(homeKit)
	if err != nil {
		return err
	}
	p.features = append(p.features, own)
	var names []string
	for _, make := range all {
		f, err := make(kit)
		if err != nil {
			return fmt.Errorf("feature: %w", err)
		}
		names = append(names, f.Name)
		if slices.Contains(p.Config.FeaturesOff, f.Name) {
			p.off = append(p.off, f)
			continue
		}
		p.features = append(p.features, f)
	}
	for _, name := range p.Config.FeaturesOff {
		if !slices.Contains(names, name) {
			slices.Sort(names)
			return fmt.Errorf("PORTAL_FEATURES_OFF: there is no feature %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	return p.migrations()
}

// migrations are the core's and those of every feature, on or off: the schema is the same everywhere.
func (p *Portal) migrations() error {
	folders := []fs.FS{schema.Core()}
	for _, f := range slices.Concat(p.features, p.off) {
		if f.Migrations != nil {
			folders = append(folders, f.Migrations)
		}
	}
	var err error
	p.Schema, err = schema.New(schema.Database{Bun: p.DB.Writer(), MySQL: p.DB.MySQL, Path: p.DB.Path}, folders...)
	return err
}

// Prepare migrates the database, gives new routes their mappings and mounts everything.
// Errors: one sentence with the remedy.
func (p *Portal) Prepare(ctx context.Context) error {
	ran, err := p.Schema.Up(ctx)
	if err != nil {
		return err
	}
	if len(ran) > 0 {
		p.Log.Info("database migrated", "migrations", len(ran))
	}
	if err := p.seed(ctx); err != nil {
		return err
	}
	return p.Look(ctx)
}

// Look reads the access in force and mounts everything, and writes nothing: for who only wants to know how things stand.
func (p *Portal) Look(ctx context.Context) error {
	p.readAt = p.DB.Now() // what others write from now on is heard by listen
	access, err := auth.LoadAccess(ctx, p.DB.Read)
	if err != nil {
		return err
	}
	p.Gate.Set(access)
	if err := p.Settings.Load(ctx); err != nil {
		return err
	}
	if err := p.build(); err != nil {
		return err
	}
	p.logRoutes()
	return nil
}

// seed writes what a new install, or a new version, needs to have.
func (p *Portal) seed(ctx context.Context) error {
	ctx = auth.With(ctx, auth.System("portal"))
	return p.DB.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		fresh, err := auth.Seed(ctx, tx, p.defaults())
		if err != nil {
			return fmt.Errorf("default mappings: %w", err)
		}
		p.fresh = fresh
		for _, f := range slices.Concat(p.features, p.off) {
			if f.Seed == nil {
				continue
			}
			if err := f.Seed(ctx, tx); err != nil {
				return fmt.Errorf("what %s begins with: %w", f.Name, err)
			}
		}
		return nil
	})
}

// Features are those that are on, the home first.
func (p *Portal) Features() []feature.Feature { return p.features }

// Web is the server's handler, for tests.
func (p *Portal) Web() *fiber.App { return p.web }

// Warm fills the caches with what is asked for most.
func (p *Portal) Warm(ctx context.Context) error {
	ctx = auth.With(ctx, auth.System("warming"))
	for _, f := range p.features {
		if f.Warm == nil {
			continue
		}
		if err := f.Warm(ctx); err != nil {
			return fmt.Errorf("warm %s: %w", f.Name, err)
		}
	}
	return nil
}
