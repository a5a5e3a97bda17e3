package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Copy is how long it takes to back the department up, and to bring it back.
type Copy struct {
	Rows    int64   `json:"rows"`
	Bytes   int64   `json:"bytes"` // of the backup
	Backup  float64 `json:"backup_seconds"`
	Verify  float64 `json:"verify_seconds"`
	Restore float64 `json:"restore_seconds"`       // into an empty SQLite file
	MySQL   float64 `json:"restore_mysql_seconds"` // into the MySQL database that was named; 0 for none
	FromSQL float64 `json:"backup_mysql_seconds"`  // of that
}

// copy backs up beside the server that runs, and restores into a folder that goes afterwards.
func (r run) copy(ctx context.Context) (c Copy, err error) {
	dir, err := os.MkdirTemp("", "portal-bench-copy-")
	if err != nil {
		return c, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "backup.zip")
	timed := func(into *float64, env []string, args ...string) {
		if err != nil {
			return
		}
		began := time.Now()
		cmd := exec.CommandContext(ctx, r.Program, append(args, "-json")...)
		said := &tail{}
		cmd.Env, cmd.Stderr = append(r.environment(), env...), said
		out, failed := cmd.Output()
		if failed != nil {
			err = fmt.Errorf("portal %s: %w: %s", args[0], failed, said.last())
			return
		}
		*into = time.Since(began).Seconds()
		_ = json.Unmarshal(out, &c) // the last one's rows and bytes; a restore says no bytes
	}
	timed(&c.Backup, nil, "backup", "-to", file)
	bytes := c.Bytes
	timed(&c.Verify, nil, "backup", "verify", file)
	timed(&c.Restore, []string{"PORTAL_DATA_DIR=" + filepath.Join(dir, "fresh")}, "restore", file)
	if r.MySQL != "" {
		env := []string{"PORTAL_DATA_DIR=" + filepath.Join(dir, "mysql"), "PORTAL_DATABASE_URL=" + r.MySQL}
		timed(&c.MySQL, env, "restore", file)
		timed(&c.FromSQL, env, "backup")
	}
	c.Bytes = bytes
	return c, err
}
