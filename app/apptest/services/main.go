// Command services gives a test run what it needs beside Go: a MariaDB of its own, and Chromium.
//
//	go run ./app/apptest/services                  installs what is missing
//	go run ./app/apptest/services -- go test ./…   starts MariaDB, sets PORTAL_TEST_MYSQL, runs the command
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"portal/app/apptest/mariadb"
)

// grace is how long the command may take to end after a signal.
const grace = 15 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run is main with an exit code: the command's own, or 1 with a sentence.
func run(ctx context.Context, args []string) int {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if err := install(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if len(args) == 0 {
		return 0
	}
	db, err := mariadb.Start(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "MariaDB for the tests:", err)
		return 1
	}
	defer db.Stop()
	return command(ctx, args, "PORTAL_TEST_MYSQL="+db.URL())
}

// command runs what was asked for; a signal ends it too.
func command(ctx context.Context, args []string, env ...string) int {
	c := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // the caller's own command
	c.Env = append(os.Environ(), env...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = grace
	err := c.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended) && ended.ExitCode() > 0:
		return ended.ExitCode()
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", strings.Join(args, " "), err)
	return 1
}
