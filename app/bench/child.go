package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// child is a server that we started.
type child struct {
	cmd     *exec.Cmd
	address string // http://127.0.0.1:41234
	said    *tail
}

// start runs the program until it has printed, as JSON, where it listens.
func start(ctx context.Context, program string, env []string, args ...string) (*child, error) {
	c := &child{cmd: exec.CommandContext(ctx, program, args...), said: &tail{}}
	c.cmd.Env, c.cmd.Stderr = env, c.said
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = stopWithin
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	var greeting struct{ Address string }
	if err := json.NewDecoder(out).Decode(&greeting); err != nil || greeting.Address == "" {
		c.stop()
		return nil, fmt.Errorf("portal %s did not start: %s", args[0], c.said.last())
	}
	c.address = greeting.Address
	return c, nil
}

// stopWithin is how long a server may take to end.
const stopWithin = 15 * time.Second

// stop ends the server and waits for it.
func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	kill := time.AfterFunc(stopWithin, func() { _ = c.cmd.Process.Kill() })
	defer kill.Stop()
	_ = c.cmd.Wait()
}

// memory is what the server holds, in MiB. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
func (c *child) memory() (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the server's memory: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return float64(kb) / 1024, err
		}
	}
	return 0, fmt.Errorf("read the server's memory: no VmRSS in /proc/%d/status", c.cmd.Process.Pid)
}

// tool runs one command of the portal to its end.
func (r run) tool(ctx context.Context, input string, args ...string) error {
	c := exec.CommandContext(ctx, r.Program, args...)
	said := &tail{}
	c.Env, c.Stdin, c.Stderr = r.environment(), strings.NewReader(input), said
	if err := c.Run(); err != nil {
		return fmt.Errorf("portal %s: %w: %s", args[0], err, said.last())
	}
	return nil
}

// tail keeps what a program said on its error stream.
type tail struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// tailMost is how much of it is kept, in bytes.
const tailMost = 64 << 10

// Write keeps what was said, up to a bound.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all.Len() < tailMost {
		t.all.Write(p)
	}
	return len(p), nil
}

// last is the last line.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(t.all.String()), "\n")
	return lines[len(lines)-1]
}
