// Package mariadb starts a MariaDB of one's own on a free loopback port; nothing is left of it afterwards.
package mariadb

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

// Programs are the names of the server and of the tool that makes its folder; the first of each that is there will do.
var Programs = [2][]string{{"mariadbd", "mysqld"}, {"mariadb-install-db", "mysql_install_db"}}

// How long the server may take to start, and to stop before it is killed.
const (
	patience = 60 * time.Second
	grace    = 15 * time.Second
)

// Find is the path of the first of the programs that is there, empty for none. Debian keeps servers in
// /usr/sbin, which is not in everybody's PATH.
func Find(names []string) string {
	for _, n := range names {
		for _, path := range []string{n, "/usr/sbin/" + n} {
			if found, err := exec.LookPath(path); err == nil {
				return found
			}
		}
	}
	return ""
}

// Server is a MariaDB with a folder of its own; both are gone after Stop.
type Server struct {
	durable bool
	folder  string
	port    int
	run     *exec.Cmd
	ended   chan struct{} // closed when the server has ended
}

// Start makes an empty database folder and starts a server. It waits for no disk: its data lives as long as the tests.
func Start(ctx context.Context) (*Server, error) { return start(ctx, false) }

// StartDurable starts one whose answers mean that what was written is on the disk, as in production.
func StartDurable(ctx context.Context) (*Server, error) { return start(ctx, true) }

func start(ctx context.Context, durable bool) (*Server, error) {
	folder, err := os.MkdirTemp("", "portal-mariadb-")
	if err != nil {
		return nil, err
	}
	s := &Server{durable: durable, folder: folder}
	if err := s.begin(ctx); err != nil {
		err = fmt.Errorf("%w\n%s", err, s.log())
		s.Stop()
		return nil, err
	}
	return s, nil
}

// begin makes the folder, chooses the port and starts.
func (s *Server) begin(ctx context.Context) error {
	made, err := exec.CommandContext(ctx, Find(Programs[1]), "--no-defaults", "--datadir="+s.data(), //nolint:gosec // paths of ours
		"--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput()
	if err != nil {
		return fmt.Errorf("make its folder: %w\n%s", err, made)
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	return s.Again(ctx)
}

// Again starts the server that was ended, on the same folder and port, and returns once it answers.
func (s *Server) Again(ctx context.Context) error {
	args := []string{
		"--no-defaults", "--datadir=" + s.data(), "--port=" + strconv.Itoa(s.port), "--bind-address=127.0.0.1",
		"--socket=" + filepath.Join(s.folder, "s"), "--pid-file=" + filepath.Join(s.folder, "pid"),
		"--log-error=" + filepath.Join(s.folder, "log"), "--skip-name-resolve", "--max-connections=500",
		"--innodb-buffer-pool-size=128M", "--performance-schema=OFF", "--skip-log-bin",
	}
	if s.durable {
		args = append(args, "--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1")
	} else {
		args = append(args, "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=0",
			"--innodb-file-per-table=0") // each test makes some eighty tables, and drops them
	}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	s.ended = make(chan struct{})
	s.run = exec.Command(Find(Programs[0]), args...) //nolint:gosec // paths of ours
	// A signal at the terminal reaches every process of the group: the server must outlive the tests, to be stopped by us.
	s.run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.run.Start(); err != nil {
		return err
	}
	run, ended := s.run, s.ended
	go func() {
		_ = run.Wait() // its log says why
		close(ended)
	}()
	return s.wait(ctx)
}

// wait returns once the server answers.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr = "root", "tcp", s.Address()
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

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// Address is its host and port.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL names the server as PORTAL_TEST_MYSQL does; the name of a database may follow.
func (s *Server) URL() string { return "mysql://root@" + s.Address() + "/" }

// log is what the server wrote.
func (s *Server) log() string {
	raw, err := os.ReadFile(filepath.Join(s.folder, "log"))
	if err != nil {
		return ""
	}
	return string(raw)
}

// Signal sends it to the server: SIGSTOP holds it, SIGCONT lets it go on.
func (s *Server) Signal(signal os.Signal) error { return s.run.Process.Signal(signal) }

// End asks the server to end, or kills it, and waits for that; Again starts it anew.
func (s *Server) End(kill bool) {
	signal := os.Signal(syscall.SIGTERM)
	if kill {
		signal = syscall.SIGKILL
	}
	_ = s.run.Process.Signal(signal)
	select {
	case <-s.ended:
	case <-time.After(grace):
		_ = s.run.Process.Kill()
		<-s.ended
	}
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() {
	if s.run != nil && s.run.Process != nil {
		s.End(false)
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
