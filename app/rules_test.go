package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/config"
	"portal/components"
	"portal/features"
)

// A package may import what is listed here, and nothing else of ours. A package that is not listed may not be.
var mayImport = map[string][]string{
	"assets": {}, "schema": {},
	"app/cache": {}, "app/clock": {}, "app/config": {}, "app/fault": {}, "app/fetch": {}, "app/files": {"app/fault"}, "app/live": {}, "app/markdown": {}, "app/secret": {}, "app/session": {}, "app/sheet": {},
	"app/backup": {"app/data", "app/files", "schema"},
	"app/demo":   {"app/clock"}, "app/legacy": {"app/clock", "app/data"},
	"app/mail": {"app/config", "app/data", "app/fault", "app/secret"}, "app/directory": {"app/config", "app/fault"},
	"app/inbox":            {"app/auth", "app/cache", "app/data", "app/fault", "app/mail"},
	"app/data":             {"app/clock", "app/fault"},
	"app/audit":            {"app/data", "app/fault"},
	"app/draft":            {"app/data", "app/fault"},
	"app/search":           {"app/auth", "app/data"},
	"app/setting":          {"app/clock", "app/data", "app/fault"},
	"app/auth":             {"app/cache", "app/clock", "app/data", "app/fault", "app/legacy", "app/mail", "app/secret", "app/sheet"},
	"app/savedview":        {"app/auth", "app/cache", "app/data", "app/fault"},
	"app/formresult":       {"app/auth", "app/data"},
	"components":           {"assets"},
	"app/feature":          {"app/audit", "app/auth", "app/cache", "app/config", "app/data", "app/demo", "app/fault", "app/files", "app/inbox", "app/legacy", "app/mail", "app/search", "app/secret", "app/setting"},
	"app/web":              {"app/auth", "app/data", "app/fault", "app/files", "components"},
	"app/home":             {"app/auth", "app/data", "app/directory", "app/draft", "app/fault", "app/feature", "app/inbox", "app/live", "app/search", "app/setting", "app/web", "components"},
	"features/*":           {"app/audit", "app/auth", "app/cache", "app/clock", "app/data", "app/demo", "app/fault", "app/feature", "app/fetch", "app/files", "app/formresult", "app/inbox", "app/legacy", "app/mail", "app/markdown", "app/savedview", "app/search", "app/secret", "app/setting", "app/sheet", "app/web", "components"},
	"features":             {"app/feature", "features/*"},
	"app":                  {"app/*", "assets", "components", "schema"},
	"app/apptest":          {"app", "app/auth", "app/clock", "app/config", "app/data", "app/fault", "app/feature"},
	"app/apptest/browser":  {"app/apptest"},
	"app/apptest/mariadb":  {},
	"app/apptest/services": {"app/apptest/mariadb"},
	"app/bench":            {},
	"app/chaos":            {"app/apptest/mariadb"},
	"app/command":          {"app", "app/*", "schema"},
	"app/dev":              {},
	"":                     {"app/command", "features"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	c := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	c.Dir = ".."
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// own is a package's name within the portal; ok is false for other modules' packages.
func own(path string) (name string, ok bool) {
	if path == "portal" {
		return "", true
	}
	return strings.CutPrefix(path, "portal/")
}

func allowed(from, to string) bool {
	rule, listed := mayImport[from]
	if !listed && strings.HasPrefix(from, "features/") {
		rule = mayImport["features/*"]
	}
	return slices.ContainsFunc(rule, func(r string) bool {
		parent, any := strings.CutSuffix(r, "/*")
		return r == to || any && strings.HasPrefix(to, parent+"/")
	})
}

func TestRules_PackagesImportDownwardsOnly(t *testing.T) {
	for _, p := range packages(t) {
		from, _ := own(p.ImportPath)
		if _, listed := mayImport[from]; !listed && !strings.HasPrefix(from, "features/") {
			t.Errorf("%q stands on no floor: give it a line in mayImport", from)
		}
		for _, path := range p.Imports {
			if to, ours := own(path); ours && !allowed(from, to) {
				t.Errorf("%s imports %s", from, to)
			}
		}
	}
}

// Who may speak of the web, and who of SQL.
func TestRules_ComponentsKnowNoWebAndNoDatabase(t *testing.T) {
	fiber := []string{"app", "app/feature", "app/home", "app/session", "app/web"}
	bun := []string{"app", "app/apptest", "app/audit", "app/auth", "app/command", "app/data", "app/draft", "app/inbox", "app/legacy", "app/mail", "app/savedview", "app/search", "app/session", "app/setting", "schema"}
	for _, p := range packages(t) {
		from, _ := own(p.ImportPath)
		feature := strings.HasPrefix(from, "features/")
		for _, path := range p.Imports {
			if strings.HasPrefix(path, "github.com/gofiber/fiber") && !feature && !slices.Contains(fiber, from) && from != "app/bench" {
				t.Errorf("%s imports Fiber", from)
			}
			if path == "github.com/uptrace/bun" && !feature && !slices.Contains(bun, from) {
				t.Errorf("%s imports Bun", from)
			}
		}
	}
}

var routeName = regexp.MustCompile(`^[a-z]+(\.[a-z]+){2,5}$`)

func TestRules_RoutesAreNamedAndUnderDeclaredAccess(t *testing.T) {
	p := apptest.New(t, features.All...)
	for _, m := range p.Routes {
		if !routeName.MatchString(m.Name) {
			t.Errorf("%s %s: the name %q is not words with dots between", m.Method, m.Path, m.Name)
		}
		if m.Title == "" || strings.ToUpper(m.Title[:1]) != m.Title[:1] {
			t.Errorf("%s: the title %q begins with no capital", m.Name, m.Title)
		}
		if p.Gate.Access().Deciding(m.Name) == nil {
			t.Errorf("%s lies under no mapping of a new install", m.Name)
		}
		for part := range strings.SplitSeq(m.Path, "/") {
			if strings.HasPrefix(part, ":id") && part != ":id<int>" {
				t.Errorf("%s: %s takes more than numbers for an id", m.Name, m.Path)
			}
		}
	}
	if c := p.CheckRoutes(); len(c.Invalid)+len(c.Open) > 0 {
		t.Errorf("code and mappings of a new install do not fit: %+v", c)
	}
}

func TestRules_MenusAndPanelsLeadToReads(t *testing.T) {
	p := apptest.New(t, features.All...)
	for _, f := range p.Features() {
		var targets []string
		for _, n := range f.Nav {
			targets = append(targets, n.Route)
		}
		for _, x := range f.Panels {
			targets = append(targets, x.Route)
		}
		for _, name := range targets {
			found := false
			for _, r := range f.Routes {
				found = found || r.Name == name && r.Method == http.MethodGet && !strings.Contains(r.Path, ":")
			}
			if !found {
				t.Errorf("%s: a menu or panel leads to %s, which is no page without parameters", f.Name, name)
			}
		}
		for _, j := range f.Jobs {
			if j.Every <= 0 || j.Run == nil || !strings.HasPrefix(j.Name, f.Name+".") {
				t.Errorf("%s: the job %q has no interval, no work or another's name", f.Name, j.Name)
			}
		}
	}
}

var iconUsed = regexp.MustCompile(`\b(?:Icon|IconSmall)\("([a-z0-9-]+)"\)|\b[Ii]con: +"([a-z0-9-]+)"`)

// An icon that is not there is drawn as nothing, and nobody is told.
func TestRules_IconsAreThere(t *testing.T) {
	have := components.Icons()
	for _, dir := range []string{"home", "../components", "../features"} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
				return err
			}
			if !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ") {
				return nil
			}
			text, err := os.ReadFile(path)
			for _, m := range iconUsed.FindAllStringSubmatch(string(text), -1) {
				if name := m[1] + m[2]; !slices.Contains(have, name) {
					t.Errorf("%s: there is no icon %s; name it in assets/vendor/icons.txt and run assets/vendor/refresh.sh", path, name)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// .env.example lists every setting and what it is when left out.
func TestRules_EnvExampleIsWhole(t *testing.T) {
	raw, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && strings.HasPrefix(name, "#PORTAL_") {
			have[strings.TrimPrefix(name, "#PORTAL_")] = value
		}
	}
	for f := range fields(reflect.TypeFor[config.Config]()) {
		name := f.Tag.Get("env")
		value, there := have[name]
		if !there || value != f.Tag.Get("envDefault") {
			t.Errorf(".env.example: PORTAL_%s is %q (listed: %v), not %q", name, value, there, f.Tag.Get("envDefault"))
		}
		delete(have, name)
	}
	for name := range have {
		t.Errorf(".env.example: there is no setting PORTAL_%s", name)
	}
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); f.Tag.Get("env") != "" && !yield(f) {
				return
			}
		}
	}
}
