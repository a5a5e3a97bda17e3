package projects

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"portal/app/fault"
)

// utf16Of is the text as programs on Windows write it.
func utf16Of(text string, big bool) string {
	var b bytes.Buffer
	for _, u := range utf16.Encode([]rune(text)) {
		lo, hi := byte(u), byte(u>>8)
		if big {
			lo, hi = hi, lo
		}
		b.Write([]byte{lo, hi})
	}
	return b.String()
}

func TestImport_RecognisesEncodingsAndSeparators(t *testing.T) {
	const plain = "Name;Größe\nKäse “rund”;1\n"
	for name, c := range map[string]struct{ body, how string }{
		"utf-8":            {plain, "CSV, UTF-8, separated by semicolons"},
		"utf-8 with mark":  {"\ufeff" + plain, "CSV, UTF-8, separated by semicolons"},
		"windows-1252":     {"Name;Gr\xf6\xdfe\nK\xe4se \x93rund\x94;1\n", "CSV, Windows-1252, separated by semicolons"},
		"utf-16 little":    {"\xff\xfe" + utf16Of(plain, false), "CSV, UTF-16, separated by semicolons"},
		"utf-16 big":       {"\xfe\xff" + utf16Of(plain, true), "CSV, UTF-16, separated by semicolons"},
		"utf-16 unmarked":  {utf16Of(plain, false), "CSV, UTF-16, separated by semicolons"},
		"tabs":             {strings.ReplaceAll(plain, ";", "\t"), "CSV, UTF-8, separated by tabs"},
		"commas":           {"Name,Größe\n\"Käse “rund”\",1\n", "CSV, UTF-8, separated by commas"},
		"commas in quotes": {"Name;Größe\n\"Käse “rund”\";1\n", "CSV, UTF-8, separated by semicolons"},
		"said by excel":    {"sep=;\r\n" + strings.ReplaceAll(plain, "\n", "\r\n"), "CSV, UTF-8, separated by semicolons"},
		"lines before":     {"\n;\n" + plain, "CSV, UTF-8, separated by semicolons"},
	} {
		p, err := lookAt([]byte(c.body), "")
		if err != nil || p.How != c.how || fmt.Sprint(p.Heads, p.Rows) != "[Name Größe] [[Käse “rund” 1]]" {
			t.Errorf("%s: %s %v %v %v", name, p.How, p.Heads, p.Rows, err)
		}
	}
}

