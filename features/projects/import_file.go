package projects

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/sheet"
)

// importTable reads a file row by row.
type importTable interface {
	Next() ([]string, error) // io.EOF after the last row
	How() string             // how it is read, for people
	Sheets() []string        // of a workbook; nil for others
	Close()
}

// openTable recognises the file and opens it; name chooses the sheet of a workbook, empty for the first.
// Errors: fault.Invalid at the field "file", in words for who sent it.
func openTable(body []byte, name string) (importTable, error) {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, fault.Field("file", "The file is empty.")
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return openWorkbook(body, name)
	case bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0")):
		return nil, fault.Field("file", "This is an old or a locked Excel file. Save it as .xlsx without a password, or as CSV.")
	}
	return openCSV(body)
}

// csvTable is a CSV file.
type csvTable struct {
	rows *csv.Reader
	how  string
	line int      // that the next row stands on
	gap  int      // empty lines that are still to be given out: the reader skips them, a spreadsheet counts them
	held []string // the row behind them
}

func openCSV(body []byte) (importTable, error) {
	text, name := csvText(body)
	in := bufio.NewReaderSize(text, 64<<10)
	head, err := in.Peek(16 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fault.Field("file", "The file can't be read as text. Save it as CSV in UTF-8.").Because(err)
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return nil, fault.Field("file", "This is neither CSV nor an Excel workbook (.xlsx).")
	}
	comma := csvComma(string(head))
	if said, ok := strings.CutPrefix(string(head), "sep="); ok { // Excel's own way to say it
		comma, _ = utf8.DecodeRuneInString(said)
		if strings.ContainsRune("\"\r\n\x00\uFFFD", comma) {
			return nil, fault.Field("file", "The first line says “sep=” without a character that can stand between cells.")
		}
		if _, err := in.ReadString('\n'); err != nil {
			return nil, fault.Field("file", "The file has no rows.")
		}
	}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	words := map[rune]string{',': "commas", ';': "semicolons", '\t': "tabs", '|': "bars"}
	return &csvTable{rows: r, line: 1, how: "CSV, " + name + ", separated by " + known(words[comma], "“"+string(comma)+"”")}, nil
}

// csvText is the body as UTF-8, and what it is written in.
func csvText(body []byte) (io.Reader, string) {
	utf16 := func(order unicode.Endianness) io.Reader {
		return transform.NewReader(bytes.NewReader(body), unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	}
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return bytes.NewReader(body[3:]), "UTF-8"
	case bytes.HasPrefix(body, []byte("\xff\xfe")), zeroShare(body, 1) > 40 && zeroShare(body, 0) < 10:
		return utf16(unicode.LittleEndian), "UTF-16"
	case bytes.HasPrefix(body, []byte("\xfe\xff")), zeroShare(body, 0) > 40 && zeroShare(body, 1) < 10:
		return utf16(unicode.BigEndian), "UTF-16"
	case utf8.Valid(body):
		return bytes.NewReader(body), "UTF-8"
	}
	return transform.NewReader(bytes.NewReader(body), charmap.Windows1252.NewDecoder()), "Windows-1252"
}

// zeroShare is how many of a hundred of the first bytes at odd or even places are zero: half of those of UTF-16 are.
func zeroShare(body []byte, from int) int {
	n, all := 0, 0
	for i := from; i < min(len(body), 4096); i += 2 {
		all++
		if body[i] == 0 {
			n++
		}
	}
	if all == 0 {
		return 0
	}
	return n * 100 / all
}

// csvComma is what stands most often outside of quotes in the first line.
func csvComma(head string) rune {
	counts := map[rune]int{}
	quoted := false
	for _, r := range head {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '\n' && len(counts) > 0:
			return mostOf(counts)
		case strings.ContainsRune(",;\t|", r):
			counts[r]++
		}
	}
	return mostOf(counts)
}

func mostOf(counts map[rune]int) rune {
	best := ','
	for _, r := range []rune{',', ';', '\t', '|'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

func (t *csvTable) Next() ([]string, error) {
	if t.gap > 0 {
		t.gap--
		return nil, nil
	}
	if row := t.held; row != nil {
		t.held = nil
		return row, nil
	}
	row, err := t.rows.Read()
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return nil, fault.Field("file", "Line %d: a quotation mark stands where none may, or is not closed.", wrong.StartLine).Because(err)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	if err != nil {
		return nil, err
	}
	line, _ := t.rows.FieldPos(0)
	t.gap, t.line = line-t.line, line+1
	for i, cell := range row {
		t.line += strings.Count(cell, "\n")
		row[i] = sheet.Text(cell)
	}
	if t.gap > 0 {
		t.gap, t.held = t.gap-1, row
		return nil, nil
	}
	return row, nil
}

func (t *csvTable) How() string      { return t.how }
func (t *csvTable) Sheets() []string { return nil }
func (t *csvTable) Close()           {}

// lookAt reads the beginning of a file.
// Errors: fault.Invalid at the field "file".
func lookAt(body []byte, name string) (importPreview, error) {
	t, err := openTable(body, name)
	if err != nil {
		return importPreview{}, err
	}
	defer t.Close()
	p := importPreview{Sheets: t.Sheets(), How: t.How()}
	if p.Heads, _, err = importHeads(t); err != nil {
		return p, err
	}
	for len(p.Rows) < 3 {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, err
		}
		if blankRow(row) {
			continue
		}
		shown := make([]string, len(p.Heads))
		for i := range shown {
			if i < len(row) {
				shown[i] = data.Cut(strings.ToValidUTF8(strings.ReplaceAll(row[i], "\x00", ""), ""), 80)
			}
		}
		p.Rows = append(p.Rows, shown)
	}
	if len(p.Rows) == 0 {
		return p, fault.Field("file", "The file has column heads but no rows below them.")
	}
	return p, nil
}

// importHeads reads up to the row of column heads, the first that is not empty. It returns the row's number, 1 for the first.
func importHeads(t importTable) ([]string, int, error) {
	for n := 1; n <= 100; n++ {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, n, err
		}
		if blankRow(row) {
			continue
		}
		if len(row) > importColumns {
			return nil, n, fault.Field("file", "The file has more than %d columns. Delete those that are not needed.", importColumns)
		}
		all := make([]string, len(row))
		for i, h := range row {
			all[i] = data.Cut(strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(h, "\x00", ""), "")), 80)
		}
		return all, n, nil
	}
	return nil, 0, fault.Field("file", "The file has no row of column heads.")
}

func blankRow(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}
