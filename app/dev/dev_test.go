package main

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// copyTree copies the portal's source, without what is made from it.
func copyTree(t *testing.T, to string) {
	t.Helper()
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(path, ".") || path == "data" || path == "tmp"):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o750)
		case !hasEnding(path):
			return nil
		}
		body, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, path), body, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hasEnding leaves out binaries that lie in the folder.
func hasEnding(path string) bool { return filepath.Ext(path) != "" }

// edit puts one text in the place of another in a file.
func edit(t *testing.T, file, old, text string) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(body), old, text, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// page is what a browser is shown at an address.
func page(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// A page that is open hears of each build; then it shows the change, or the compiler's words.
func TestServe_ShowsChangesAndErrors(t *testing.T) {
	dir := t.TempDir()
	copyTree(t, dir)
	t.Setenv("PORTAL_DATA_DIR", t.TempDir())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, dir, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	base := "http://" + l.Addr().String()

	if status, body := page(t, base+"/login"); status != http.StatusOK || !strings.Contains(body, ">Sign in</h1>") || !strings.Contains(body, scriptTag) {
		t.Fatalf("%d\n%s", status, body)
	}
	built := builds(t, base)
	edit(t, filepath.Join(dir, "app/home/signin.templ"), "<h1>Sign in</h1>", "<h1>Come in</h1>")
	built()
	if _, body := page(t, base+"/login"); !strings.Contains(body, ">Come in</h1>") {
		t.Errorf("after a change of a template:\n%s", body)
	}

	edit(t, filepath.Join(dir, "app/home/home.go"), "package home\n", "package home\n\nvar broken int = \"<b>\"\n")
	built()
	if status, body := page(t, base+"/login"); status != http.StatusInternalServerError || !strings.Contains(body, "home.go:") ||
		strings.Contains(body, "<b>") || !strings.Contains(body, scriptTag) {
		t.Errorf("with an error: %d\n%s", status, body)
	}
	edit(t, filepath.Join(dir, "app/home/home.go"), "var broken int = \"<b>\"\n", "")
	built()
	if status, _ := page(t, base+"/login"); status != http.StatusOK {
		t.Errorf("once mended: %d", status)
	}
}

// builds gives a function that waits for the next build, as the script of a page does.
func builds(t *testing.T, base string) (next func()) {
	t.Helper()
	res, err := http.Get(base + "/_dev/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	numbers := make(chan string)
	go func() {
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if n, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				numbers <- n
			}
		}
	}()
	next = func() {
		t.Helper()
		select {
		case <-numbers:
		case <-time.After(2 * time.Minute):
			t.Fatal("no build within two minutes")
		}
	}
	next() // how it stands now
	return next
}
