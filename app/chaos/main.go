// Command chaos breaks what the portal stands on, on purpose, and says whether the portal held.
//
//	go run ./app/chaos             every fault, as often as was asked
//	go run ./app/chaos R01 R05     these
//	go run ./app/chaos -rounds 5 -seconds 10 R02
//
// It starts its own servers on loopback and writes in a folder of its own. A fault that this machine can't make is an
// error that says so.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// fault is one thing that can go wrong, and how it is done.
type fault struct {
	id     string // as the list of what is to be reached numbers it
	title  string
	rounds int // how often it is done unless told otherwise; 0: once
	run    func(context.Context, *bed) ([]line, error)
}

// line is what was seen of a fault.
type line struct {
	on    string // the database, or what else differs
	saw   string
	asked string
	held  bool
}

// faults are all there are, in order.
var faults = []fault{
	{"R01", "The server is killed while many write, SQLite", 100, killedOnSQLite},
	{"R02", "The server is killed while many write, MariaDB; then MariaDB is", 100, killedOnMariaDB},
	{"R03", "What is answered is on the disk", 20, onDisk},
	{"R04", "The disk fails: I/O errors, no room", 0, diskFails},
	{"R05", "The database is away for a minute", 3, databaseAway},
	{"R06", "The database is slow, locked, in deadlocks", 0, databaseSlow},
	{"R07", "Many write while a report and a backup read, SQLite", 0, manyWrite},
	{"R08", "The disk is full", 0, diskFull},
	{"R09", "The database's file is damaged", 200, fileDamaged},
	{"R10", "Migrations are killed at each step", 0, migrationKilled},
	{"R14", "The server stops under load", 20, stopped},
	{"R18", "Clients are slow", 0, slowClients},
	{"R19", "A flood of sign-ins", 0, signInFlood},
	{"R21", "Nothing of one request in another", 0, nothingMixed},
	{"R22", "No update is lost", 0, nothingLost},
	{"R24", "A backup while many write", 0, backedUp},
	{"R27", "It can't start", 0, cannotStart},
	{"R28", "Little memory", 0, littleMemory},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run is main with an exit code: 1 when something did not hold or could not be tried, 2 when it was written wrongly.
func run(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	rounds := flags.Int("rounds", 0, "how often a fault is done (else as often as was asked for it)")
	seconds := flags.Int("seconds", 60, "how long what lasts lasts")
	program := flags.String("portal", "", "a portal that is built already")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	chosen, err := choose(flags.Args())
	if err != nil || *rounds < 0 || *seconds < 1 {
		fmt.Fprintln(os.Stderr, "chaos:", err, "(-rounds is 0 or more, -seconds 1 or more)")
		return 2
	}
	b, err := newBed(ctx, *program)
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		return 1
	}
	defer b.close()
	b.seconds = time.Duration(*seconds) * time.Second
	fmt.Printf("%s\n\n| fault | on | seen | asked | |\n|---|---|---|---|---|\n", machine())
	code := 0
	for _, f := range chosen {
		if ctx.Err() != nil || !b.try(ctx, f, *rounds) {
			code = 1
		}
	}
	return code
}

// choose are the faults of these ids; all when none is named.
func choose(ids []string) ([]fault, error) {
	if len(ids) == 0 {
		return faults, nil
	}
	var chosen []fault
	for _, id := range ids {
		i := slices.IndexFunc(faults, func(f fault) bool { return strings.EqualFold(f.id, id) })
		if i < 0 {
			return nil, fmt.Errorf("there is no fault %s", id)
		}
		chosen = append(chosen, faults[i])
	}
	return chosen, nil
}

// try does one fault and prints its lines; it reports whether all held.
func (b *bed) try(ctx context.Context, f fault, rounds int) bool {
	b.rounds = f.rounds
	if rounds > 0 {
		b.rounds = rounds
	}
	began := time.Now()
	b.say("%s %s", f.id, f.title)
	lines, err := f.run(ctx, b)
	b.say("%s took %s", f.id, time.Since(began).Round(time.Second))
	held := err == nil && len(lines) > 0
	for _, l := range lines {
		word := "held"
		if !l.held {
			word, held = "**did not hold**", false
		}
		fmt.Printf("| %s %s | %s | %s | %s | %s |\n", f.id, f.title, l.on, l.saw, l.asked, word)
	}
	if err != nil {
		fmt.Printf("| %s %s | | %s | | **not tried to its end** |\n", f.id, f.title, strings.ReplaceAll(err.Error(), "\n", " "))
	}
	return held
}
