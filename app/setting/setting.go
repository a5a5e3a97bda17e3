// Package setting holds what administrators set while the portal runs: each setting has a type, a default and bounds,
// and is in force at the next request in every process.
package setting

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portal/app/fault"
)

// Kind is the sort of a setting's value, and so of its field.
type Kind string

// The kinds.
const (
	KindText   Kind = "text"   // one line
	KindLines  Kind = "lines"  // several lines
	KindNumber Kind = "number" // a whole number
	KindSwitch Kind = "switch" // on or off
)

// Setting is one setting, as the settings page shows it. Values are kept as texts; a switch is "on" or "off".
type Setting struct {
	Name    string // "portal.name"
	Title   string // "Name of the portal"
	Help    string // what it does, and what its bounds mean
	Where   string // where it is used
	Kind    Kind
	Default string
	Min     int // of a number
	Max     int // of a number; of a text, characters
	Unit    string
	check   func(string) string // says in a sentence what is wrong; nil for nothing more than the bounds
}

// registry are all settings, in the order of the page.
var registry []*Setting

// All are all settings, in the order in which they were declared.
func All() []*Setting { return registry }

// Named is the setting of that name, nil when there is none.
func Named(name string) *Setting {
	i := slices.IndexFunc(registry, func(s *Setting) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return registry[i]
}

func declare(s Setting) *Setting {
	if Named(s.Name) != nil {
		panic("setting: two are named " + s.Name) // a slip of the pen, found at the first start
	}
	registry = append(registry, &s)
	return &s
}

// Text is a setting of one line or several.
type Text struct{ *Setting }

// NewText declares a setting of one line of at most max characters.
func NewText(name, otherwise string, most int, title, help, where string) Text {
	return Text{declare(Setting{Name: name, Kind: KindText, Default: otherwise, Max: most, Title: title, Help: help, Where: where})}
}

// NewLines declares a setting of several lines, of at most max characters together.
func NewLines(name, otherwise string, most int, title, help, where string) Text {
	return Text{declare(Setting{Name: name, Kind: KindLines, Default: otherwise, Max: most, Title: title, Help: help, Where: where})}
}

// Of is the value in force.
func (t Text) Of(s *Store) string { return s.value(t.Setting) }

// checked gives the setting a further check.
func (t Text) checked(check func(string) string) Text {
	t.check = check
	return t
}

// Number is a setting that is a whole number.
type Number struct{ *Setting }

// NewNumber declares a number from least to most, in that unit.
func NewNumber(name string, otherwise, least, most int, unit, title, help, where string) Number {
	return Number{declare(Setting{
		Name: name, Kind: KindNumber, Default: strconv.Itoa(otherwise), Min: least, Max: most, Unit: unit, Title: title, Help: help, Where: where,
	})}
}

// Of is the value in force.
func (n Number) Of(s *Store) int {
	v, _ := strconv.Atoi(s.value(n.Setting)) // it was checked when it was set
	return v
}

// Switch is a setting that is on or off.
type Switch struct{ *Setting }

// NewSwitch declares a switch; otherwise is On or Off.
func NewSwitch(name, otherwise, title, help, where string) Switch {
	return Switch{declare(Setting{Name: name, Kind: KindSwitch, Default: otherwise, Title: title, Help: help, Where: where})}
}

// The values of a switch.
const (
	On  = "on"
	Off = "off"
)

// Of reports whether it is on.
func (w Switch) Of(s *Store) bool { return s.value(w.Setting) == On }

// Check brings a value into the shape it is kept in.
// Errors: fault.Invalid at the field value.
func (s *Setting) Check(value string) (string, error) {
	value = strings.TrimSpace(value)
	switch s.Kind {
	case KindNumber:
		n, err := strconv.Atoi(value)
		if err != nil || n < s.Min || n > s.Max {
			return value, fault.Field("value", "Write a whole number from %d to %d.", s.Min, s.Max)
		}
		value = strconv.Itoa(n)
	case KindSwitch:
		if value != On && value != Off {
			return value, fault.Field("value", "Choose on or off.")
		}
	default:
		if s.Kind == KindText && strings.ContainsAny(value, "\r\n") {
			return value, fault.Field("value", "Write one line.")
		}
		if n := utf8.RuneCountInString(value); n > s.Max {
			return value, fault.Field("value", "At most %d characters; these are %d.", s.Max, n)
		}
	}
	if s.check != nil {
		if said := s.check(value); said != "" {
			return value, fault.Field("value", "%s", said)
		}
	}
	return value, nil
}

// Shown is a value as a person reads it.
func (s *Setting) Shown(value string) string {
	switch {
	case s.Kind == KindNumber && s.Unit != "":
		return value + " " + s.Unit
	case value == "":
		return "nothing"
	}
	return value
}

func knownZone(name string) string {
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return fmt.Sprintf("There is no time zone %q; write one such as Europe/Berlin or UTC.", name)
	}
	return ""
}
