package weblinks

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

// sendFile posts a file to the import.
func (w *world) sendFile(b *apptest.Browser, file string, pairs ...string) apptest.Answer {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		_ = m.WriteField(pairs[i], pairs[i+1])
	}
	_ = m.WriteField("_csrf", b.Token())
	part, err := m.CreateFormFile("file", "links.csv")
	if err != nil {
		w.t.Fatal(err)
	}
	_, _ = part.Write([]byte(file))
	_ = m.Close()
	return b.Do(apptest.Request{Method: "POST", Path: "/weblinks/import", Body: body.String(), Header: http.Header{"Content-Type": {m.FormDataContentType()}}})
}

const firefox = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<!-- This is an automatically generated file.
     It will be read and overwritten.
     DO NOT EDIT! -->
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'none'; img-src data: *; object-src 'none'"></meta>
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks Menu</H1>

<DL><p>
    <DT><A HREF="place:sort=8&amp;maxResults=10" LAST_MODIFIED="1">Most Visited</A>
    <DT><H3 ADD_DATE="1" LAST_MODIFIED="2">Racks &amp; power</H3>
    <DD>About the folder
    <DL><p>
        <DT><A HREF="https://a.example/?x=1&amp;y=2" ADD_DATE="1700000000" ICON_URI="fake" ICON="data:image/png;base64,AAAA" SHORTCUTURL="k" TAGS="power,hall b">A &lt;b&gt;</A>
        <DD>A note of it
        <DT><H3>Deep</H3>
        <DL><p>
            <DT><A HREF="https://deep.example/">Deep one</A>
        </DL><p>
        <HR>
        <DT><A HREF="javascript:alert(1)">Bookmarklet</A>
    </DL><p>
    <DT><H3 ADD_DATE="1" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks Toolbar</H3>
    <DL><p>
        <DT><A HREF="https://bar.example/"></A>
    </DL><p>
</DL>
`

const chrome = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1" LAST_MODIFIED="2" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks bar</H3>
    <DL><p>
        <DT><A HREF="https://c.example/" ADD_DATE="1700000000" ICON="data:image/png;base64,AAAA">C</A>
        <DT><H3>Vendors</H3>
        <DL><p>
            <DT><A HREF="https://d.example/">D ümlaut</A>
        </DL><p>
    </DL><p>
</DL><p>
`

