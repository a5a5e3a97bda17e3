package projects

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/setting"
)

func TestS54_UploadsRunInNoBrowser(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	const evil = "<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"
	for name, c := range map[string]struct{ typ, body, served, kind string }{
		"page.html": {"text/html", evil, "application/octet-stream", "attachment"}, "page.png": {"image/png", evil, "application/octet-stream", "attachment"},
		"drawing.svg": {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "application/octet-stream", "attachment"},
		"x.jpg.html":  {"image/jpeg", evil, "application/octet-stream", "attachment"}, "report.pdf": {"application/pdf", "MZ" + strings.Repeat("\x00", 100), "application/octet-stream", "attachment"},
		"real.pdf": {"text/html", "%PDF-1.7\n%âãÏÓ\n", "application/pdf", "attachment"}, "photo.png": {"text/html", picture(t, 8), "image/png", "inline"},
		"cut.gif": {"image/gif", "GIF89a\x01\x00\x01\x00\x00\x00\x00<script>alert(1)</script>", "image/gif", "attachment"}, "feed.xml": {"text/xml", `<?xml version="1.0"?><x/>`, "application/octet-stream", "attachment"},
	} {
		n := w.attach(b, p.Path()+"/files", name, c.body)
		a := b.Get(p.Path() + "/files/" + id(n)).Want(200)
		if a.Header.Get("Content-Type") != c.served || !strings.HasPrefix(a.Header.Get("Content-Disposition"), c.kind+";") || a.Body != c.body ||
			!strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %s, %s", name, a.Header.Get("Content-Type"), a.Header.Get("Content-Disposition"))
		}
		if c.kind == "inline" {
			save := b.Get(p.Path() + "/files/" + id(n) + "?save=1").Header.Get("Content-Disposition")
			small := b.Get(p.Path() + "/files/" + id(n) + "/small").Want(200)
			if !strings.HasPrefix(save, "attachment;") || small.Header.Get("Content-Type") != "image/jpeg" {
				t.Errorf("%s: saved as %s, small as %s", name, save, small.Header.Get("Content-Type"))
			}
		} else {
			b.Get(p.Path() + "/files/" + id(n) + "/small").Want(404)
		}
	}
	b.Get(p.Path()+"/files").Want(200, "Not what its name says: it is text/html")
}

func TestS55_NamesOfUploadsStayText(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	for sent, want := range map[string]string{
		`../../../etc/cron.d/x`: "x", `..\\..\\evil.txt`: "evil.txt", "invoice\u202egnp.exe": "invoicegnp.exe", `<img src=x onerror=alert(1)>.txt`: "_img src=x onerror=alert(1)_.txt",
		strings.Repeat("n", 300) + ".txt": strings.Repeat("n", 196) + ".txt",
	} {
		n := w.attach(b, p.Path()+"/files", sent, "text of "+want)
		if got := w.text("SELECT name FROM attachments WHERE id = ?", n); got != want {
			t.Errorf("%q is kept as %q", sent, got)
		}
		if key := w.text("SELECT object FROM attachments WHERE id = ?", n); !regexp.MustCompile(`^[a-z2-7]{2}/[a-z2-7]{24}$`).MatchString(key) {
			t.Errorf("it lies at %q", key)
		}
	}
	b.Get(p.Path() + "/files").Want(200).Lacks("<img src=x")
}

func TestS53_UploadsThatDoNotFitKeepNothing(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	if err := w.Settings.Set(w.Context(), setting.FileMB.Setting, "25", "1"); err != nil {
		t.Fatal(err)
	}
	if err := w.Settings.Load(w.Context()); err != nil {
		t.Fatal(err)
	}
	stranger := w.As("Stan Stranger", "user")
	before := w.kept()
	good, large := partOf{"good.txt", "", "x"}, partOf{"large.bin", "", strings.Repeat("x", 1<<20+1)}
	var many []partOf
	for range filesMost + 1 {
		many = append(many, good)
	}
	for name, c := range map[string]struct {
		parts []partOf
		says  string
	}{
		"none": {nil, "Choose a file first."}, "empty": {[]partOf{good, {"empty.txt", "", ""}}, "“empty.txt” is empty"}, "too large": {[]partOf{good, large}, "a file may have 1 MB at most"},
		"too many": {many, "At most 20 files at a time; these are 21."},
	} {
		upload(t, b, p.Path()+"/files", nil, c.parts...).Want(422, c.says, `type="file"`)
		if a := upload(t, b, p.Path()+"/files", byOurScript(b), c.parts...); a.Status != 422 && a.Status != 413 || !strings.Contains(a.Body, c.says) || strings.Contains(a.Body, "<main") {
			t.Errorf("%s by script: %s", name, a)
		}
	}
	b.Post(p.Path()+"/files", apptest.Form("files", "text")).Want(422, "Choose a file first.")
	upload(t, b, p.Path()+"/files", http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, good)
	upload(t, stranger, p.Path()+"/files", nil, good).Want(403)
	if w.kept() != before || w.objects() != 0 {
		t.Errorf("something was kept: %d objects", w.objects())
	}
}

// A file's id through another project, task or right: the hole that others had.
func TestS57_ForeignFileThroughOwnTaskIsNotThere(t *testing.T) {
	w := open(t)
	closed, mine := w.furnish("Closed Room", true), w.project("Mine", "Mara Mine", nil)
	outsiders := []*apptest.Browser{w.As("Mara Mine", "user"), w.As("Asta Assignee", "user"), w.As("Audra Auditor", "auditor")}
	lead, mara, member := w.As("Lea Lead"), w.As("Mara Mine", "user"), w.As("Mona Member", "manager")
	file := w.attach(lead, taskPath(closed.project, closed.number)+"/files", "secret.txt", "the secret")
	own := w.attach(mara, mine.Path()+"/files", "own.txt", "mine")
	before := w.kept()
	for _, b := range outsiders {
		for _, path := range []string{mine.Path() + "/files/" + id(file), projectPath(closed.project) + "/files/" + id(file), projectPath(closed.project) + "/files", mine.Path() + "/files/999999"} {
			b.Get(path).Want(404).Lacks("secret")
			b.Get(path + "/small").Want(404)
		}
		b.Do(apptest.Request{Method: "HEAD", Path: projectPath(closed.project) + "/files/" + id(file)}).Want(404)
		b.Do(apptest.Request{Method: "GET", Path: projectPath(closed.project) + "/files/" + id(file), Header: http.Header{"Range": {"bytes=0-3"}}}).Want(404).Lacks("the secret")
		for _, verb := range []string{"/delete", "/restore"} {
			if a := b.Post(mine.Path()+"/files/"+id(file)+verb, nil); a.Status != 404 && a.Status != 403 {
				t.Errorf("%s: %s", verb, a)
			}
		}
		upload(t, b, projectPath(closed.project)+"/files/paste", byOurScript(b), partOf{"x.txt", "", "x"})
		upload(t, b, projectPath(closed.project)+"/files", nil, partOf{"x.txt", "", "x"})
	}
	if w.kept() != before {
		t.Error("something was written")
	}
	member.Get(projectPath(closed.project)+"/files/"+id(file)).Want(200, "the secret")
	w.Exec("DELETE FROM project_roles WHERE project_id = ?", closed.project)
	w.Cache.Clear("")
	member.Get(projectPath(closed.project) + "/files/" + id(file)).Want(404)
	mara.Get(mine.Path()+"/files/"+id(own)).Want(200, "mine")
}
