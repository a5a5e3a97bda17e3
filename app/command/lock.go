package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"portal/app/backup"
	"portal/app/config"
	"portal/app/data"
)

// share holds the data folder as one of many: servers, and commands that use the database. The kernel gives it
// back when the process ends.
// Errors: a sentence, while a command has the folder to itself.
func share(c config.Config) (func(), error) {
	return holdFolder(c, syscall.LOCK_SH, "a restore, or a change of the secret key, is under way on %s; start this again after its end")
}

// alone holds the data folder so that nobody else uses it, nor the database on a server.
// Errors: a sentence, while a server or another command does.
func alone(c config.Config) (func(), error) {
	return holdFolder(c, syscall.LOCK_EX, "a server or another command uses the data folder %s; stop it first")
}

func holdFolder(c config.Config, how int, refusal string) (func(), error) {
	path := filepath.Join(c.DataDir, "portal.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("PORTAL_DATA_DIR: the lock %s can't be opened: %w", path, err)
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return func() { _ = f.Close() }, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf(refusal, c.DataDir)
	}
	return nil, fmt.Errorf("PORTAL_DATA_DIR: %s can't be locked: %w", path, err)
}

// unused refuses a MySQL database that others are connected to: servers on other machines hold no lock here.
func unused(ctx context.Context, db *data.DB) error {
	n, err := backup.Others(ctx, db)
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%s to this database, so a server may run on another machine; stop it first", count(n, "other connection"))
	}
	return nil
}
