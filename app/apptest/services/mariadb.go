package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// How long the server may take to start, and to stop before it is killed.
const (
	patience = 60 * time.Second
	grace    = 15 * time.Second
)

// server is a MariaDB with a folder of its own; both are gone after stop.
type server struct {
	folder string
	port   int
	run    *exec.Cmd
	ended  chan struct{} // closed when the server has ended
}

// startMariaDB makes an empty database folder and starts a server on a free loopback port. It waits for no disk:
// its data lives as long as the tests.
func startMariaDB(ctx context.Context) (*server, error) {
	folder, err := os.MkdirTemp("", "portal-mariadb-")
	if err != nil {
		return nil, err
	}
	s := &server{folder: folder, ended: make(chan struct{})}
	if err := s.start(ctx); err != nil {
		err = fmt.Errorf("%w\n%s", err, s.log())
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) start(ctx context.Context) error {
	data := filepath.Join(s.folder, "data")
	made, err := exec.CommandContext(ctx, program(needed[1].names), "--no-defaults", "--datadir="+data, //nolint:gosec // paths of ours
		"--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput()
	if err != nil {
		return fmt.Errorf("make its folder: %w\n%s", err, made)
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	args := []string{
		"--no-defaults", "--datadir=" + data, "--port=" + strconv.Itoa(s.port), "--bind-address=127.0.0.1",
		"--socket=" + filepath.Join(s.folder, "s"), "--pid-file=" + filepath.Join(s.folder, "pid"),
		"--log-error=" + filepath.Join(s.folder, "log"), "--skip-name-resolve", "--max-connections=500",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=0",
		"--innodb-buffer-pool-size=128M", "--performance-schema=OFF", "--skip-log-bin",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	s.run = exec.Command(program(needed[0].names), args...) //nolint:gosec // paths of ours
	// A signal at the terminal reaches every process of the group: the server must outlive the tests, to be stopped by us.
	s.run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.run.Start(); err != nil {
		return err
	}
	go func() {
		_ = s.run.Wait() // its log says why
		close(s.ended)
	}()
	return s.wait(ctx)
}

// wait returns once the server answers.
func (s *server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr = "root", "tcp", s.address()
	c.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", err)
		case <-s.ended:
			return errors.New("it ended by itself")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *server) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// url names the server as PORTAL_TEST_MYSQL does.
func (s *server) url() string { return "mysql://root@" + s.address() + "/" }

// log is what the server wrote.
func (s *server) log() string {
	raw, err := os.ReadFile(filepath.Join(s.folder, "log"))
	if err != nil {
		return ""
	}
	return string(raw)
}

// stop ends the server and removes its folder.
func (s *server) stop() {
	if s.run != nil && s.run.Process != nil {
		_ = s.run.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.ended:
		case <-time.After(grace):
			_ = s.run.Process.Kill()
			<-s.ended
		}
	}
	_ = os.RemoveAll(s.folder)
}

// freePort is a loopback port that nobody listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
