package web

import (
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Link is the address at which Query reads this filter, a struct with `query` tags; what says nothing is left out.
// Pairs of name and value change some parameters. It is page 1 unless the page is one of them.
func Link(path string, filter any, pairs ...string) string {
	q := url.Values{}
	putFilter(q, reflect.ValueOf(filter))
	q.Del("page")
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	for name := range q {
		switch value := q.Get(name); {
		case value == "", name == "page" && value == "1", name == "size" && value == "25": // as data.List has them when nothing is said
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func putFilter(q url.Values, v reflect.Value) {
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Tag.Get("query")
		switch {
		case v.Type().Field(i).Anonymous:
			putFilter(q, f)
		case name == "" || f.IsZero():
		case f.CanInt():
			q.Set(name, strconv.FormatInt(f.Int(), 10))
		case f.Kind() == reflect.Bool:
			q.Set(name, "1")
		case f.Kind() == reflect.String:
			q.Set(name, f.String())
		}
	}
}

// Push tells the browser the address of what a fragment shows, so that Back and a reload lead to it. A page that only looks
// again since somebody else changed something stays where it is.
func Push(c *fiber.Ctx, to string) {
	if IsFragment(c) && c.Get("Portal-Live") == "" {
		c.Set("HX-Push-Url", to)
	}
}

// Local is next when it is an address of this portal, else fallback: nobody is led away by a link.
func Local(next, fallback string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\x00\t\r\n") {
		return fallback
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, "//") {
		return fallback
	}
	return u.RequestURI()
}

// PathOf is the path and query of an address of ours, empty when it can't be read.
func PathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	return u.RequestURI()
}
