// Package sheet keeps spreadsheets from taking the texts of a CSV file for formulas.
// https://owasp.org/www-community/attacks/CSV_Injection
package sheet

import "strings"

// begins are the characters that a cell with a formula may begin with.
const begins = "=+-@\t\r\n|%"

// Cell is the text as a cell that no spreadsheet takes for a formula: marked with an apostrophe when it looks like one.
func Cell(text string) string {
	if text != "" && strings.ContainsRune(begins, rune(text[0])) {
		return "'" + text
	}
	return text
}

// Text is what Cell has made a cell of; other cells are as they are.
func Text(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(begins, rune(cell[1])) {
		return cell[1:]
	}
	return cell
}
