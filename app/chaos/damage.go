package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// damage is one way to harm a file of that content; it returns nil when the file is to be gone.
type damage struct {
	name string
	do   func(content []byte) []byte
	wal  bool // of the write-ahead log, not of the database
}

var damages = []damage{
	{"100 bytes flipped", func(c []byte) []byte {
		for range 100 {
			c[rand.IntN(len(c))] ^= byte(1 + rand.IntN(255))
		}
		return c
	}, false},
	{"cut off", func(c []byte) []byte { return c[:rand.IntN(len(c))] }, false},
	{"a page of zeros", func(c []byte) []byte {
		at := rand.IntN(len(c)/4096) * 4096
		clear(c[at : at+4096])
		return c
	}, false},
	{"head of zeros", func(c []byte) []byte {
		clear(c[:100])
		return c
	}, false},
	{"log gone", func([]byte) []byte { return nil }, true},
	{"log flipped", func(c []byte) []byte {
		for range 100 {
			c[rand.IntN(len(c))] ^= byte(1 + rand.IntN(255))
		}
		return c
	}, true},
}

// fileDamaged is R09.
func fileDamaged(ctx context.Context, b *bed) ([]line, error) {
	whole, err := b.wounded(ctx)
	if err != nil {
		return nil, err
	}
	seen := make([]damageSeen, len(damages))
	for n := range b.rounds {
		k := n % len(damages)
		if err := b.harm(ctx, whole, damages[k], &seen[k]); err != nil {
			return nil, err
		}
	}
	var lines []line
	for k, s := range seen {
		lines = append(lines, line{
			on: damages[k].name, saw: s.String(), held: s.silent+s.crashed+s.overwritten+s.mute == 0,
			asked: "it refuses with the path and the way back, or says that the file is damaged; no crash; the file is not written over",
		})
	}
	return lines, nil
}

// damageSeen is what became of the files that were harmed in one way.
type damageSeen struct {
	tried, refused, alarmed, well int
	silent                        int // damaged by SQLite's own check, and served without a word
	crashed, overwritten          int
	mute                          int // refused without the path or without the way back
	worst                         string
}

func (s damageSeen) String() string {
	said := fmt.Sprintf("%d files: %d refused, %d served with an alarm, %d whole after all, %d served damaged without a word, %d crashed, %d written over, %d refused without the remedy",
		s.tried, s.refused, s.alarmed, s.well, s.silent, s.crashed, s.overwritten, s.mute)
	if s.worst != "" {
		said += "; one: " + s.worst
	}
	return said
}

// wounded is the data folder of a portal that was killed, so that a part of its data still stands in the log.
func (b *bed) wounded(ctx context.Context) (*install, error) {
	i, err := b.on(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := i.must(ctx, "", "demo", "-users", "20", "-projects", "10", "-tasks", "300", "-password", password); err != nil {
		return nil, err
	}
	s, err := i.serve(ctx)
	if err != nil {
		return nil, err
	}
	p, err := enter(ctx, s.address, "admin")
	if err != nil {
		return nil, err
	}
	all := newLedger()
	for n := range 30 {
		all.write(ctx, p, "/projects/1", fmt.Sprintf("in the log %d.", n))
	}
	s.kill()
	return i, os.Remove(filepath.Join(i.data, "portal.sock")) // a socket can't be copied
}

// harm starts the portal on a harmed copy.
func (b *bed) harm(ctx context.Context, from *install, d damage, seen *damageSeen) error {
	i, err := b.on(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(i.data) }()
	if err := os.CopyFS(i.data, os.DirFS(from.data)); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	_ = os.Remove(i.file() + "-shm") // a copy of a mapped file is worth nothing
	path := i.file()
	if d.wal {
		path += "-wal"
	}
	content, err := os.ReadFile(path) //nolint:gosec // a path of ours
	if err != nil || len(content) == 0 {
		return fmt.Errorf("there is nothing to harm in %s: %w", filepath.Base(path), err)
	}
	if content = d.do(content); content == nil {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		return err
	}
	seen.tried++
	return i.judge(ctx, seen)
}

// judge starts the portal and says what it made of the file.
func (i *install) judge(ctx context.Context, seen *damageSeen) error {
	before, err := os.ReadFile(i.file())
	if err != nil {
		return err
	}
	s, err := i.launch()
	if err != nil {
		return err
	}
	err = s.await(ctx, "/healthz", http.StatusOK, startWithin)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		i.refusal(s, before, seen)
		return nil
	}
	whole, checked := i.whole(ctx)
	alarm := s.await(ctx, "/readyz", http.StatusOK, 500*time.Millisecond) // the check beside the start
	for until := time.Now().Add(10 * time.Second); alarm == nil && (checked != nil || whole != "ok") && time.Now().Before(until) && s.log.times("damaged") == 0; {
		time.Sleep(20 * time.Millisecond)
	}
	switch {
	case !s.alive() || s.log.times("panic") > 0:
		seen.crashed++
		seen.worst = s.log.last()
	case checked == nil && whole == "ok":
		seen.well++
	case s.log.times("damaged") > 0:
		seen.alarmed++
	default:
		seen.silent++
		seen.worst = whole
	}
	if s.alive() {
		s.stop()
	}
	return nil
}

// refusal looks at how a portal refused to start.
func (i *install) refusal(s *server, before []byte, seen *damageSeen) {
	said := s.log.text()
	if s.alive() {
		s.kill()
	}
	after, _ := os.ReadFile(i.file())
	switch {
	case strings.Contains(said, "panic") || strings.Contains(said, "goroutine "):
		seen.crashed++
		seen.worst = lastLine(said)
	case len(before) >= 100 && len(after) < len(before)/2:
		seen.overwritten++
	case !strings.Contains(said, i.file()) || !strings.Contains(said, "portal restore"):
		seen.mute++
		seen.worst = lastLine(said)
	default:
		seen.refused++
	}
}
