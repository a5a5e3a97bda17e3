package main

import (
	"bytes"
	_ "embed" // of the files below
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed reload.js
var reloadScript []byte

// state is how the last build went. Every change of it has a number; pages that hear another one load anew.
type state struct {
	mu      sync.Mutex
	number  int64
	wrong   string        // what the compiler said; empty when the portal runs
	busy    chan struct{} // open while it is being built or started
	changed chan struct{} // closed at the next change of number
}

func newState() *state {
	return &state{number: time.Now().UnixMilli(), busy: make(chan struct{}), changed: make(chan struct{})}
}

func (s *state) building() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.busy:
		s.busy = make(chan struct{})
	default:
	}
}

func (s *state) ready() { s.end("") }

func (s *state) broken(said string) { s.end(said) }

func (s *state) end(wrong string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = wrong
	s.number++
	close(s.changed)
	s.changed = make(chan struct{})
	close(s.busy)
}

// now is the present number, what is wrong, and what is closed when that changes or the build ends.
func (s *state) now() (number int64, wrong string, changed, busy <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.number, s.wrong, s.changed, s.busy
}

// newProxy stands before the portal at target: it waits while that is built, shows what is wrong, and adds
// the script by which pages load anew.
func newProxy(target *url.URL, s *state) http.Handler {
	pass := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.Out.Header.Del("Accept-Encoding") // the script is put into plain HTML
		},
		FlushInterval:  -1, // streams
		ModifyResponse: addScript,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "The portal does not answer: "+err.Error(), http.StatusBadGateway)
		},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_dev/reload.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(reloadScript) // a browser that has gone needs no script
	})
	mux.HandleFunc("GET /_dev/events", s.events)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _, _, busy := s.now()
		select {
		case <-busy:
		case <-r.Context().Done():
			return
		}
		if _, wrong, _, _ := s.now(); wrong != "" && document(r) {
			showWrong(w, wrong)
			return
		}
		pass.ServeHTTP(w, r)
	})
	return mux
}

// document reports whether the browser asks for a page.
func document(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("HX-Request") == "" && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// events streams the number of each build.
func (s *state) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	for {
		number, _, changed, _ := s.now()
		if _, err := fmt.Fprintf(w, "retry: 300\ndata: %d\n\n", number); err != nil {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

const scriptTag = `<script src="/_dev/reload.js" defer></script>`

// addScript puts the script into whole pages.
func addScript(r *http.Response) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || r.Request.Method == http.MethodHead {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if err := r.Body.Close(); err != nil {
		return err
	}
	body = bytes.Replace(body, []byte("</head>"), []byte(scriptTag+"</head>"), 1)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

var wrongPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Does not build · Portal</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root { color-scheme: light dark; } body { margin: 0; padding: 32px; font: 16px/1.5 system-ui, sans-serif; }
pre { padding: 16px; border: 1px solid; border-left: 4px solid #b42318; border-radius: 6px; overflow-x: auto; }
</style>` + scriptTag + `</head><body><main><h1>The portal does not build</h1>
<pre tabindex="0">{{.}}</pre><p>This page goes on by itself once it does.</p></main></body></html>
`))

func showWrong(w http.ResponseWriter, said string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusInternalServerError)
	_ = wrongPage.Execute(w, said) // a browser that has gone reads no page
}
