package backup

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"
)

// A value is kept as what it is: NULL as null, a whole number as a number, a text as a string. What JSON has
// no word for is an object with one letter: {"t":…} an instant, {"b":…} bytes in base64, {"f":…} a fraction,
// {"x":…} a text that is no UTF-8, in base64.
type (
	instant struct {
		T string `json:"t"`
	}
	binary struct {
		B []byte `json:"b"`
	}
	fraction struct {
		F string `json:"f"`
	}
	oddText struct {
		X []byte `json:"x"`
	}
)

// lines writes rows, one a line.
type lines struct{ to *json.Encoder }

func newLines(to io.Writer) lines {
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	return lines{e}
}

func (l lines) write(row []any) error {
	all := make([]any, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case nil, int64:
			all[i] = v
		case string:
			if all[i] = v; !utf8.ValidString(v) {
				all[i] = oddText{[]byte(v)}
			}
		case []byte:
			all[i] = binary{v}
		case float64:
			all[i] = fraction{strconv.FormatFloat(v, 'g', -1, 64)}
		case time.Time:
			all[i] = instant{v.UTC().Format(time.RFC3339Nano)}
		default:
			return fmt.Errorf("a value is a %T, which a backup has no word for", v)
		}
	}
	return l.to.Encode(all)
}

// reader reads them back.
type reader struct{ from *json.Decoder }

func newReader(from io.Reader) reader {
	d := json.NewDecoder(from)
	d.UseNumber()
	return reader{d}
}

// next is the next row, of so many values: nil, int64, float64, string, []byte or time.Time.
// Errors: io.EOF after the last; a sentence when it is no row.
func (r reader) next(width int) ([]any, error) {
	var raw []json.RawMessage
	if err := r.from.Decode(&raw); err != nil {
		return nil, err
	}
	if len(raw) != width {
		return nil, fmt.Errorf("a row has %d values where %d belong", len(raw), width)
	}
	row := make([]any, width)
	for i, one := range raw {
		var err error
		if row[i], err = value(one); err != nil {
			return nil, err
		}
	}
	return row, nil
}

func value(raw json.RawMessage) (any, error) {
	switch raw[0] {
	case 'n':
		return nil, nil
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case '{':
		return tagged(raw)
	}
	return strconv.ParseInt(string(raw), 10, 64)
}

func tagged(raw json.RawMessage) (any, error) {
	var v struct {
		T, F *string
		B, X *[]byte
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	switch {
	case v.T != nil:
		return time.Parse(time.RFC3339Nano, *v.T)
	case v.F != nil:
		return strconv.ParseFloat(*v.F, 64)
	case v.B != nil:
		return *v.B, nil
	case v.X != nil:
		return string(*v.X), nil
	}
	return nil, fmt.Errorf("%s is no value of a backup", raw)
}
