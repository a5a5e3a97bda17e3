package apptest

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"portal/app/feature"
)

// templates are SQLite files of portals that were just prepared, by the features they were made with: to migrate and
// seed anew takes longer than most tests. Whoever starts from one prepares it again, so nothing depends on it being right.
var templates struct {
	mu    sync.Mutex
	files map[string][]byte
}

// templateKey names the features by their functions.
func templateKey(features []feature.New) string {
	names := make([]string, len(features))
	for i, f := range features {
		names[i] = runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	}
	return strings.Join(names, " ")
}

// fromTemplate puts the prepared file into the place of the empty one, if there is one. It reports whether it did.
func fromTemplate(t testing.TB, key, url string) bool {
	t.Helper()
	templates.mu.Lock()
	raw := templates.files[key]
	templates.mu.Unlock()
	path, sqlite := strings.CutPrefix(url, "sqlite://")
	if raw == nil || !sqlite {
		return false
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatalf("put the prepared database: %v", err)
	}
	return true
}

// keepTemplate keeps what the portal's database is just now.
func (p *Portal) keepTemplate(key string) {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), "template.db")
	p.Exec("VACUUM INTO ?", path)
	raw, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatalf("keep the prepared database: %v", err)
	}
	templates.mu.Lock()
	defer templates.mu.Unlock()
	if templates.files == nil {
		templates.files = map[string][]byte{}
	}
	templates.files[key] = raw
}
