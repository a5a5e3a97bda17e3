package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tracer is strace, holding on to a running server.
type tracer struct {
	cmd  *exec.Cmd
	file string
}

// trace holds on to the process and all its threads; args say what is written down and what is made to fail.
func (b *bed) trace(ctx context.Context, pid int, args ...string) (*tracer, error) {
	if err := need("strace", "strace"); err != nil {
		return nil, err
	}
	t := &tracer{file: filepath.Join(b.dir, fmt.Sprintf("trace%d", time.Now().UnixNano()))}
	t.cmd = exec.Command("strace", append([]string{"-f", "-y", "-tt", "-s", "60", "-o", t.file, "-p", strconv.Itoa(pid)}, args...)...) //nolint:gosec // our own words
	said := &record{}
	t.cmd.Stderr = said
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); {
		if said.times("attached") > 0 {
			return t, nil
		}
		if said.times("ptrace(") > 0 {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.end()
	return nil, fmt.Errorf("strace can't hold on to the server here: %s", said.last())
}

// end lets go of the server and returns what was written down.
func (t *tracer) end() string {
	_ = t.cmd.Process.Signal(syscall.SIGINT)
	_ = t.cmd.Wait()
	raw, err := os.ReadFile(t.file)
	if err != nil {
		return ""
	}
	return string(raw)
}

// durable counts the writes in a trace, and those whose answer was sent only after the log had been written to the disk.
// One request comes after another.
func durable(trace string) (writes, well int) {
	asked, synced := false, false
	for text := range strings.Lines(trace) {
		switch {
		case strings.Contains(text, `"POST /projects/`):
			asked, synced = true, false
		case asked && strings.Contains(text, "-wal>") && strings.HasSuffix(strings.TrimSpace(text), "= 0") && strings.Contains(text, "sync("):
			synced = true
		case asked && strings.Contains(text, "sync resumed") && strings.HasSuffix(strings.TrimSpace(text), "= 0"):
			synced = true
		case asked && strings.Contains(text, `"HTTP/1.1 303`):
			writes++
			if synced {
				well++
			}
			asked = false
		}
	}
	return writes, well
}
