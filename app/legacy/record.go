package legacy

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"portal/app/clock"
	"portal/app/data"
)

// Record is a row of an old table: its columns as they are stored. A column that is not there reads as NULL.
type Record map[string]any

// ID is the row's primary key, 0 when it has none.
func (r Record) ID() int64 { return r.Int("id") }

// Has reports whether the column is there and not NULL.
func (r Record) Has(column string) bool { return r[column] != nil }

// Int is a number, 0 for NULL or what is none.
func (r Record) Int(column string) int64 {
	switch v := r[column].(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	case bool:
		if v {
			return 1
		}
	case string, []byte:
		n, _ := strconv.ParseInt(strings.TrimSpace(r.Text(column)), 10, 64)
		return n
	}
	return 0
}

// Text is a text without NUL characters and broken UTF-8; empty for NULL.
func (r Record) Text(column string) string {
	var s string
	switch v := r[column].(type) {
	case nil:
		return ""
	case string:
		s = v
	case []byte:
		s = string(v)
	default:
		s = fmt.Sprint(v)
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// Line is a text of one line, without blanks around it.
func (r Record) Line(column string) string { return strings.Join(strings.Fields(r.Text(column)), " ") }

// Bytes are binary data, nil for NULL.
func (r Record) Bytes(column string) []byte {
	switch v := r[column].(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return nil
}

// Yes is a boolean that is usually false.
func (r Record) Yes(column string) bool { return r.Has(column) && r.truth(column) }

// YesUnless is a boolean that is true when nobody has said otherwise.
func (r Record) YesUnless(column string) bool { return !r.Has(column) || r.truth(column) }

func (r Record) truth(column string) bool {
	switch strings.ToLower(r.Text(column)) {
	case "", "0", "false", "f", "no", "n":
		return false
	}
	return true
}

// Time is an instant in UTC, to the microsecond; nil for NULL and for what is no time.
func (r Record) Time(column string) *time.Time {
	text := strings.Replace(strings.TrimSpace(r.Text(column)), "T", " ", 1)
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02", "2006-01-02 15:04:05.999999999Z07:00"} {
		t, err := time.Parse(layout, text)
		if err != nil || t.Year() < 1900 || t.Year() > 9999 {
			continue
		}
		t = t.UTC().Truncate(time.Microsecond)
		return &t
	}
	return nil
}

// Day is a calendar day; ok is false when something is written there that is no day.
func (r Record) Day(column string) (day clock.Day, ok bool) {
	text := strings.TrimSpace(r.Text(column))
	if text == "" {
		return "", true
	}
	day = clock.Day(data.Cut(text, len("2006-01-02")))
	if !day.Valid() {
		return "", false
	}
	return day, true
}