func TestImport_RefusesWhatIsNoTable(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"nothing": {"", "The file is empty."}, "blank": {" \n\t", "The file is empty."}, "heads alone": {"Name;Status\n", "no rows below"},
		"old excel": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or a locked Excel file"}, "pdf": {"%PDF-1.7\n\x00\x01", "neither CSV nor"},
		"says no separator": {"sep=\nName\nx", "sep="}, "says a quotation mark": {"sep=\"\nName\nx", "sep="},
		"open quote": {"Name\n\"never closed\nand on\n", "Line 2: a quotation mark"}, "broken zip": {"PK\x03\x04rubbish", "The workbook is damaged."},
		"many columns": {strings.Repeat("x,", 101) + "\n1\n", "more than 100 columns"},
	} {
		_, err := lookAt([]byte(c.body), "")
		if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Of(err).Fields["file"], c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestImport_ReadsDays(t *testing.T) {
	for _, c := range []struct{ text, days, want string }{
		{"2026-11-23", "", "2026-11-23"}, {"2026-11-23T23:59:00Z", "", "2026-11-23"}, {"2026-11-23 08:00", "", "2026-11-23"}, {"2026/1/5", "", "2026-01-05"},
		{"23.11.2026", "", "2026-11-23"}, {"3. 1. 26", "", "2026-01-03"}, {"3/4/2026", daysFirst, "2026-04-03"}, {"3/4/2026", monthsFirst, "2026-03-04"},
		{"12/24/2026", monthsFirst, "2026-12-24"}, {"46349", "", "2026-11-23"}, {"46349.75", "", "2026-11-23"}, {"29.02.2028", "", "2028-02-29"},
	} {
		if got, said := importDay(c.text, c.days); said != "" || string(got) != c.want {
			t.Errorf("%q: %s %s", c.text, got, said)
		}
	}
	for text, says := range map[string]string{
		"9999-12-31": "year 9999", "31.12.9999": "year 9999", "1899-01-01": "year 1899", "2026-02-30": "no day", "31.11.2026": "no day", "12/24/2026": "no day",
		"2027-02-29": "no day", "soon": "not a day", "1e9": "not a day", "999999999": "not a day", "9999999": "not a day", "2958465": "not a day", "0000-01-01": "year 0", "-5": "not a day",
	} {
		if got, said := importDay(text, daysFirst); got != "" || !strings.Contains(said, says) {
			t.Errorf("%q: %s %s", text, got, said)
		}
	}
}

func TestImport_ReadsEstimates(t *testing.T) {
	for text, want := range map[string]int64{"2h 30m": 150, "90m": 90, "3d": 1440, "1.5 h": 90, "1,5h": 90, "2": 120, "1w": 2400, "2 Tage": 960, "0": 0} {
		if got, ok := importMinutes(text); !ok || got != want {
			t.Errorf("%s: %d %v", text, got, ok)
		}
	}
	for _, text := range []string{"many", "-1h", "1h-", "5 parsecs", "999999w", "1e3"} {
		if got, ok := importMinutes(text); ok {
			t.Errorf("%s is taken for %d", text, got)
		}
	}
}

func TestImport_GuessesColumns(t *testing.T) {
	got := fmt.Sprint(guessedFields([]string{"Key", "Name*", "Prio", "Zuständig", "Fällig am", "Tags", "Part of", "Something", "Title", "Completed"}))
	if got != "[key name priority assignee due_on labels parent   done]" {
		t.Error(got)
	}
}

// book is a workbook of these rows; the cell of that name, if any, holds a formula with the value that it has.
func book(t *testing.T, formula string, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("Second"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("Second", "A1", &[]any{"Title"}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("Second", "A2", &[]any{"Of the second"}); err != nil {
		t.Fatal(err)
	}
	if formula != "" {
		if err := f.SetCellFormula("Sheet1", formula, "1+1"); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestImport_ReadsWorkbooks(t *testing.T) {
	body := book(t, "C2", []any{"Name", "Due", "Estimate"}, []any{"Order cable", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), 3}, []any{"Third", nil, 4})
	p, err := lookAt([]byte(body), "")
	if err != nil || fmt.Sprint(p.Sheets, p.Heads, p.Rows) != "[Sheet1 Second] [Name Due Estimate] [[Order cable 46349 3] [Third  4]]" { // 3 was saved, 1+1 is not computed
		t.Errorf("%v %v %v %v", p.Sheets, p.Heads, p.Rows, err)
	}
	if p, err = lookAt([]byte(body), "Second"); err != nil || fmt.Sprint(p.Heads, p.Rows) != "[Title] [[Of the second]]" {
		t.Errorf("%v %v %v", p.Heads, p.Rows, err)
	}
}

// bomb is an archive of parts that unpack to that many megabytes of zeros each: the same packed megabyte over and over.
func bomb(t *testing.T, parts int, name string, megabytes int) []byte {
	t.Helper()
	var one, b bytes.Buffer
	w, err := flate.NewWriter(&one, flate.BestCompression)
	if err == nil {
		_, err = w.Write(make([]byte, 1<<20))
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	packed := append(bytes.Repeat(one.Bytes(), megabytes), 3, 0) // an empty last block
	z := zip.NewWriter(&b)
	for i := range parts {
		h := zip.FileHeader{Name: fmt.Sprintf(name, i), Method: zip.Deflate, UncompressedSize64: uint64(megabytes) << 20, CompressedSize64: uint64(len(packed))}
		w, err := z.CreateRaw(&h)
		if err == nil {
			_, err = w.Write(packed)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lying is an archive whose list says that a part is small.
func lying(t *testing.T) []byte {
	t.Helper()
	var part, b bytes.Buffer
	z := zip.NewWriter(&part)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err == nil {
		_, err = w.Write(make([]byte, 8<<20))
	}
	if err == nil {
		err = z.Close()
	}
	r, readErr := zip.NewReader(bytes.NewReader(part.Bytes()), int64(part.Len()))
	if err = errors.Join(err, readErr); err != nil {
		t.Fatal(err)
	}
	raw, err := r.File[0].OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	h := r.File[0].FileHeader
	h.UncompressedSize64 = 1000
	z = zip.NewWriter(&b)
	if w, err = z.CreateRaw(&h); err == nil {
		_, err = io.Copy(w, raw)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestS56_ZipBombsAreRefusedBeforeTheyUnpack(t *testing.T) {
	for name, body := range map[string][]byte{
		"a gigabyte of zeros": bomb(t, 1, "xl/worksheets/sheet%d.xml", 1024), "many of them": bomb(t, 10, "xl/worksheets/sheet%d.xml", 30),
		"100,000 parts": bomb(t, 100_000, "xl/part%d.xml", 0), "texts": bomb(t, 1, "xl/sharedStrings%d.xml", 50), "a list that lies": lying(t),
	} {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := lookAt(body, "")
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if allocated := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 20*time.Second || allocated > 100 { // tenths of a second on a machine that does nothing else
			t.Errorf("%s: refused after %v and %d MB", name, took, allocated)
		}
	}
}
