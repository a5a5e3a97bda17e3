package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Table is what a file is written of: a heading, and rows in slices, so that no file is held in memory as a whole.
type Table struct {
	Name    string // of the sheet
	Columns []Column
	Next    func() ([][]any, error) // the next rows, each as wide as Columns; none at the end. Cells are string, Day, time.Time, int64, float64 or nil
}

// Column is a column's heading.
type Column struct {
	Title string
	Width float64 // in characters, of a sheet; 0 for the usual
}

// Day is a calendar day, 2006-01-02; empty for none.
type Day string

// mark begins a CSV: spreadsheets read the rest as UTF-8 then.
const mark = "\ufeff"

// CSV writes the table as RFC 4180 has it. Texts that a spreadsheet would take for formulas are marked; times stand as they
// are in their zone.
func CSV(to io.Writer, t Table) error {
	if _, err := io.WriteString(to, mark); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	w.UseCRLF = true
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = Cell(c.Title)
	}
	if err := w.Write(line); err != nil {
		return err
	}
	for {
		rows, err := t.Next()
		if err != nil {
			_ = w.Write([]string{"The rest could not be read; please try again."})
			w.Flush()
			return err
		}
		for _, r := range rows {
			for i, cell := range r {
				line[i] = text(cell)
			}
			if err := w.Write(line[:len(r)]); err != nil {
				return err
			}
		}
		if w.Flush(); w.Error() != nil || len(rows) == 0 {
			return w.Error()
		}
	}
}

// text is a cell as a CSV has it.
func text(cell any) string {
	switch v := cell.(type) {
	case string:
		return Cell(v)
	case Day:
		return string(v)
	case time.Time:
		return v.Format("2006-01-02 15:04")
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// longest is how many characters a cell of a sheet may hold.
// https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
const longest = 32_767

// XLSX writes the table as a workbook of one sheet, with days and times as such. Rows go through a temporary file when
// they are many; only the packed file is held in memory.
func XLSX(to io.Writer, t Table) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetSheetName("Sheet1", t.Name); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	s, err := stylesOf(f)
	if err != nil {
		return err
	}
	if err := head(w, t, s); err != nil {
		return err
	}
	for at := 2; ; {
		rows, err := t.Next()
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			cells := make([]any, len(r))
			for i, cell := range r {
				cells[i] = s.cell(cell)
			}
			if err := w.SetRow("A"+strconv.Itoa(at), cells); err != nil {
				return fmt.Errorf("write row %d: %w", at, err)
			}
			at++
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = f.WriteTo(to)
	return err
}

func head(w *excelize.StreamWriter, t Table, s styles) error {
	cells := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		if c.Width > 0 {
			if err := w.SetColWidth(i+1, i+1, c.Width); err != nil {
				return err
			}
		}
		cells[i] = excelize.Cell{StyleID: s.head, Value: Cell(c.Title)}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return w.SetRow("A1", cells)
}

// styles are the numbers of a workbook's styles.
type styles struct{ head, day, time int }

func stylesOf(f *excelize.File) (styles, error) {
	var s styles
	day, moment := "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
	for _, one := range []struct {
		to *int
		as excelize.Style
	}{
		{&s.head, excelize.Style{Font: &excelize.Font{Bold: true}}}, {&s.day, excelize.Style{CustomNumFmt: &day}}, {&s.time, excelize.Style{CustomNumFmt: &moment}},
	} {
		n, err := f.NewStyle(&one.as)
		if err != nil {
			return s, err
		}
		*one.to = n
	}
	return s, nil
}

// cell is a value as a sheet has it.
func (s styles) cell(value any) any {
	switch v := value.(type) {
	case string:
		return cut(Cell(v))
	case Day:
		if at, err := time.Parse(time.DateOnly, string(v)); err == nil {
			return excelize.Cell{StyleID: s.day, Value: at}
		}
		return string(v)
	case time.Time:
		return excelize.Cell{StyleID: s.time, Value: v}
	}
	return value
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	return string([]rune(s)[:longest])
}
