package app

import (
	"context"

	"portal/app/backup"
	"portal/app/feature"
)

// Backup writes the whole portal into one file; see backup.Make. keep counts those of the data folder, 0 for all.
func (p *Portal) Backup(ctx context.Context, to string, keep int, progress backup.Progress) (backup.Made, error) {
	return backup.Make(ctx, backup.Options{
		DB: p.DB, DataDir: p.Config.DataDir, To: to, Keep: keep, Version: BuildInfo().Version, Progress: progress,
	})
}

// backupJobs makes backups as often as the settings say; none when they say nothing.
func (p *Portal) backupJobs() []feature.Job {
	if p.Config.BackupEvery == 0 {
		return nil
	}
	return []feature.Job{{Name: "app.backup", Title: "Make a backup, and remove the oldest", Every: p.Config.BackupEvery, Run: func(ctx context.Context) error {
		made, err := p.Backup(ctx, "", p.Config.BackupKeep, nil)
		if err == nil {
			p.Log.Info("backup made", "path", made.Path, "bytes", made.Bytes, "removed", len(made.Removed))
		}
		return err
	}}}
}
