package projects

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"portal/app/fault"
)

// The bounds of a workbook, which is a ZIP archive: what its own list of parts says is looked at before anything is
// unpacked, and Go's reader unpacks no more of a part than the list says.
const (
	bookParts    = 2000
	bookUnpacked = 400 << 20 // bytes of all parts
	bookStrings  = 100 << 20 // bytes of a part that is held in memory: texts, styles
	bookRatio    = 120       // unpacked to packed of parts over a megabyte; real sheets have 5 to 30
	bookMemory   = 8 << 20   // bytes of a sheet that are held in memory; larger ones are unpacked to a file
)

// bookTable is one sheet of an Excel workbook.
type bookTable struct {
	file   *excelize.File
	rows   *excelize.Rows
	sheets []string
	name   string
	read   int
}

// openWorkbook opens the sheet of that name, the first when it is empty. Formulas are read as the value that was saved with them.
// Errors: fault.Invalid at the field "file".
func openWorkbook(body []byte, name string) (importTable, error) {
	if err := boundBook(body); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{RawCellValue: true, UnzipSizeLimit: bookUnpacked, UnzipXMLSizeLimit: bookMemory})
	if err != nil {
		return nil, fault.Field("file", "The workbook can't be read. Save it anew as .xlsx, or as CSV.").Because(err)
	}
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		_ = f.Close() // nothing was written
		return nil, fault.Field("file", "The workbook has no sheet.")
	}
	if name == "" || !slices.Contains(sheets, name) {
		name = sheets[0]
	}
	rows, err := f.Rows(name)
	if err != nil {
		_ = f.Close()
		return nil, fault.Field("file", "The sheet “%s” can't be read. Save the workbook anew, or as CSV.", name).Because(err)
	}
	return &bookTable{f, rows, sheets[:min(len(sheets), 50)], name, 0}, nil
}

// boundBook refuses an archive that would unpack to more than a workbook has.
func boundBook(body []byte) error {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return fault.Field("file", "The workbook is damaged. Save it anew as .xlsx, or as CSV.").Because(err)
	}
	if len(z.File) > bookParts {
		return errBomb("it has more than %d parts", bookParts)
	}
	var unpacked uint64
	for _, part := range z.File {
		size := part.UncompressedSize64
		unpacked += size
		switch {
		case unpacked > bookUnpacked || size > bookUnpacked:
			return errBomb("unpacked it is larger than %d MB", bookUnpacked>>20)
		case size > 1<<20 && size/max(part.CompressedSize64, 1) > bookRatio:
			return errBomb("it holds the same thing over and over")
		case size > bookStrings && !bookSheet(part.Name):
			return errBomb("one of its parts is larger than %d MB", bookStrings>>20)
		}
	}
	return nil
}

func bookSheet(name string) bool {
	return len(name) > 14 && (name[:14] == "xl/worksheets/" || name == "xl/sharedStrings.xml")
}

func errBomb(why string, args ...any) error {
	return fault.Field("file", "This workbook is not read: %s. Save only what is needed, as CSV.", fmt.Sprintf(why, args...))
}

func (t *bookTable) Next() ([]string, error) {
	if !t.rows.Next() {
		if err := t.rows.Error(); err != nil && !errors.Is(err, io.EOF) {
			return nil, fault.Field("file", "The sheet “%s” can't be read to its end. Save the workbook anew, or as CSV.", t.name).Because(err)
		}
		return nil, io.EOF
	}
	t.read++
	row, err := t.rows.Columns()
	if err != nil {
		return nil, fault.Field("file", "Row %d of the sheet can't be read. Save the workbook anew, or as CSV.", t.read).Because(err)
	}
	return row, nil
}

func (t *bookTable) How() string      { return "Excel workbook, sheet “" + t.name + "”" }
func (t *bookTable) Sheets() []string { return t.sheets }

// Close removes what was unpacked to files.
func (t *bookTable) Close() {
	_ = t.rows.Close()
	_ = t.file.Close()
}
