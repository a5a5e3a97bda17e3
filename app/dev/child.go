package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// How long a new portal may take to answer, and an old one to stop.
const (
	startTime = 30 * time.Second
	stopTime  = 5 * time.Second
)

// child is the portal that is being written, as a process.
type child struct {
	dir    string
	binary string
	base   string   // the address people type
	target *url.URL // where it listens
	run    *exec.Cmd
	ended  chan struct{}
}

// newChild prepares a portal built from dir, which people reach at base.
func newChild(dir, base string) (*child, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	folder := filepath.Join(dir, ".cache", "dev")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("make %s: %w", folder, err)
	}
	return &child{
		dir: dir, binary: filepath.Join(folder, "portal"), base: base, target: &url.URL{Scheme: "http", Host: addr},
	}, nil
}

// renew builds, and puts the new portal in the old one's place; when it can't be built, the old one goes on.
// said is what the tools wrote.
func (c *child) renew(ctx context.Context, what change) (said string, err error) {
	if what.templates {
		if said, err = c.tool(ctx, "tool", "templ", "generate", "-log-level", "error"); err != nil {
			return said, fmt.Errorf("a template can't be read: %w", err)
		}
	}
	if said, err = c.tool(ctx, "build", "-buildvcs=false", "-ldflags=-s -w", "-o", c.binary+".new", "."); err != nil {
		return said, fmt.Errorf("it does not compile: %w", err)
	}
	c.stop()
	if err := os.Rename(c.binary+".new", c.binary); err != nil {
		return "", err
	}
	return c.start(ctx)
}

func (c *child) tool(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// start runs the portal and waits until it answers.
func (c *child) start(ctx context.Context) (said string, err error) {
	var tail tailWriter
	c.run = exec.Command(c.binary)
	c.run.Dir = c.dir
	c.run.Env = append(os.Environ(), "PORTAL_ADDR="+c.target.Host)
	if os.Getenv("PORTAL_BASE_URL") == "" {
		c.run.Env = append(c.run.Env, "PORTAL_BASE_URL="+c.base)
	}
	c.run.Stdout, c.run.Stderr = os.Stdout, &tail
	c.run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a signal at the terminal is ours to pass on
	if err := c.run.Start(); err != nil {
		c.run = nil
		return "", err
	}
	ended := make(chan struct{})
	c.ended = ended
	go func(run *exec.Cmd) {
		_ = run.Wait() // what it wrote says why
		close(ended)
	}(c.run)
	deadline := time.After(startTime)
	for {
		if c.answers(ctx) {
			return "", nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-ended:
			c.run = nil
			return tail.String(), errors.New("the portal ended by itself")
		case <-deadline:
			return tail.String(), errors.New("the portal does not answer")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (c *child) answers(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.target.String()+"/healthz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// stop ends the portal, if it runs.
func (c *child) stop() {
	if c.run == nil {
		return
	}
	http.DefaultClient.CloseIdleConnections()
	_ = c.run.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.ended:
	case <-time.After(stopTime):
		_ = c.run.Process.Kill()
		<-c.ended
	}
	c.run = nil
}

// tailWriter passes on to standard error and keeps the last of it.
type tailWriter struct{ kept []byte }

const tailBytes = 16 << 10

// Write is of io.Writer.
func (t *tailWriter) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if len(t.kept) > tailBytes {
		t.kept = t.kept[len(t.kept)-tailBytes:]
	}
	return os.Stderr.Write(p)
}

// String is what was kept; call it once the process has ended.
func (t *tailWriter) String() string { return strings.TrimSpace(string(t.kept)) }
