package app_test

import (
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/data"
	"portal/app/setting"
	"portal/features"
)

// A setting that could not be read when it changed is read later, even when rights were read well in between.
func TestPortals_ReadSettingsAgainUntilTheyCan(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Exec("INSERT INTO settings (name, value, updated_at) VALUES ('portal.name', 'Renamed', ?)", p.DB.Now())
	p.Exec("ALTER TABLE settings RENAME TO away")
	err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "admin", Kind: "setting", What: "changed", Stale: []string{setting.Key, auth.AccessKey}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Exec("ALTER TABLE away RENAME TO settings")
	p.Start()
	within(t, "a setting read", func() bool { return setting.Name.Of(p.Settings) == "Renamed" })
}
