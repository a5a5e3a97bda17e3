package sheet_test

import (
	"testing"

	"portal/app/sheet"
)

func TestCell_MarksFormulasAndTextTakesTheMarkOff(t *testing.T) {
	for text, cell := range map[string]string{
		"": "", "Ada": "Ada", "O'Hara": "O'Hara", "=1+1": "'=1+1", "+49 1": "'+49 1", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "|calc": "'|calc", "%0A": "'%0A", "Ü=": "Ü=",
	} {
		if got := sheet.Cell(text); got != cell {
			t.Errorf("%q becomes %q", text, got)
		}
		if got := sheet.Text(cell); got != text {
			t.Errorf("%q is read as %q", cell, got)
		}
	}
	if got := sheet.Text("'tis"); got != "'tis" {
		t.Errorf("'tis is read as %q", got)
	}
}
