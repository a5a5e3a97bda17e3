package admin

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/web"
)

// began is when this process started.
var began = time.Now()

// settingFact is one line of what is in force, or of the program.
type settingFact struct{ name, value, note string }

func (h settingHandlers) environment(c *fiber.Ctx) error {
	program, err := h.program(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Environment", Body: environmentPage(settingFacts(reflect.ValueOf(h.Config)), program)})
}

// settingSecret are the words by which a variable's name says that its value is nobody's business.
var settingSecret = []string{"SECRET", "PASSWORD", "TOKEN", "KEY"}

// settingFacts are the environment's settings in force; of secrets only whether there is one.
func settingFacts(c reflect.Value) []settingFact {
	var all []settingFact
	for i := range c.NumField() {
		f := c.Type().Field(i)
		name := f.Tag.Get("env")
		if name == "" || !f.IsExported() {
			continue
		}
		v := settingText(c.Field(i))
		for _, word := range settingSecret {
			if strings.Contains(name, word) && v != "" {
				v = "is set, and not shown"
			}
		}
		fact := settingFact{name: "PORTAL_" + name, value: maskURL(v)}
		if _, given := os.LookupEnv(fact.name); given {
			fact.note = "from the environment"
		}
		all = append(all, fact)
	}
	return all
}

func settingText(v reflect.Value) string {
	if words, ok := v.Interface().([]string); ok {
		return strings.Join(words, ", ")
	}
	return fmt.Sprint(v.Interface())
}

// maskURL hides the password of an address, also in one of several.
func maskURL(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	words := strings.Split(s, ", ")
	for i, w := range words {
		u, err := url.Parse(w)
		if err != nil {
			words[i] = "not shown, since it can't be read" // a password may be why
			continue
		}
		if _, has := u.User.Password(); has {
			u.User = url.User(u.User.Username())
			words[i] = strings.Replace(u.String(), "@", ":(not shown)@", 1)
		}
		if u.RawQuery != "" {
			words[i] = strings.Replace(words[i], u.RawQuery, "(not shown)", 1)
		}
	}
	return strings.Join(words, ", ")
}

// program is what runs here, and on what.
func (h settingHandlers) program(ctx context.Context) ([]settingFact, error) {
	version, built := "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				version += " (" + s.Value[:min(12, len(s.Value))] + ")"
			case "vcs.time":
				built = s.Value
			}
		}
	}
	name, size, err := h.database(ctx)
	if err != nil {
		return nil, err
	}
	return []settingFact{
		{name: "Version", value: version}, {name: "Source as of", value: built}, {name: "Go", value: runtime.Version() + " on " + runtime.GOOS + "/" + runtime.GOARCH},
		{name: "Up for", value: time.Since(began).Round(time.Second).String()}, {name: "Process", value: h.Node},
		{name: "Database", value: name}, {name: "Size of the database", value: sizeText(size)},
	}, nil
}
