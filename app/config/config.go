// Package config is the portal's settings: one struct, read once from the environment.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"time"

	"github.com/caarlos0/env/v10"
)

// Config is every setting there is. The environment's names have PORTAL_ before them.
type Config struct {
	Env            string        `env:"ENV" envDefault:"development"`     // development, testing or production
	Addr           string        `env:"ADDR" envDefault:"127.0.0.1:3000"` // listen address
	BaseURL        string        `env:"BASE_URL"`                         // the address people type, without a slash at the end
	DatabaseURL    string        `env:"DATABASE_URL"`                     // sqlite://path or mysql://user:password@host:3306/name
	DataDir        string        `env:"DATA_DIR" envDefault:"data"`       // database file, files, backups
	SecretKey      string        `env:"SECRET_KEY"`                       // signs cookies; at least 32 characters
	SessionLife    time.Duration `env:"SESSION_LIFETIME" envDefault:"2h"` // idle time after which a session ends
	TrustedProxies []string      `env:"TRUSTED_PROXIES"`                  // addresses or networks that may set X-Forwarded-*
	FetchAllow     []string      `env:"FETCH_ALLOW"`                      // networks beside the public internet that links are looked at in
	FeaturesOff    []string      `env:"FEATURES_OFF"`                     // features without routes, menus and jobs
	DBPool         int           `env:"DB_POOL" envDefault:"30"`          // connections at most
	DBRecycle      time.Duration `env:"DB_RECYCLE" envDefault:"1h"`       // age at which a connection is renewed
	DBTimeout      time.Duration `env:"DB_TIMEOUT" envDefault:"20s"`      // wait for a free connection
	Workers        int           `env:"WORKERS" envDefault:"0"`           // cores; 0 means all
	CacheTTL       time.Duration `env:"CACHE_TTL" envDefault:"300s"`      // life of cached rows
	CacheStatsTTL  time.Duration `env:"CACHE_STATS_TTL" envDefault:"60s"` // life of cached statistics
	CacheMB        int           `env:"CACHE_MB" envDefault:"64"`         // memory of all caches, in MB
	LogLevel       string        `env:"LOG_LEVEL"`                        // debug, info, warn, error; by Env when empty
	Syslog         string        `env:"SYSLOG"`                           // local, off or udp://host:514; by Env when empty
	BackupEvery    time.Duration `env:"BACKUP_EVERY"`                     // how often the server makes a backup; 0 for never
	BackupKeep     int           `env:"BACKUP_KEEP" envDefault:"14"`      // how many of them stay, the newest
	MetricsToken   string        `env:"METRICS_TOKEN"`                    // opens /metrics from elsewhere than loopback

	SMTPURL  string `env:"SMTP_URL"`  // smtp://user:password@host:587 or smtps://…; empty: no mail is sent
	SMTPCA   string `env:"SMTP_CA"`   // file of certificates that the mail server's may be signed by, beside the machine's own
	MailFrom string `env:"MAIL_FROM"` // sender of all mail: Portal <portal@example.org>

	LDAPURL          string `env:"LDAP_URL"`                                     // ldap://host or ldaps://host; empty: no directory
	LDAPCA           string `env:"LDAP_CA"`                                      // as SMTPCA, for the directory
	LDAPBindDN       string `env:"LDAP_BIND_DN"`                                 // %s stands for the user name; empty: people are searched for
	LDAPBindUser     string `env:"LDAP_BIND_USER"`                               // DN of the account that searches
	LDAPBindPassword string `env:"LDAP_BIND_PASSWORD"`                           // its password
	LDAPBase         string `env:"LDAP_BASE"`                                    // below which people are searched for
	LDAPFilter       string `env:"LDAP_FILTER" envDefault:"(uid=%s)"`            // %s stands for what was typed
	LDAPUserAttr     string `env:"LDAP_USER_ATTR" envDefault:"uid"`              // attribute of the user name
	LDAPNameAttr     string `env:"LDAP_NAME_ATTR" envDefault:"cn"`               // attribute of the person's name
	LDAPMailAttr     string `env:"LDAP_MAIL_ATTR" envDefault:"mail"`             // attribute of the e-mail address
	LDAPPhoneAttr    string `env:"LDAP_PHONE_ATTR" envDefault:"telephoneNumber"` // attribute of the phone number
	LDAPGroups       string `env:"LDAP_GROUPS"`                                  // DN=role;DN=role: who is in the group holds the role

	keyMade bool // SecretKey was made now and written into DataDir
}

