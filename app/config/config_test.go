package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clean takes every PORTAL_ variable out of the test's environment.
func clean(t *testing.T) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); strings.HasPrefix(name, prefix) {
			t.Setenv(name, value) // puts it back afterwards
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestRead_RefusesWithTheVariableAndTheRemedy(t *testing.T) {
	for pair, want := range map[string]string{
		"PORTAL_ENV=live":                                   `PORTAL_ENV: "live" is none of development, testing, production`,
		"PORTAL_ADDR=3000":                                  `PORTAL_ADDR: "3000" is not an address; write host:port, such as 127.0.0.1:3000`,
		"PORTAL_BASE_URL=portal":                            `PORTAL_BASE_URL: "portal" is not an address people can type; write https://portal.example.org`,
		"PORTAL_BASE_URL=https://a.example/portal":          `PORTAL_BASE_URL: "https://a.example/portal" is not an address people can type; write https://portal.example.org`,
		"PORTAL_DATABASE_URL=postgres://x":                  "PORTAL_DATABASE_URL: write sqlite://data/portal.db or mysql://user:password@host:3306/portal",
		"PORTAL_TRUSTED_PROXIES=10.0.0.0/8,proxy":           `PORTAL_TRUSTED_PROXIES: "proxy" is neither an address nor a network such as 10.0.0.0/8`,
		"PORTAL_SESSION_LIFETIME=soon":                      `PORTAL_SESSION_LIFETIME: "soon" can't be used: write a duration such as 90s, 20m or 2h.`,
		"PORTAL_SESSION_LIFETIME=0s":                        "PORTAL_SESSION_LIFETIME: 0s is too short; write at least 1s",
		"PORTAL_DB_POOL=many":                               `PORTAL_DB_POOL: "many" can't be used: write a whole number.`,
		"PORTAL_DB_POOL=0":                                  "PORTAL_DB_POOL: 0 is outside 1 to 1000",
		"PORTAL_CACHE_MB=4":                                 "PORTAL_CACHE_MB: 4 is outside 8 to 65536",
		"PORTAL_WORKERS=-1":                                 "PORTAL_WORKERS: -1 is outside 1 to 1024",
		"PORTAL_DB_TIMEOUT=1ms":                             "PORTAL_DB_TIMEOUT: 1ms is too short; write at least 100ms",
		"PORTAL_LOG_LEVEL=loud":                             `PORTAL_LOG_LEVEL: "loud" is none of debug, info, warn, error`,
		"PORTAL_SYSLOG=tcp://x":                             `PORTAL_SYSLOG: "tcp://x" is none of off, local, udp://host:514`,
		"PORTAL_DATABSE_URL=x":                              "PORTAL_DATABSE_URL: there is no such setting; the README lists all of them",
		"PORTAL_SMTP_URL=smtp://:2":                         "PORTAL_SMTP_URL: this is no mail server; write smtp://user:password@host:587 or smtps://user:password@host:465",
		"PORTAL_SMTP_URL=http://mail.example.org":           "PORTAL_SMTP_URL: this is no mail server; write smtp://user:password@host:587 or smtps://user:password@host:465",
		"PORTAL_SMTP_URL=smtp://mail.example.org":           `PORTAL_MAIL_FROM: "" is no sender; write Portal <portal@example.org>`,
		"PORTAL_SMTP_URL=smtp://mail.example.org?tls=maybe": "PORTAL_SMTP_URL: ?tls=maybe is none of starttls, none",
		"PORTAL_SMTP_URL=smtps://mail.example.org?tls=none": "PORTAL_SMTP_URL: smtps:// is TLS from the first byte; leave ?tls= away",
		"PORTAL_SMTP_URL=smtp://mail.example.org?auth=none": "PORTAL_SMTP_URL: only ?tls= may stand after the address, not ?auth=",
		"PORTAL_LDAP_URL=http://ldap.example.org":           "PORTAL_LDAP_URL: this is no directory; write ldap://host:389 or ldaps://host:636",
		"PORTAL_LDAP_URL=ldap://ldap.example.org":           "PORTAL_LDAP_BASE: say where people are searched for, or write PORTAL_LDAP_BIND_DN",
		"PORTAL_LDAP_URL=ldap://ldap.example.org?tls=none":  "PORTAL_LDAP_URL: passwords would cross the network in the open; leave ?tls=none away",
		"PORTAL_ENV=production":                             "PORTAL_BASE_URL: production serves HTTPS only; write https:// before the name",
	} {
		t.Run(pair, func(t *testing.T) {
			clean(t)
			name, value, _ := strings.Cut(pair, "=")
			t.Setenv(name, value)
			if _, err := Read(); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestRead_FillsInWhatDepends(t *testing.T) {
	clean(t)
	c, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL != "http://127.0.0.1:3000" || c.DatabaseURL != "sqlite://data/portal.db" || c.SessionLife != 2*time.Hour ||
		c.Workers < 1 || c.LogLevel != "info" || c.Syslog != "off" || c.HTTPS() || c.Production() {
		t.Errorf("%+v", c)
	}
}

func TestConfig_PrepareKeepsTheMadeKey(t *testing.T) {
	c := Config{Env: "development", DataDir: filepath.Join(t.TempDir(), "new")}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	again := Config{Env: "development", DataDir: c.DataDir}
	if err := again.Prepare(); err != nil || again.SecretKey != c.SecretKey || len(c.SecretKey) < 32 {
		t.Errorf("%v: %d and %d characters", err, len(c.SecretKey), len(again.SecretKey))
	}
	info, err := os.Stat(filepath.Join(c.DataDir, "secret.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestConfig_PrepareRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config Config
		want   string
	}{
		"no key in production":    {Config{Env: "production", DataDir: t.TempDir()}, "PORTAL_SECRET_KEY: production needs one"},
		"a short key":             {Config{DataDir: t.TempDir(), SecretKey: "short"}, "PORTAL_SECRET_KEY: 5 characters are too few"},
		"a file for the folder":   {Config{DataDir: file}, "PORTAL_DATA_DIR: the folder " + file + " can't be made"},
		"a folder below the file": {Config{DataDir: file + "/x"}, "PORTAL_DATA_DIR: the folder " + file + "/x can't be made (not a directory)"},
	} {
		if err := c.config.Prepare(); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
