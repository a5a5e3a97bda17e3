package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
)

// ControlPath is the socket by which commands on this machine talk to the server that runs on the data folder.
func ControlPath(dataDir string) string { return filepath.Join(dataDir, "portal.sock") }

// controlLook is how often a second server on the folder looks whether the first one has ended.
const controlLook = time.Second

// Control answers commands on this machine until ctx ends. When another server on the same data folder
// does so already, this one takes over as soon as that one ends; until then Control reports false.
// Errors: a sentence, when the socket can't be opened; the portal itself works without it.
func (p *Portal) Control(ctx context.Context) (bool, error) {
	release, err := p.openControl(ctx)
	if err != nil || release != nil {
		return release != nil, err
	}
	p.working.Go(func() {
		tick := time.NewTicker(controlLook)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			release, err := p.openControl(ctx)
			if err != nil {
				p.Log.Warn("control socket", "error", err)
			}
			if err != nil || release != nil {
				return
			}
		}
	})
	return false, nil
}

// openControl serves the socket if no other process does; it returns nil when one does. The kernel's lock
// says so, and goes with its process, so what a crash left behind is known to be stale.
func (p *Portal) openControl(ctx context.Context) (release func(), err error) {
	path := ControlPath(p.Config.DataDir)
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the control socket's lock can't be opened: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, nil
		}
		return nil, fmt.Errorf("the control socket can't be locked: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		_ = lock.Close()
		return nil, fmt.Errorf("the old control socket can't be removed: %w", err)
	}
	l, err := listenPrivately(path)
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("the control socket %s can't be opened (%s), so the cache commands can't reach this server", path, lastWord(err))
	}
	server := &http.Server{Handler: p.controlHandler(), ReadHeaderTimeout: requestTime}
	p.working.Go(func() { _ = server.Serve(l) }) // ends with ErrServerClosed
	release = func() {
		_ = server.Close() // removes the socket too
		_ = lock.Close()
	}
	p.working.Go(func() {
		<-ctx.Done()
		release()
	})
	return release, nil
}

// listenPrivately opens a socket that only this account can connect to, from its first moment on:
// it is bound in a folder nobody else can enter, and then takes its place.
func listenPrivately(path string) (net.Listener, error) {
	private, err := os.MkdirTemp(filepath.Dir(path), ".s")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(private) }()
	hidden := filepath.Join(private, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: hidden, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // by then it is somewhere else
	if err := os.Chmod(hidden, 0o600); err != nil {
		_ = l.Close()
		return nil, err
	}
	if err := os.Rename(hidden, path); err != nil {
		_ = l.Close()
		return nil, err
	}
	return removing{l, path}, nil
}

// removing is a listener whose socket goes when it is closed.
type removing struct {
	net.Listener
	path string
}

// Close ends the listener and removes its socket.
func (r removing) Close() error {
	_ = os.Remove(r.path)
	return r.Listener.Close()
}

// controlHandler is all that commands may ask of the running server; each answer is JSON.
func (p *Portal) controlHandler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /cache", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, p.Cache.Stats())
	})
	m.HandleFunc("POST /changes", func(w http.ResponseWriter, r *http.Request) {
		if !p.lookAtChanges(r.Context()) {
			reply(w, http.StatusServiceUnavailable, ControlAnswer{Error: "The server is stopping."})
			return
		}
		reply(w, http.StatusOK, ControlAnswer{Done: true})
	})
	m.HandleFunc("POST /cache/clear", func(w http.ResponseWriter, r *http.Request) {
		region := r.URL.Query().Get("region")
		if region != "" && !p.Cache.Has(region) {
			reply(w, http.StatusNotFound, ControlAnswer{Error: fmt.Sprintf("There is no cache region %s; portal cache stats lists them.", region)})
			return
		}
		if err := p.clearCaches(r.Context(), region); err != nil {
			p.Log.Error("other processes can't be told to clear their caches", "error", err)
			reply(w, http.StatusServiceUnavailable, ControlAnswer{Error: "The caches of this server are empty, but other servers can't be told so; its log says why."})
			return
		}
		reply(w, http.StatusOK, ControlAnswer{Done: true})
	})
	m.HandleFunc("POST /cache/warm", func(w http.ResponseWriter, r *http.Request) {
		if err := p.Warm(r.Context()); err != nil {
			p.Log.Error("caches can't be warmed", "error", err)
			reply(w, http.StatusServiceUnavailable, ControlAnswer{Error: "The caches can't be warmed now; the server's log says why."})
			return
		}
		reply(w, http.StatusOK, ControlAnswer{Done: true})
	})
	return m
}

// clearCaches empties a region, or all with "", here and in every other process.
func (p *Portal) clearCaches(ctx context.Context, region string) error {
	p.Cache.Clear(region) // first: it needs no database
	p.Log.Info("caches cleared by command", "region", region)
	title := region
	if region == "" {
		title = "All caches"
	}
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	return p.DB.Write(auth.With(ctx, auth.System("command line")), func(tx *data.Tx) error {
		tx.Changed(data.Change{
			Feature: "admin", Kind: "cache", What: "emptied the cache", Title: title, URL: "/admin/caches", Stale: []string{feature.ClearPrefix + region},
		})
		return nil
	})
}

// lookAtChanges has listen read what others wrote, and reports whether it has before ctx ended.
func (p *Portal) lookAtChanges(ctx context.Context) bool {
	done := make(chan struct{})
	select {
	case p.lookNow <- done:
	case <-ctx.Done():
		return false
	}
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

// ControlAnswer is what the server says to a command that changes something.
type ControlAnswer struct {
	Done  bool   `json:"done"`
	Error string `json:"error,omitempty"` // a whole sentence
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the command may be gone, which is no fault of ours
}