// prefix stands before every variable.
const prefix = "PORTAL_"

// Read takes the settings from the environment and checks them.
// Errors: one sentence that names the variable and the remedy.
func Read() (Config, error) {
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Prefix: prefix}); err != nil {
		return c, readable(err)
	}
	if err := unknown(os.Environ()); err != nil {
		return c, err
	}
	return c, c.check()
}

// Production reports whether the portal serves real people: HTTPS is enforced, cookies are Secure.
func (c Config) Production() bool { return c.Env == "production" }

// HTTPS reports whether people reach the portal over HTTPS.
func (c Config) HTTPS() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// readable turns the parser's error into the sentence that names the variable.
func readable(err error) error {
	var all env.AggregateError
	if errors.As(err, &all) && len(all.Errors) > 0 {
		var wrong env.ParseError
		if errors.As(all.Errors[0], &wrong) {
			return fmt.Errorf("%s%s: %q can't be used: %s", prefix, variable(wrong.Name), os.Getenv(prefix+variable(wrong.Name)), hint(wrong.Type))
		}
		return all.Errors[0]
	}
	return err
}

// variable is the environment's name, without the prefix, of a field.
func variable(field string) string {
	if f, ok := reflect.TypeOf(Config{}).FieldByName(field); ok {
		return f.Tag.Get("env")
	}
	return field
}

func hint(t reflect.Type) string {
	if t == reflect.TypeOf(time.Duration(0)) {
		return "write a duration such as 90s, 20m or 2h."
	}
	return "write a whole number."
}

// unknown refuses a PORTAL_ variable nobody reads: it is nearly always a slip of the pen.
func unknown(environ []string) error {
	known := map[string]bool{"TEST_MYSQL": true, "TEST_DB": true, "DEV": true, "PASSWORD": true, "SECRET_KEY_NEW": true}
	t := reflect.TypeOf(Config{})
	for i := range t.NumField() {
		known[t.Field(i).Tag.Get("env")] = true
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		short, ours := strings.CutPrefix(name, prefix)
		if ours && !known[short] {
			return fmt.Errorf("%s: there is no such setting; the README lists all of them", name)
		}
	}
	return nil
}

