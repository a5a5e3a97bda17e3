package projects

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"

	"portal/app/apptest"
)

// imports is the store of imports with the world's caches.
func (w *world) imports() *importStore { return newImportStore(w.base) }

// work does what the background has to do.
func (w *world) work() {
	w.t.Helper()
	if err := w.imports().work(w.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// send uploads a file of tasks as a browser does.
func send(b *apptest.Browser, p Project, name, body string) apptest.Answer {
	token := b.Token()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	_ = m.WriteField("_csrf", token) // into memory
	part, err := m.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(body))
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		panic(err)
	}
	return b.Do(apptest.Request{Method: http.MethodPost, Path: importPath(p.ID), Body: form.String(), Header: http.Header{"Content-Type": {m.FormDataContentType()}}})
}

// uploaded uploads a good file and returns the address of its import.
func uploaded(t *testing.T, b *apptest.Browser, p Project, body string) string {
	t.Helper()
	return send(b, p, "tasks.csv", body).Want(http.StatusSeeOther).Location()
}

// columns is the form of a check with these fields for the columns.
func columns(fields ...string) url.Values {
	return url.Values{"column": fields}
}
