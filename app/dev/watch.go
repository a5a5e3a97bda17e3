package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// change says what has to be made anew.
type change struct {
	templates bool // their Go files too
}

// calm is how long nothing may change before a build begins: editors write a file in several steps.
const calm = 60 * time.Millisecond

// sources are the endings of files that end up in the binary.
var sources = []string{".go", ".templ", ".sql", ".css", ".js", ".svg", ".woff2", ".mod", ".sum"}

// watch tells of changes below dir until ctx ends; several at once are one.
func watch(ctx context.Context, dir string) (<-chan change, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := addTree(w, dir, dir); err != nil {
		_ = w.Close()
		return nil, err
	}
	out := make(chan change)
	go func() {
		defer func() { _ = w.Close() }()
		gather(ctx, w, dir, out)
	}()
	return out, nil
}

// addTree watches dir, which is root or lies below it, and all that lies below dir, but what is no source.
func addTree(w *fsnotify.Watcher, root, dir string) error {
	aside := []string{filepath.Join(root, "data"), filepath.Join(root, "tmp")}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name := d.Name()
		hidden := path != root && strings.HasPrefix(name, ".")
		if hidden || name == "node_modules" || name == "testdata" || slices.Contains(aside, path) {
			return filepath.SkipDir
		}
		return w.Add(path)
	})
}

// gather sends one change for all that happen until it is calm and the last build has ended.
func gather(ctx context.Context, w *fsnotify.Watcher, root string, out chan<- change) {
	var waiting change
	var quiet <-chan time.Time
	var send chan<- change
	for {
		select {
		case <-ctx.Done():
			return
		case e, open := <-w.Events:
			if !open {
				return
			}
			if e.Has(fsnotify.Create) {
				_ = addTree(w, root, e.Name) // a file is no folder to watch, which is no failure
			}
			if !source(e) {
				continue
			}
			waiting.templates = waiting.templates || strings.HasSuffix(e.Name, ".templ")
			quiet, send = time.After(calm), nil
		case _, open := <-w.Errors: // it goes on with the next event
			if !open {
				return
			}
		case <-quiet:
			quiet, send = nil, out
		case send <- waiting:
			waiting, send = change{}, nil
		}
	}
}

// source reports whether the event is a change of what we build from. What templ makes is not: we had it made.
func source(e fsnotify.Event) bool {
	name := filepath.Base(e.Name)
	switch {
	case e.Op == fsnotify.Chmod, strings.HasPrefix(name, "."), strings.HasSuffix(name, "_templ.go"), strings.HasSuffix(name, "_test.go"):
		return false
	}
	return slices.Contains(sources, filepath.Ext(name))
}
