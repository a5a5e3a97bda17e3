package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Force is how soon a change of rights by a command counts. All in ms.
type Force struct {
	Count      int     `json:"count"`
	Command    float64 `json:"command_ms"`    // median time the command itself took
	AfterMost  float64 `json:"after_most_ms"` // from the command's end to the first answer that heeds it, at most; 0: before its end
	SecondHalf float64 `json:"second_ms"`     // in a server with another data folder on the database: median from the command's end
	SecondMost float64 `json:"second_most_ms"`
}

// changes is how many times a role is given and taken.
const changes = 10

// force gives and takes a role by commands, and asks two servers all the time whether it counts.
func (r run) force(ctx context.Context, address string) (f Force, err error) {
	name := "measured-" + strings.ToLower(rand.Text()[:10])
	if err := r.tool(ctx, r.password+"\n", "user", "add", name, "-roles", "user", "-password-stdin"); err != nil {
		return f, err
	}
	other, stop, err := r.second(ctx)
	if err != nil {
		return f, err
	}
	defer stop()
	var near, far *browser
	if near, err = signIn(ctx, address, name, r.password); err != nil {
		return f, err
	}
	defer near.close()
	if far, err = signIn(ctx, other, name, r.password); err != nil {
		return f, err
	}
	defer far.close()
	var command, after, second []time.Duration
	for n := range changes {
		verb, want := "revoke", http.StatusForbidden
		if n%2 == 1 {
			verb, want = "grant", http.StatusOK
		}
		heard := make(chan seen, 2)
		go func() { heard <- near.await("/projects", want, true) }()
		go func() { heard <- far.await("/projects", want, false) }()
		began := time.Now()
		if err := r.tool(ctx, "", "role", verb, name, "user"); err != nil {
			return f, err
		}
		ended := time.Now()
		command = append(command, ended.Sub(began))
		for range 2 {
			s := <-heard
			if s.err != nil {
				return f, s.err
			}
			if s.near {
				after = append(after, max(s.at.Sub(ended), 0))
			} else {
				second = append(second, max(s.at.Sub(ended), 0))
			}
		}
	}
	f = Force{Count: changes, Command: ms(middle(command)), AfterMost: ms(rank(after, 1)), SecondHalf: ms(middle(second)), SecondMost: ms(rank(second, 1))}
	return f, nil
}

// second starts another server on the database, with a data folder of its own.
func (r run) second(ctx context.Context) (address string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "portal-bench-second-")
	if err != nil {
		return "", nil, err
	}
	env := append(r.environment(), "PORTAL_DATA_DIR="+dir, "PORTAL_DATABASE_URL=sqlite://"+r.database())
	c, err := start(ctx, r.Program, env, "serve", "-json")
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(filepath.Clean(dir)))
	}
	return c.address, func() { c.stop(); _ = os.RemoveAll(dir) }, awaitReady(ctx, c.address)
}

// seen is when an address first answered as was waited for.
type seen struct {
	near bool
	at   time.Time
	err  error
}

// awaitWithin is how long a change may take to count at most.
const awaitWithin = 20 * time.Second

// await asks until the address answers so.
func (b *browser) await(path string, want int, near bool) seen {
	for until := time.Now().Add(awaitWithin); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if status, err := b.status(path); err != nil {
			return seen{near, time.Now(), err}
		} else if status == want {
			return seen{near, time.Now(), nil}
		}
	}
	return seen{near, time.Now(), fmt.Errorf("%s has not answered %d within %s", path, want, awaitWithin)}
}
