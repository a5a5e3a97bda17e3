package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"portal/app/apptest/mariadb"
)

// needed are the programs that tests run, and the Debian package each comes in.
var needed = []struct {
	names []string // any of them will do
	pack  string
}{
	{mariadb.Programs[0], "mariadb-server"},
	{mariadb.Programs[1], "mariadb-server"},
	{[]string{"chromium", "chromium-browser", "google-chrome"}, "chromium"},
	{[]string{"slapd"}, "slapd"},                  // a test starts its own; the package's service stays off
	{[]string{"gcc", "clang"}, "build-essential"}, // the race detector is linked by a C compiler
}

// install makes sure that all programs are there; as root on Debian it installs those that are not.
// Errors: one sentence that says what to install.
func install(ctx context.Context) error {
	missing := lacking()
	if len(missing) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("the tests need %s: install them (on Debian: apt-get install %s) and run this again",
			strings.Join(missing, " and "), strings.Join(missing, " "))
	}
	back, err := keepStill(ctx)
	if err != nil {
		return err
	}
	defer back()
	for _, args := range [][]string{{"update", "-q"}, append([]string{"install", "-q", "-y", "--no-install-recommends"}, missing...)} {
		c := exec.CommandContext(ctx, "apt-get", args...) //nolint:gosec // names from the table above
		c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		c.Stdout, c.Stderr = os.Stderr, os.Stderr
		if err := c.Run(); err != nil {
			return fmt.Errorf("apt-get %s: %w; install %s by hand and run this again", strings.Join(args, " "), err, strings.Join(missing, " "))
		}
	}
	if missing = lacking(); len(missing) > 0 {
		return fmt.Errorf("%s was installed, but its program is not found: put it in PATH", strings.Join(missing, " and "))
	}
	return nil
}

// policy is the script by which Debian's packages ask whether they may start their services.
const policy = "/usr/sbin/policy-rc.d"

// keepStill lets packages install servers without starting them, and the directory's without making one for the
// machine: tests start their own. What it returns takes the first back.
func keepStill(ctx context.Context) (func(), error) {
	answers := exec.CommandContext(ctx, "debconf-set-selections")
	answers.Stdin = strings.NewReader("slapd slapd/no_configuration boolean true\n")
	if out, err := answers.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("debconf-set-selections: %w\n%s", err, out)
	}
	f, err := os.OpenFile(policy, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755) //nolint:gosec // a program
	if errors.Is(err, os.ErrExist) {
		return func() {}, nil // the machine has a policy of its own
	}
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString("#!/bin/sh\nexit 101\n") // no
	return func() { _ = os.Remove(policy) }, errors.Join(err, f.Close())
}

// lacking are the packages whose programs are not there, each once.
func lacking() []string {
	var packs []string
	for _, n := range needed {
		if mariadb.Find(n.names) == "" && (len(packs) == 0 || packs[len(packs)-1] != n.pack) {
			packs = append(packs, n.pack)
		}
	}
	return packs
}
