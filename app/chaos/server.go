package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// server is the portal as it runs.
type server struct {
	cmd     *exec.Cmd
	address string // http://127.0.0.1:41234
	log     *record
	ended   chan struct{} // closed when it has ended
	took    time.Duration // from its start until it was ready
}

// startWithin is how long a start may take at most.
const startWithin = 70 * time.Second

// serve starts the portal and returns once it is ready. Words before stand before its command, such as strace's.
// Errors: one that holds the end of its log, when it ends before.
func (i *install) serve(ctx context.Context, before ...string) (*server, error) {
	s, err := i.launch(before...)
	if err != nil {
		return nil, err
	}
	return s, s.await(ctx, "/readyz", http.StatusOK, startWithin)
}

// staffed is serve with somebody who is signed in and may make projects.
func (i *install) staffed(ctx context.Context) (*server, *person, error) {
	s, err := i.serve(ctx)
	if err != nil {
		return nil, nil, err
	}
	p, err := enter(ctx, s.address, "boss")
	if err != nil {
		s.stop()
		return nil, nil, err
	}
	return s, p, nil
}

// launch starts the portal and does not wait.
func (i *install) launch(before ...string) (*server, error) {
	args := append(before, i.program, "serve")
	s := &server{cmd: exec.Command(args[0], args[1:]...), address: "http://" + i.address, log: &record{}, ended: make(chan struct{})} //nolint:gosec // our own program
	s.cmd.Env, s.cmd.Dir, s.cmd.Stderr, s.cmd.Stdout = i.environment(), i.dir, s.log, s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait() // its state says how it ended
		close(s.ended)
	}()
	return s, nil
}

// await asks for the path until it answers with the status.
func (s *server) await(ctx context.Context, path string, status int, within time.Duration) error {
	began := time.Now()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for time.Since(began) < within {
		r, err := client.Get(s.address + path)
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == status {
				s.took = time.Since(began)
				return nil
			}
		}
		select {
		case <-ctx.Done():
			s.kill()
			return ctx.Err()
		case <-s.ended:
			return fmt.Errorf("the portal ended with %d: %s", s.cmd.ProcessState.ExitCode(), s.log.last())
		case <-time.After(2 * time.Millisecond):
		}
	}
	s.kill()
	return fmt.Errorf("%s did not answer %d within %s: %s", path, status, within, s.log.last())
}

// kill ends it at once.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// stop asks it to end and returns its code and how long it took; -1 when it had to be killed.
func (s *server) stop() (int, time.Duration) {
	began := time.Now()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		s.kill()
		return -1, time.Since(began)
	}
	return s.cmd.ProcessState.ExitCode(), time.Since(began)
}

// alive reports whether it still runs.
func (s *server) alive() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// memory is what it holds, in MiB. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
func (s *server) memory() (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for text := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(text, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return float64(kb) / 1024, err
		}
	}
	return 0, errors.New("the kernel does not say how much memory the server holds")
}

// metric is one of its own figures.
func (s *server) metric(name string) (float64, error) {
	client := &http.Client{Timeout: 10 * time.Second}
	r, err := client.Get(s.address + "/metrics")
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Body.Close() }()
	var all bytes.Buffer
	if _, err := all.ReadFrom(r.Body); err != nil {
		return 0, err
	}
	for text := range strings.Lines(all.String()) {
		if rest, ok := strings.CutPrefix(text, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(rest), 64)
		}
	}
	return 0, fmt.Errorf("the portal has no figure %s", name)
}

// record keeps what a program said.
type record struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write keeps what was said.
func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.Write(p)
}

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.String()
}

// times is how often something was said.
func (r *record) times(what string) int { return strings.Count(r.text(), what) }

// last is the last line.
func (r *record) last() string { return lastLine(r.text()) }
