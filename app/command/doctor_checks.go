package command

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portal/app"
	"portal/app/backup"
	"portal/app/config"
)

// checks are what is looked into once the tables are there, in the order of the doctor's table.
var checks = []func(*doctor, context.Context, *app.Portal){
	(*doctor).mappings, (*doctor).jobs, (*doctor).references, (*doctor).modesOfDatabase,
	(*doctor).audit, (*doctor).mail, (*doctor).directory, (*doctor).files,
}

// backupOld is the age from which on the newest backup is too old, unless the settings make them more rarely.
const backupOld = 48 * time.Hour

func (d *doctor) backups(c config.Config) {
	all, err := backup.List(c.DataDir)
	switch {
	case err != nil:
		d.add("backup", bad, "%s", sentence(err))
		return
	case len(all) == 0:
		d.add("backup", warning, "There is none in %s; run “portal backup”, or set PORTAL_BACKUP_EVERY to 24h.", backup.Folder(c.DataDir))
		return
	}
	f, err := backup.Open(all[0])
	if err == nil {
		err = errors.Join(f.Sums(nil), f.Close())
	}
	if err != nil {
		d.add("backup", bad, "%s: %s; make another one.", all[0], sentence(err))
		return
	}
	age := time.Since(f.Manifest.MadeAt).Round(time.Minute)
	if age > max(backupOld, 2*c.BackupEvery) {
		d.add("backup", warning, "The newest, %s, is %.0f days old; run “portal backup”, or set PORTAL_BACKUP_EVERY to 24h.", all[0], age.Hours()/24)
		return
	}
	d.add("backup", well, "The newest of %d is %s old and whole; “portal backup verify” tries it out.", len(all), shortly(age))
}

// shortly is a duration in the largest unit that fits.
func shortly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return count(int(d.Minutes()), "minute")
	}
	return count(int(d.Hours()), "hour")
}

// modes looks whether others on this machine may read what lies in the data folder.
func (d *doctor) modes(c config.Config) {
	var open []string
	err := filepath.WalkDir(c.DataDir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone since, or none of ours
		}
		if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink == 0 && info.Mode().Perm()&0o077 != 0 {
			open = append(open, path)
		}
		return nil
	})
	switch {
	case err != nil:
		d.add("file modes", bad, "%s", sentence(err))
	case len(open) > 0:
		d.add("file modes", warning, "Others on this machine may get at %s%s; run “chmod -R go= %s”.", open[0], andMore(len(open)-1), c.DataDir)
	default:
		d.add("file modes", well, "Only this account can open the data folder and what lies in it.")
	}
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return " and " + count(n, "more file")
}

// files compares what rows refer to with what lies in the folder of files.
func (d *doctor) files(ctx context.Context, p *app.Portal) {
	c, err := p.CheckFiles(ctx)
	switch {
	case err != nil:
		d.add("files", bad, "%s", sentence(err))
	case len(c.Missing) > 0:
		d.add("files", bad, "%s of %s missing, first %s; put the folder files of a backup in its place.", count(len(c.Missing), "file"), count(c.Files, "attachment"), c.Missing[0])
	case c.Loose > 0:
		d.add("files", well, "%s, all there; %s that nothing refers to go with the next sweep.", count(c.Files, "file"), count(c.Loose, "file"))
	default:
		d.add("files", well, "%s, all there.", count(c.Files, "file"))
	}
}

// mappings compares routes and mappings.
func (d *doctor) mappings(ctx context.Context, p *app.Portal) {
	if err := p.Look(ctx); err != nil {
		d.add("mappings", bad, "%s", sentence(err))
		return
	}
	check := p.CheckRoutes()
	switch {
	case len(check.Invalid)+len(check.Open) > 0:
		d.add("mappings", warning, "%s to no route and %s; run “portal route check” for the list, and change them.",
			counted(len(check.Invalid), "mapping", "leads", "lead"), count(len(check.Open), "uncovered route"))
	case len(check.Waiting) > 0:
		d.add("mappings", well, "All %d routes are covered; %s for features that are not in this version.", len(p.Routes), counted(len(check.Waiting), "mapping", "waits", "wait"))
	default:
		d.add("mappings", well, "All %d routes are covered, and all mappings lead to one.", len(p.Routes))
	}
}

// jobs looks for those that failed last, and those that should have run long ago.
func (d *doctor) jobs(ctx context.Context, p *app.Portal) {
	all, err := p.JobTroubles(ctx)
	switch {
	case err != nil:
		d.add("jobs", bad, "%s", sentence(err))
	case len(all) > 0:
		d.add("jobs", warning, "%s The server's log says more.", strings.Join(all, " "))
	default:
		d.add("jobs", well, "None failed the last time it ran.")
	}
}

func (d *doctor) references(ctx context.Context, p *app.Portal) {
	lost, err := p.DB.Orphans(ctx)
	switch {
	case err != nil:
		d.add("references", bad, "%s", sentence(err))
	case len(lost) > 0:
		d.add("references", bad, "%s; restore a backup, or mend these rows.", strings.Join(lost, "; "))
	default:
		d.add("references", well, "Every row refers to rows that are there.")
	}
}

func (d *doctor) modesOfDatabase(ctx context.Context, p *app.Portal) {
	if !p.DB.MySQL {
		return // its settings are ours
	}
	wrong, err := p.DB.Oddities(ctx)
	switch {
	case err != nil:
		d.add("database settings", bad, "%s", sentence(err))
	case len(wrong) > 0:
		d.add("database settings", warning, "%s", strings.Join(wrong, " "))
	default:
		d.add("database settings", well, "It is strict, and its transactions see one moment.")
	}
}
