package apptest

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pmezard/go-difflib/difflib"
	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden compares HTML with testdata/golden/<name>.html, one tag a line, without what differs each time:
// tokens of forms, numbers of requests, hashes of assets. With -update it writes the file.
func Golden(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", filepath.FromSlash(name)+".html")
	got := Tidy(text)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path) //nolint:gosec // the test names its own file
	if errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%s is not there; look at what `go tool task golden` writes, then keep it", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	diff, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(string(want)), B: difflib.SplitLines(got), FromFile: path, ToFile: "now", Context: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s differs:\n%s", name, diff)
}

var masks = []struct {
	find *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`(name="_csrf" value=")[^"]*`), "${1}TOKEN"},
	{regexp.MustCompile(`(name="once" value=")[A-Z2-7]{26}`), "${1}ONCE"},
	{regexp.MustCompile(`(X-CSRF-Token(?:"|&#34;):(?:"|&#34;))[A-Za-z0-9_-]*`), "${1}TOKEN"},
	{regexp.MustCompile(`(data-heard=")[0-9]*`), "${1}MOMENT"},
	{regexp.MustCompile(`(/assets/[\w./-]+?)\.[0-9a-f]{12}\.`), "${1}.HASH."},
	{regexp.MustCompile(`(Number of this request: )[a-z0-9]{10}`), "${1}REQUEST"},
}

// void are the elements without an end.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// Tidy is HTML with one tag a line, indented, and with what differs each time masked.
func Tidy(text string) string {
	var b strings.Builder
	depth := 0
	line := func(s string) { b.WriteString(strings.Repeat("  ", max(depth, 0)) + s + "\n") }
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			out := b.String()
			for _, m := range masks {
				out = m.find.ReplaceAllString(out, m.with)
			}
			return out
		case html.TextToken:
			if s := strings.Join(strings.Fields(string(z.Raw())), " "); s != "" {
				line(s)
			}
		case html.StartTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			line(oneLine(raw))
			if !slices.Contains(void, string(name)) {
				depth++
			}
		case html.EndTagToken:
			depth--
			line(string(z.Raw()))
		default:
			line(oneLine(string(z.Raw())))
		}
	}
}

func oneLine(tag string) string { return strings.Join(strings.Fields(tag), " ") }

// Update reports whether the test shall write its files anew instead of comparing them.
func Update() bool { return *update }
