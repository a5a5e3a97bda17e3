package app

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/legacy"
)

// ImportLegacy brings over what the portal that this one replaces holds: all of it, or nothing when anything fails.
// source is a SQLite file, or mysql://user:password@host:port/name. A second run brings only what is new there.
// progress may be nil; it hears the name of each step, and how many of all are done.
// Errors: one sentence, when the old database can't be read.
func (p *Portal) ImportLegacy(ctx context.Context, source string, o legacy.Options, progress func(step string, done, all int)) (*legacy.Report, error) {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	if _, err := o.Place(); err != nil {
		return nil, err
	}
	progress("opening the old database", 0, importSteps)
	old, err := legacy.Open(ctx, source)
	if err != nil {
		return nil, err
	}
	defer old.Close()
	var report *legacy.Report
	ctx = auth.With(ctx, auth.System("import"))
	err = p.DB.Write(ctx, func(tx *data.Tx) error {
		report = &legacy.Report{}
		return p.bringOver(ctx, tx, old, report, progress)
	})
	if err != nil {
		return nil, fmt.Errorf("nothing was imported: %w", err)
	}
	if report.Changed() {
		p.Cache.Clear("")
	}
	progress("done", importSteps, importSteps)
	return report, nil
}

// importSteps is about how many steps an import has, for its progress bar.
const importSteps = 17

// bringOver runs every part of the import in the one transaction.
func (p *Portal) bringOver(ctx context.Context, tx *data.Tx, old *legacy.Source, report *legacy.Report, progress func(string, int, int)) error {
	ids, err := legacy.LoadIDs(ctx, tx)
	if err != nil {
		return err
	}
	done := 0
	step := func(name string) {
		done = min(done+1, importSteps-1)
		progress(name, done, importSteps)
	}
	var routes, pages, importers []string
	for _, m := range p.Routes {
		routes = append(routes, m.Name)
		if m.Method == http.MethodGet && !m.Stream && m.Feature != homeName && !strings.ContainsAny(m.Path, ":*") && !strings.Contains(m.Path, "/panels/") {
			pages = append(pages, m.Name)
		}
	}
	if err := auth.ImportLegacy(ctx, tx, auth.Legacy{Source: old, Report: report, IDs: ids, Step: step, Routes: routes, Pages: pages, Users: p.Users}); err != nil {
		return err
	}
	for _, f := range slices.Concat(p.features, p.off) {
		if f.Import == nil {
			continue
		}
		importers = append(importers, f.Name)
		if err := f.Import(ctx, tx, feature.Legacy{Source: old, Report: report, IDs: ids, Step: step}); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if err := old.Strange(ctx, report, importers); err != nil {
		return err
	}
	if !report.Changed() {
		tx.Unchanged()
		return nil
	}
	p.findAnew(tx)
	step("keeping the old ids")
	tx.Changed(data.Change{
		Feature: "admin", Kind: "import", What: "imported from the old portal", Title: old.Name, Stale: p.allCaches(),
	})
	return ids.Save(ctx, tx)
}

// allCaches are the keys that end what other processes hold of whole lists; single rows are new, so nobody holds them yet.
func (p *Portal) allCaches() []string {
	stale := []string{auth.AccessKey}
	names := p.Users.Caches()
	for _, f := range p.features {
		names = append(names, f.Caches...)
	}
	for _, n := range names {
		stale = append(stale, n, n+":all")
	}
	return stale
}
