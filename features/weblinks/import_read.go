package weblinks

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/charmap"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/sheet"
)

// importRow is a link of a file, and where it stands there.
type importRow struct {
	plainLink
	Place int // its line in a CSV, counted with the heading; else its number among the links of the file
}

// readImport reads a file of links: a CSV, a browser's bookmarks or JSON. What the file is, its content decides.
// Errors: fault.Invalid at the field file.
func readImport(raw []byte) ([]importRow, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(raw, 0) >= 0 {
		return nil, fault.Field("file", "This is no text file. A CSV, the bookmarks of a browser (HTML) or JSON can be imported.")
	}
	if !utf8.Valid(raw) { // spreadsheets of old save in this
		raw, _ = charmap.Windows1252.NewDecoder().Bytes(raw) // it knows a character for every byte
	}
	head := bytes.TrimSpace(raw)
	var rows []importRow
	var err error
	switch {
	case len(head) == 0:
		return nil, fault.Field("file", "The file is empty.")
	case head[0] == '[' || head[0] == '{':
		rows, err = readJSON(head)
	case head[0] == '<':
		rows, err = readBookmarks(raw)
	default:
		rows, err = readCSV(raw)
	}
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, fault.Field("file", "There is no link in the file.")
	case len(rows) > exportMost:
		return nil, fault.Field("file", "The file has %d links; at most %d go at once.", len(rows), exportMost)
	}
	return rows, nil
}

func readJSON(raw []byte) ([]importRow, error) {
	var links []plainLink
	if err := json.Unmarshal(raw, &links); err != nil {
		return nil, fault.Field("file", "The JSON can't be read: it is a list of objects with url, name, category, tags, notes and icon.").Because(err)
	}
	rows := make([]importRow, len(links))
	for i, l := range links {
		rows[i] = importRow{l, i + 1}
	}
	return rows, nil
}

// columnNames are what the columns of a CSV may be called.
var columnNames = map[string]string{
	"url": "url", "address": "url", "link": "url", "friendly name": "name", "name": "name", "title": "name", "category": "category", "folder": "category", "tags": "tags", "notes": "notes", "icon": "icon",
}

func readCSV(raw []byte) ([]importRow, error) {
	first, _, _ := bytes.Cut(raw, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for _, comma := range []rune{';', '\t'} {
		if bytes.Count(first, []byte(string(comma))) > bytes.Count(first, []byte(string(r.Comma))) {
			r.Comma = comma
		}
	}
	head, err := r.Read()
	if err != nil {
		return nil, fault.Field("file", "The first line can't be read.").Because(err)
	}
	at := map[string]int{}
	for i, h := range head {
		if name := columnNames[data.Fold(sheet.Text(h))]; name != "" {
			if _, twice := at[name]; !twice {
				at[name] = i
			}
		}
	}
	if _, ok := at["url"]; !ok {
		return nil, fault.Field("file", "The first line has no column URL. It names the columns: %s.", strings.Join(heads, ", "))
	}
	var rows []importRow
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fault.Field("file", "A line can't be read: %s.", err.Error()).Because(err)
		}
		cell := func(name string) string {
			if i, ok := at[name]; ok && i < len(line) {
				return sheet.Text(line[i])
			}
			return ""
		}
		place, _ := r.FieldPos(0)
		l := plainLink{URL: cell("url"), Name: cell("name"), Category: cell("category"), Notes: cell("notes"), Icon: cell("icon")}
		if tags := cell("tags"); tags != "" {
			l.Tags = []string{tags}
		}
		if l.URL != "" || l.Name != "" || l.Notes != "" {
			rows = append(rows, importRow{l, place})
		}
		if len(rows) > exportMost {
			return rows, nil
		}
	}
}

// readBookmarks reads the bookmarks of Firefox, Chrome and their kin: a link's category is the folder it lies in.
func readBookmarks(raw []byte) ([]importRow, error) {
	var rows []importRow
	var folders []string
	var into *string // where text goes
	folder, note := "", ""
	about := false // what is said next is about a link, not a folder
	root := false  // the folder that was named last is the browser's own
	z := html.NewTokenizer(bytes.NewReader(raw))
	end := func() { // of what was said below a link
		if note = strings.TrimSpace(html.UnescapeString(note)); note != "" && len(rows) > 0 {
			rows[len(rows)-1].Notes = note
		}
		note = ""
	}
	for {
		switch z.Next() {
		case html.ErrorToken:
			end()
			if !errors.Is(z.Err(), io.EOF) {
				return nil, fault.Field("file", "The bookmarks can't be read.").Because(z.Err())
			}
			return rows, nil
		case html.TextToken:
			if into != nil {
				*into += string(z.Raw()) // entities are resolved once all of it is there
			}
		case html.StartTagToken:
			t := z.Token()
			switch t.Data {
			case "h3", "a", "dt", "dl":
				end()
			}
			switch t.Data {
			case "h3":
				folder, into, about, root = "", &folder, false, attribute(t, "personal_toolbar_folder") != "" || attribute(t, "unfiled_bookmarks_folder") != ""
			case "dl":
				name := html.UnescapeString(folder)
				if root {
					name = ""
				}
				folders, folder, root, into = append(folders, oneLine(name)), "", false, nil
			case "a":
				row := importRow{plainLink{URL: attribute(t, "href")}, len(rows) + 1}
				if n := len(folders); n > 0 {
					row.Category = folders[n-1]
				}
				if tags := attribute(t, "tags"); tags != "" {
					row.Tags = []string{tags}
				}
				rows = append(rows, row)
				into, about = &rows[len(rows)-1].Name, true
				if len(rows) > exportMost {
					return rows, nil
				}
			case "dd":
				if note, into = "", nil; about {
					into = &note
				}
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "a":
				if n := len(rows); n > 0 && into == &rows[n-1].Name {
					rows[n-1].Name = html.UnescapeString(rows[n-1].Name)
				}
				into = nil
			case "h3":
				into = nil
			case "dl":
				end()
				into = nil
				if len(folders) > 0 {
					folders = folders[:len(folders)-1]
				}
			}
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
