package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"portal/app/apptest/mariadb"
)

// beginning is a condition under which the portal can't start.
type beginning struct {
	on     string
	env    []string
	names  string // what its one line has to name
	before func(context.Context, *install) (func(), error)
}

// cannotStart is R27.
func cannotStart(ctx context.Context, b *bed) ([]line, error) {
	db, err := mariadb.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Stop()
	var lines []line
	for _, c := range []beginning{
		{on: "data folder can't be made", env: []string{"PORTAL_DATA_DIR=/proc/portal"}, names: "PORTAL_DATA_DIR"},
		{on: "data folder can't be written", env: []string{"PORTAL_DATA_DIR=/proc/self"}, names: "PORTAL_DATA_DIR"},
		{on: "port taken", names: "PORTAL_ADDR", before: takenPort},
		{on: "wrong password of the database", env: []string{"PORTAL_DATABASE_URL=mysql://nobody:wrong@" + db.Address() + "/portal"}, names: "PORTAL_DATABASE_URL"},
		{on: "no such database", env: []string{"PORTAL_DATABASE_URL=mysql://root@" + db.Address() + "/nowhere"}, names: "PORTAL_DATABASE_URL"},
		{on: "setting that is no more", env: []string{"PORTAL_CACHE_SIZE=64"}, names: "PORTAL_CACHE_SIZE"},
		{on: "setting that can't be", env: []string{"PORTAL_DB_POOL=many"}, names: "PORTAL_DB_POOL"},
		{on: "full disk", names: "PORTAL_DATA_DIR", before: fullDisk},
		{on: "full disk, and a key that is given", env: []string{"PORTAL_SECRET_KEY=only for chaos, and long enough for it"}, names: "PORTAL_DATA_DIR", before: fullDisk},
	} {
		l, err := b.cannot(ctx, c)
		if err != nil {
			return lines, err
		}
		lines = append(lines, l)
	}
	l, err := b.absent(ctx, db)
	return append(lines, l), err
}

func (b *bed) cannot(ctx context.Context, c beginning) (line, error) {
	l := line{on: c.on, asked: "ends within 10 s, with another code than 0 and one line that names the setting and the remedy"}
	i, err := b.on(ctx, nil, c.env...)
	if err != nil {
		return l, err
	}
	if c.before != nil {
		after, err := c.before(ctx, i)
		if err != nil {
			return l, err
		}
		defer after()
	}
	s, err := i.launch()
	if err != nil {
		return l, err
	}
	began := time.Now()
	select {
	case <-s.ended:
	case <-time.After(15 * time.Second):
		s.kill()
	case <-ctx.Done():
		s.kill()
	}
	took, said := time.Since(began), strings.TrimSpace(s.log.text())
	code := s.cmd.ProcessState.ExitCode()
	var wrong []string // the log's own lines are for the log
	for text := range strings.Lines(said) {
		if strings.HasPrefix(text, "portal: ") {
			wrong = append(wrong, strings.TrimSpace(text))
		}
	}
	l.saw = fmt.Sprintf("ended with %d after %s: %s", code, ms(took), lastLine(said))
	l.held = code > 0 && took <= 10*time.Second && len(wrong) == 1 && strings.Contains(wrong[0], c.names)
	return l, ctx.Err()
}

func takenPort(_ context.Context, i *install) (func(), error) {
	l, err := net.Listen("tcp", i.address)
	if err != nil {
		return nil, err
	}
	return func() { _ = l.Close() }, nil
}

// fullDisk has the data folder on a disk without room.
func fullDisk(ctx context.Context, i *install) (func(), error) {
	if out, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size=1m", "portal-chaos", i.data).CombinedOutput(); err != nil { //nolint:gosec // a folder of ours
		return nil, fmt.Errorf("this machine mounts no small disk, so a full one can't be tried: %s", out)
	}
	fillUp(filepath.Join(i.data, "ballast"))
	return func() { _ = exec.Command("umount", "-l", i.data).Run() }, nil //nolint:gosec // a folder of ours
}

// absent starts the portal before its database.
func (b *bed) absent(ctx context.Context, db *mariadb.Server) (line, error) {
	l := line{on: "database absent at the start, back after 10 s", asked: "waits up to 60 s with a message, then serves"}
	i, err := b.on(ctx, db)
	if err != nil {
		return l, err
	}
	db.End(false)
	s, err := i.launch()
	if err != nil {
		return l, err
	}
	defer s.kill()
	select {
	case <-s.ended:
	case <-time.After(10 * time.Second):
	}
	waited := s.alive()
	said := s.log.times("waiting for the database")
	if err := db.Again(ctx); err != nil {
		return l, err
	}
	began := time.Now()
	if err := s.await(ctx, "/readyz", 200, 30*time.Second); err != nil {
		l.saw = err.Error()
		return l, nil
	}
	l.saw = fmt.Sprintf("it waited: %v, with %d messages; ready %s after the database's return", waited, said, ms(time.Since(began)))
	l.held = waited && said == 1
	return l, os.RemoveAll(i.data)
}