// check fills in what depends on other settings and refuses what can't be.
func (c *Config) check() error {
	switch c.Env {
	case "development", "testing", "production":
	default:
		return fmt.Errorf("PORTAL_ENV: %q is none of development, testing, production", c.Env)
	}
	for _, step := range []func() error{c.checkAddresses, c.checkDatabase, c.checkNumbers, c.checkLog, c.checkMail, c.checkDirectory} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) checkAddresses() error {
	if _, port, err := net.SplitHostPort(c.Addr); err != nil || port == "" {
		return fmt.Errorf("PORTAL_ADDR: %q is not an address; write host:port, such as 127.0.0.1:3000", c.Addr)
	}
	if c.BaseURL == "" {
		c.BaseURL = "http://" + c.Addr
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path != "" {
		return fmt.Errorf("PORTAL_BASE_URL: %q is not an address people can type; write https://portal.example.org", c.BaseURL)
	}
	if c.Production() && u.Scheme != "https" {
		return fmt.Errorf("PORTAL_BASE_URL: production serves HTTPS only; write https:// before the name")
	}
	for i, p := range c.FetchAllow {
		c.FetchAllow[i] = strings.TrimSpace(p)
		if _, err := netip.ParsePrefix(c.FetchAllow[i]); err != nil {
			return fmt.Errorf("PORTAL_FETCH_ALLOW: %q is no network such as 10.0.0.0/8", p)
		}
	}
	for i, p := range c.TrustedProxies {
		c.TrustedProxies[i] = strings.TrimSpace(p)
		_, e1 := netip.ParseAddr(c.TrustedProxies[i])
		_, e2 := netip.ParsePrefix(c.TrustedProxies[i])
		if e1 != nil && e2 != nil {
			return fmt.Errorf("PORTAL_TRUSTED_PROXIES: %q is neither an address nor a network such as 10.0.0.0/8", p)
		}
	}
	return nil
}

func (c *Config) checkDatabase() error {
	if c.DatabaseURL == "" {
		c.DatabaseURL = "sqlite://" + filepath.Join(c.DataDir, "portal.db")
	}
	scheme, rest, ok := strings.Cut(c.DatabaseURL, "://")
	if !ok || rest == "" || (scheme != "sqlite" && scheme != "mysql") {
		return fmt.Errorf("PORTAL_DATABASE_URL: write sqlite://data/portal.db or mysql://user:password@host:3306/portal")
	}
	return nil
}

func (c *Config) checkNumbers() error {
	if c.Workers == 0 {
		c.Workers = runtime.NumCPU()
	}
	for _, n := range []struct {
		name     string
		value    int
		min, max int
	}{
		{"DB_POOL", c.DBPool, 1, 1000}, {"WORKERS", c.Workers, 1, 1024}, {"CACHE_MB", c.CacheMB, 8, 65536},
		{"BACKUP_KEEP", c.BackupKeep, 1, 10000},
	} {
		if n.value < n.min || n.value > n.max {
			return fmt.Errorf("%s%s: %d is outside %d to %d", prefix, n.name, n.value, n.min, n.max)
		}
	}
	for _, d := range []struct {
		name  string
		value time.Duration
		min   time.Duration
	}{
		{"SESSION_LIFETIME", c.SessionLife, time.Second}, {"DB_RECYCLE", c.DBRecycle, time.Second},
		{"DB_TIMEOUT", c.DBTimeout, 100 * time.Millisecond},
		{"CACHE_TTL", c.CacheTTL, time.Second}, {"CACHE_STATS_TTL", c.CacheStatsTTL, time.Second},
	} {
		if d.value < d.min {
			return fmt.Errorf("%s%s: %s is too short; write at least %s", prefix, d.name, d.value, d.min)
		}
	}
	if c.BackupEvery != 0 && c.BackupEvery < time.Minute {
		return fmt.Errorf("PORTAL_BACKUP_EVERY: %s is too short; write at least 1m, or nothing for no backups", c.BackupEvery)
	}
	return nil
}

func (c *Config) checkLog() error {
	if c.LogLevel == "" {
		c.LogLevel = map[string]string{"development": "info", "testing": "warn", "production": "info"}[c.Env]
	}
	switch c.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		return fmt.Errorf("PORTAL_LOG_LEVEL: %q is none of debug, info, warn, error", c.LogLevel)
	}
	if c.Syslog == "" {
		c.Syslog = "off"
		if c.Production() {
			c.Syslog = "local"
		}
	}
	if c.Syslog != "off" && c.Syslog != "local" && !strings.HasPrefix(c.Syslog, "udp://") {
		return fmt.Errorf("PORTAL_SYSLOG: %q is none of off, local, udp://host:514", c.Syslog)
	}
	return nil
}

// Prepare makes the data folder and, outside production, the secret key in it.
// Errors: one sentence that names the variable and the remedy.
func (c *Config) Prepare() error {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return fmt.Errorf("PORTAL_DATA_DIR: the folder %s can't be made (%s); choose one this account may write", c.DataDir, reason(err))
	}
	probe, err := os.CreateTemp(c.DataDir, ".write-*")
	if err != nil {
		return fmt.Errorf("PORTAL_DATA_DIR: the folder %s can't be written (%s); choose one this account may write", c.DataDir, reason(err))
	}
	_, full := probe.WriteString("as long as a key is, to see whether there is room for one")
	full = errors.Join(full, probe.Close())
	_ = os.Remove(probe.Name())
	if full != nil {
		return fmt.Errorf("PORTAL_DATA_DIR: nothing can be kept in the folder %s (%s); make room on its disk or choose another", c.DataDir, reason(full))
	}
	return c.prepareKey()
}

func (c *Config) prepareKey() error {
	if c.SecretKey != "" {
		if len(c.SecretKey) < KeyLeast {
			return fmt.Errorf("PORTAL_SECRET_KEY: %d characters are too few; write at least 32 random ones", len(c.SecretKey))
		}
		return nil
	}
	if c.Production() {
		return fmt.Errorf("PORTAL_SECRET_KEY: production needs one; set 32 or more random characters and keep them secret")
	}
	path := c.KeyFile()
	if have, err := os.ReadFile(path); err == nil && len(strings.TrimSpace(string(have))) >= KeyLeast {
		c.SecretKey = strings.TrimSpace(string(have))
		return nil
	}
	c.SecretKey, c.keyMade = madeKey(), true
	if err := os.WriteFile(path, []byte(c.SecretKey+"\n"), 0o600); err != nil {
		return fmt.Errorf("PORTAL_SECRET_KEY: the made key can't be kept in %s (%s); set the variable", path, reason(err))
	}
	return nil
}

// reason is the operating system's word for what failed, without the path said before.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
