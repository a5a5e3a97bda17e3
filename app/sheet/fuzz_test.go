package sheet_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"portal/app/sheet"
)

// one is a table of one row.
func one(cells ...any) sheet.Table {
	sent := false
	t := sheet.Table{Name: "Table", Next: func() ([][]any, error) {
		if sent {
			return nil, nil
		}
		sent = true
		return [][]any{cells}, nil
	}}
	for range cells {
		t.Columns = append(t.Columns, sheet.Column{Title: "Column"})
	}
	return t
}

var odd = []string{"", "a", "=1+1", "'=1", "a,b;c\td", "\"q\"", "a\r\nb", "\ufeff", "+49", "-", "@x", "|x", "%x", "\r", "''=x", "=\xff", " =1", "\x00"}

func FuzzCSV_IsReadBackAndHoldsNoFormula(f *testing.F) {
	for _, s := range odd {
		f.Add(s, "x"+s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var out bytes.Buffer
		if err := sheet.CSV(&out, one(a, b, int64(5))); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 3 {
			t.Fatalf("%q, %q: %v, %v", a, b, rows, err)
		}
		for i, text := range []string{a, b} {
			cell := rows[1][i]
			if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
				t.Fatalf("%q stands as %q", text, cell)
			}
			// Of the ends of lines a writer of CSV keeps that there is one, and loses no more; the mark of a
			// text that began with half of one stays.
			if got := sheet.Text(cell); sheet.Cell(text) != text && text[0] != '\r' && ends(got) != ends(text) {
				t.Fatalf("%q stands as %q and is read as %q", text, cell, got)
			}
		}
	})
}

func ends(s string) string { return strings.ReplaceAll(s, "\r", "") }

func FuzzXLSX_IsReadBackAndHoldsNoFormula(f *testing.F) {
	for _, s := range odd {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, a string) {
		var out bytes.Buffer
		if err := sheet.XLSX(&out, one(a, "z")); err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatalf("%q makes a workbook that can't be opened: %v", a, err)
		}
		cell, err := file.GetCellValue("Table", "A2")
		if err != nil {
			t.Fatal(err)
		}
		formula, err := file.GetCellFormula("Table", "A2")
		if err != nil || formula != "" || cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
			t.Fatalf("%q stands as %q with the formula %q, %v", a, cell, formula, err)
		}
		if z, err := file.GetCellValue("Table", "B2"); err != nil || z != "z" {
			t.Fatalf("%q takes the next cell with it: %q, %v", a, z, err)
		}
	})
}