func TestImport_ReadsBookmarksOfBrowsers(t *testing.T) {
	said := func(raw string) string {
		rows, err := readImport([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, r := range rows {
			all = append(all, fmt.Sprintf("%d|%s|%s|%s|%s|%s", r.Place, r.URL, r.Name, r.Category, strings.Join(r.Tags, ";"), r.Notes))
		}
		return strings.Join(all, "\n")
	}
	want := "1|place:sort=8&maxResults=10|Most Visited|||\n2|https://a.example/?x=1&y=2|A <b>|Racks & power|power,hall b|A note of it\n3|https://deep.example/|Deep one|Deep||\n" +
		"4|javascript:alert(1)|Bookmarklet|Racks & power||\n5|https://bar.example/||||"
	if got := said(firefox); got != want {
		t.Errorf("Firefox:\n%s", got)
	}
	if got := said(chrome); got != "1|https://c.example/|C|||\n2|https://d.example/|D ümlaut|Vendors||" {
		t.Errorf("Chrome:\n%s", got)
	}
}

func TestImport_LooksFirstThenAddsAllThatIsRight(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example/?y=2&x=1", Name: "Here already", Tags: "old"})
	w.Untouched(func() {
		w.sendFile(w.mia, firefox, "do", "look", "same", "merge").Want(http.StatusOK, "would give", "2 new links", "1 merged", "2 left out", "takes category, notes, tags", "begin with javascript:")
	})
	w.sendFile(w.mia, firefox, "do", "import", "same", "merge").Want(http.StatusOK, "Imported", "2 new links", "1 merged")
	if w.Count("links") != 3 || w.Count("links", "name = 'Here already' AND notes = 'A note of it' AND category_id IS NOT NULL") != 1 || w.Count("link_tag_links") != 3 {
		t.Error("not all of it is there")
	}
	w.mia.Get("/weblinks?view=table").Want(http.StatusOK, "Deep one", "bar.example", "hall b, old, power")
	w.mia.Get("/weblinks/2").Want(http.StatusOK, "imported the link")
	w.Untouched(func() {
		w.sendFile(w.mia, firefox, "do", "import", "same", "merge").Want(http.StatusOK, "0 new links", "0 merged", "3 there already")
	})
	reader := w.As("Ada Auditor", "auditor")
	w.Untouched(func() { w.sendFile(reader, chrome, "do", "import").Want(http.StatusForbidden) })
}

func TestImport_ReadsCSVOfAnySort(t *testing.T) {
	w := open(t)
	w.sendFile(w.mia, "url;FRIENDLY name;Category;tags\r\nhttps://k.example;K\xf6ln;B\xfcro;a, b\r\n\r\nnonsense;x\r\n'=1+1;y\r\nhttps://k.example/;again\r\n", "do", "import").
		Want(http.StatusOK, "1 new link", "1 there already", "2 left out", "the same address stands in 2")
	if w.Count("links", "name = 'Köln'") != 1 || w.Count("link_categories", "name = 'Büro'") != 1 {
		t.Error("Latin-1 is read otherwise")
	}
	for file, said := range map[string]string{
		"Name,Place\nA,B\n": "has no column URL", "": "Choose a file", " \n": "is empty", "URL\n": "no link", "\x00\x01PK": "no text file", "[{\"url\":1}]": "JSON can&#39;t be read", "{": "JSON can&#39;t be read", "<html>": "no link",
	} {
		w.Untouched(func() { w.sendFile(w.mia, file, "do", "import").Want(http.StatusUnprocessableEntity, said) })
	}
}

func TestExport_ImportedAgainChangesNothing(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example/?a=1&b=\"2\"", Name: "=HYPERLINK(1)", Notes: "Line one\nline \"two\", <b>", Category: "@shelf", Tags: "-minus, x & y", Icon: "book", Pinned: true})
	w.add("Mia Miller", linkForm{URL: "mailto:a@example.org", Name: "Mail"})
	w.add("Mia Miller", linkForm{URL: "https://own.example", Name: "Own", SeenBy: seenByMe})
	w.mia.Post("/weblinks/2/delete", nil)
	w.mia.Post("/weblinks/2/restore", nil)
	for _, kind := range []string{"csv", "json", "html"} {
		file := w.mia.Post("/weblinks/export?format="+kind, nil).Want(http.StatusOK, "https://own.example").Body
		if kind == "csv" && (!strings.Contains(file, "URL,Friendly Name,Category,Tags,Notes,Icon") || !strings.Contains(file, "'=HYPERLINK") || !strings.Contains(file, "'@shelf")) {
			t.Errorf("the file is\n%s", file)
		}
		w.Untouched(func() {
			w.sendFile(w.mia, file, "do", "import", "same", "merge").Want(http.StatusOK, "0 new links", "0 merged", "3 there already", "0 left out")
		})
		if other := w.otto.Post("/weblinks/export?format="+kind, nil).Want(http.StatusOK).Body; strings.Contains(other, "own.example") {
			t.Errorf("%s shows what is another's", kind)
		}
		w.Exec("DELETE FROM links")
		w.sendFile(w.mia, file, "do", "import").Want(http.StatusOK, "3 new links")
		if n := w.Count("links", "name = '=HYPERLINK(1)' AND category_id IS NOT NULL AND seen_by = 'everyone'"); n != 1 {
			t.Errorf("%s came back otherwise", kind)
		}
		w.Exec("UPDATE links SET seen_by = 'me', owner_id = (SELECT id FROM users WHERE name = 'Mia Miller') WHERE name = 'Own'")
		if kind == "csv" && w.Count("links", "icon = 'book'") != 1 {
			t.Error("the icon is lost")
		}
	}
	w.mia.Post("/weblinks/export?format=xlsx&q=mail", nil).Want(http.StatusOK)
	w.refused(w.mia, "/weblinks/export?format=exe", http.StatusUnprocessableEntity)
}

// A file of thousands is taken, and one of more than fifty thousand refused. The figures of the README are of fifty thousand:
// PORTAL_TEST_SPEED=1 go test ./features/weblinks -run ManyLinks -v
func TestImport_TakesManyLinks(t *testing.T) {
	many := 5000
	if os.Getenv("PORTAL_TEST_SPEED") != "" {
		many = exportMost
	}
	w := open(t)
	file := func(many int) string {
		var b strings.Builder
		b.WriteString("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n")
		for i := range many {
			fmt.Fprintf(&b, "<DT><A HREF=\"https://h%d.example/page/%d\" TAGS=\"t%d\">Page %d</A>\n", i%500, i, i%50, i)
		}
		return b.String()
	}
	began := time.Now()
	w.sendFile(w.mia, file(many), "do", "import").Want(http.StatusOK, fmt.Sprint(many, " new links"))
	t.Logf("imported in %v", time.Since(began))
	if w.Count("links") != many || w.Count("link_tag_links") != many {
		t.Error("some are missing")
	}
	for _, path := range []string{"/weblinks", "/weblinks?view=table&q=page+777", "/weblinks?tag=3&view=table"} {
		began = time.Now()
		w.mia.Get(path).Want(http.StatusOK)
		t.Logf("%s in %v", path, time.Since(began))
	}
	w.sendFile(w.mia, file(exportMost+1), "do", "import").Want(http.StatusUnprocessableEntity, "at most 50000")
}

func FuzzImport(f *testing.F) {
	for _, seed := range []string{firefox, chrome, "URL,Name\nhttps://a.example,A\n", "[{\"url\":\"https://a.example\"}]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, err := readImport(raw)
		if err != nil {
			return
		}
		for _, r := range rows {
			if form, err := formRead(r.plainLink); err == nil {
				if _, err := readAddress(form.URL); err != nil || form.Name == "" {
					t.Errorf("%+v would be kept", form)
				}
			}
		}
	})
}
