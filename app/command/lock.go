package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"portal/app/backup"
	"portal/app/config"
	"portal/app/data"
)

// share holds the data folder, and the folder of a SQLite database elsewhere, as one of many: servers, and commands
// that use the database. The kernel gives it back when the process ends.
// Errors: a sentence, while a command has the folder to itself.
func share(c config.Config) (func(), error) {
	return holdFolders(c, syscall.LOCK_SH, "a restore, or a change of the secret key, is under way on %s; start this again after its end")
}

// alone holds them so that nobody else uses them.
// Errors: a sentence, while a server or another command does.
func alone(c config.Config) (func(), error) {
	return holdFolders(c, syscall.LOCK_EX, "a server or another command uses the data folder %s; stop it first")
}

func holdFolders(c config.Config, how int, refusal string) (func(), error) {
	folders := []string{c.DataDir}
	if path, ok := strings.CutPrefix(c.DatabaseURL, "sqlite://"); ok && filepath.Dir(path) != filepath.Clean(c.DataDir) {
		folders = append(folders, filepath.Dir(path))
	}
	var held []*os.File
	release := func() {
		for _, f := range held {
			_ = f.Close()
		}
	}
	for _, folder := range folders {
		f, err := holdFolder(folder, how, refusal)
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, f)
	}
	return release, nil
}

func holdFolder(folder string, how int, refusal string) (*os.File, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("PORTAL_DATABASE_URL: the folder %s can't be made; choose one this account may write", folder)
	}
	path := filepath.Join(folder, "portal.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the lock %s can't be opened: %w", path, err)
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf(refusal, folder)
	}
	return nil, fmt.Errorf("%s can't be locked: %w", path, err)
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
