// Package components is what pages are made of. It knows no database and no feature: it shows what it is given.
package components

import (
	"context"
	"crypto/rand"
	"fmt"
	"hash/fnv"
	"html"
	"strconv"
	"strings"
	"time"
	"unicode"

	"portal/assets"
)

// Env is what every component may need of a request.
type Env struct {
	Token string         // of forms
	Zone  *time.Location // that times are shown in
	Now   time.Time
	Heard int64 // when the request began, as the stream of changes counts: what changed later the page may not show
}

type envKey struct{}

// With puts the request's env into the context.
func With(ctx context.Context, e Env) context.Context { return context.WithValue(ctx, envKey{}, e) }

func env(ctx context.Context) Env {
	e, _ := ctx.Value(envKey{}).(Env)
	if e.Zone == nil {
		e.Zone = time.UTC
	}
	return e
}

// Mark stands at both ends of a hole's name in what is drawn to be shown again and again. It is another one in each
// process, so that no text can hold it: one that was imported, or written before, may well have a NUL.
var Mark = "\x00" + rand.Text() + "\x00"

// Hole is a place in such a piece that each answer fills with something of its own.
func Hole(name string) string { return Mark + name + Mark }

// The names of the holes: the token of forms, a number that each form has for itself alone, and the page's title.
const (
	tokenHole = "token"
	OnceHole  = "once"
	TitleHole = "title"
	heardHole = "heard"
)

// Once is a number for a form that makes something: sent twice, it makes one thing. In what is drawn to be shown again
// and again it is a hole.
func Once(ctx context.Context) string {
	if env(ctx).Token == Hole(tokenHole) {
		return Hole(OnceHole)
	}
	return rand.Text()
}

// Drawing is a context for what is drawn to be shown again and again: its forms have a hole for their token.
func Drawing(ctx context.Context) context.Context {
	e := env(ctx)
	e.Token = Hole(tokenHole)
	return With(ctx, e)
}

// Holes are what stands in the holes of one answer.
func Holes(ctx context.Context, title string) map[string]string {
	return map[string]string{tokenHole: env(ctx).Token, OnceHole: rand.Text(), TitleHole: html.EscapeString(title), heardHole: strconv.FormatInt(env(ctx).Heard, 10)}
}

// asset is the address of an embedded file.
func asset(name string) string { return assets.URL(name) }

// heard is what the page tells the stream of changes, so that what changed while it was drawn is not missed.
func heard(ctx context.Context) string {
	if env(ctx).Token == Hole(tokenHole) {
		return Hole(heardHole)
	}
	return strconv.FormatInt(env(ctx).Heard, 10)
}

// headers are what htmx sends with every request, as JSON.
func headers(ctx context.Context) string {
	return `{"X-CSRF-Token":"` + env(ctx).Token + `"}`
}

// htmxConfig tells htmx once how to read our answers. Other errors swap nothing, but the toast that
// comes with them still lands; a proxy's own error page has none, so it can't wreck the screen.
const htmxConfig = `{"historyRestoreAsHxRequest":false,"historyCacheSize":0,"allowEval":false,"allowScriptTags":false,` +
	`"selfRequestsOnly":true,"includeIndicatorStyles":false,"scrollIntoViewOnBoost":false,"defaultSettleDelay":0,"attributesToSettle":["class"],"responseHandling":[` +
	`{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"409|422","swap":true},` +
	`{"code":"[45]..","swap":true,"swapOverride":"none","error":true}]}`

// tones are the colours of the design system.
var tones = []string{
	"slate", "gray", "red", "orange", "amber", "yellow", "lime", "green", "teal", "cyan", "blue", "indigo", "violet", "purple", "pink",
}

// Tones are the names of the colours a status or a label may have.
func Tones() []string { return tones }

func tone(name string) string {
	for _, t := range tones {
		if t == name {
			return "tone-" + t
		}
	}
	return "tone-slate"
}

// toneOf is always the same colour for the same name.
func toneOf(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return "tone-" + tones[2+int(h.Sum32()%uint32(len(tones)-2))]
}

// initials are the first letters of the first and the last name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	if len(words) == 0 {
		return "?"
	}
	first := []rune(words[0])[:1]
	if len(words) > 1 {
		first = append(first, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(first))
}

// exact is a moment as people write it, with its zone.
func exact(ctx context.Context, t time.Time) string {
	return t.In(env(ctx).Zone).Format("Mon 2 Jan 2006, 15:04:05 MST")
}

// ago is a moment seen from now: relative for a week, then the day.
func ago(ctx context.Context, t time.Time) string {
	now := env(ctx).Now
	d := now.Sub(t)
	switch {
	case now.IsZero():
		return t.In(env(ctx).Zone).Format("2 Jan 2006, 15:04")
	case d < 0:
		return t.In(env(ctx).Zone).Format("2 Jan 2006, 15:04")
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min. ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d hr. ago", int(d.Hours()))
	case d < 7*24*time.Hour:
		return plural(int(d.Hours()/24), "day") + " ago"
	case t.In(env(ctx).Zone).Year() == now.In(env(ctx).Zone).Year():
		return t.In(env(ctx).Zone).Format("2 Jan")
	}
	return t.In(env(ctx).Zone).Format("2 Jan 2006")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// OrDash is a value as a table shows it: a dash for none.
func OrDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// Plural is a number with its noun: "1 task", "12 tasks".
func Plural(n int, word string) string { return plural(n, word) }

// Today is the viewer's calendar day, 2006-01-02.
func Today(ctx context.Context) string {
	return env(ctx).Now.In(env(ctx).Zone).Format("2006-01-02")
}

// ContactURL is where a support contact leads to, empty when it is only a text.
func ContactURL(contact string) string {
	switch {
	case strings.ContainsAny(contact, " <>\"'"):
		return ""
	case strings.HasPrefix(contact, "https://"), strings.HasPrefix(contact, "http://"):
		return contact
	case strings.Count(contact, "@") == 1 && !strings.HasPrefix(contact, "@") && !strings.HasSuffix(contact, "@"):
		return "mailto:" + contact
	}
	return ""
}
