package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// memoryMost is what the portal may use, in bytes.
const memoryMost = 256 << 20

// littleMemory is R28: the kernel ends a program that uses more. The portal works in the usual department meanwhile.
func littleMemory(ctx context.Context, b *bed) ([]line, error) {
	i, err := b.on(ctx, nil, "GOMEMLIMIT=230MiB")
	if err != nil {
		return nil, err
	}
	if _, err := i.must(ctx, "", "demo", "-password", password); err != nil {
		return nil, err
	}
	s, err := i.serve(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	cell, err := confine(s.cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	defer cell.open()
	l := line{on: "SQLite, the usual department", asked: "pages, writes, uploads, a backup, streams: all answered, and the kernel ends nothing"}
	p, err := enter(ctx, s.address, "admin")
	if err != nil {
		return nil, err
	}
	pages, writes, uploads := newCrowd(), newLedger(), newCrowd()
	timed, cancel := context.WithTimeout(ctx, i.seconds)
	defer cancel()
	var all sync.WaitGroup
	for k := range 16 {
		all.Go(func() {
			for n := 0; timed.Err() == nil; n++ {
				pages.add(p.get(ctx, memoryPaths[(n+k)%len(memoryPaths)]))
			}
		})
	}
	all.Go(func() {
		paced(timed, 20*time.Millisecond, 50, func(n int) { writes.write(ctx, p, "/projects/1", fmt.Sprintf("little memory %d.", n)) })
	})
	all.Go(func() {
		paced(timed, 500*time.Millisecond, 8, func(n int) {
			uploads.add(p.upload(ctx, "/projects/1/files", fmt.Sprint("large", n, ".bin"), make([]byte, 4<<20)))
		})
	})
	all.Wait()
	backup := i.tool(ctx, "", "backup").code
	held, _ := s.memory()
	l.saw = fmt.Sprintf("%.0f s: pages %s, p99 %s; writes %s; uploads of 4 MB %s; a backup ended with %d; %.0f MiB at the end, at most %d MiB by the kernel's count; %d ended by the kernel",
		i.seconds.Seconds(), pages, ms(pages.rank(0.99)), codes(writes.codes), uploads, backup, held, cell.peak()>>20, cell.ended())
	l.held = s.alive() && cell.ended() == 0 && pages.of(200) == len(pages.took) && writes.codes[303] == writes.sent && uploads.broken() == 0 && backup == 0
	return []line{l}, ctx.Err()
}

// memoryPaths are asked for in turn.
var memoryPaths = []string{
	"/", "/projects", "/projects/1", "/projects/1/list", "/projects/1/timeline", "/projects/1/calendar", "/projects/1/statistics",
	"/projects/1/history", "/projects/1/tasks/1", "/projects/mine", "/admin/users", "/admin/audit", "/inbox",
}

// cell is a control group that holds one process. https://docs.kernel.org/admin-guide/cgroup-v2.html
type cell struct {
	folder string
	first  bool // version 1 of control groups
}

// confine puts the process into a group of its own.
func confine(pid int) (*cell, error) {
	for _, c := range []cell{{"/sys/fs/cgroup/memory", true}, {"/sys/fs/cgroup", false}} {
		limit := "memory.max"
		if c.first {
			limit = "memory.limit_in_bytes"
		}
		if !c.first {
			if _, err := os.Stat(filepath.Join(c.folder, "cgroup.controllers")); err != nil {
				continue
			}
		}
		c.folder = filepath.Join(c.folder, "portal-chaos")
		if os.Mkdir(c.folder, 0o755) != nil { //nolint:gosec // the kernel's own
			continue
		}
		if c.set(limit, memoryMost) == nil && c.set("cgroup.procs", pid) == nil {
			return &c, nil
		}
		c.open()
	}
	return nil, fmt.Errorf("this machine lets us make no control group for memory, so this can't be tried (as root, with cgroups)")
}

func (c cell) set(name string, value int) error {
	return os.WriteFile(filepath.Join(c.folder, name), []byte(strconv.Itoa(value)), 0o600)
}

// open lets the process out.
func (c cell) open() {
	if raw, err := os.ReadFile(filepath.Join(c.folder, "cgroup.procs")); err == nil {
		for _, pid := range strings.Fields(string(raw)) {
			_ = os.WriteFile(filepath.Join(filepath.Dir(c.folder), "cgroup.procs"), []byte(pid), 0o600)
		}
	}
	_ = os.Remove(c.folder)
}

// peak is the most it used, in bytes; pages of files are counted too.
func (c cell) peak() int64 { return c.read("memory.peak", "memory.max_usage_in_bytes", "") }

// ended is how often the kernel ended it.
func (c cell) ended() int64 { return c.read("memory.events", "memory.oom_control", "oom_kill ") }

// read is a number of the group, behind a word at the beginning of its line.
func (c cell) read(name, first, word string) int64 {
	if c.first {
		name = first
	}
	raw, err := os.ReadFile(filepath.Join(c.folder, name))
	if err != nil {
		return -1
	}
	for text := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(text, word); ok {
			if n, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64); err == nil {
				return n
			}
		}
	}
	return -1
}
