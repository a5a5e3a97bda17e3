package projects

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

// part is a file of a form.
type partOf struct{ name, typ, body string }

// upload sends files as a browser's form does; by a script, if the header says so.
func upload(t *testing.T, b *apptest.Browser, path string, h http.Header, all ...partOf) apptest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("_csrf", b.Token()); err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		head := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="files"; filename="%s"`, one.name)}, "Content-Type": {one.typ}}
		p, err := w.CreatePart(head)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(one.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Content-Type": {w.FormDataContentType()}}
	for k, v := range h {
		header[k] = v
	}
	return b.Do(apptest.Request{Method: http.MethodPost, Path: path, Body: body.String(), Header: header})
}

// byOurScript is the header of what our script sends.
func byOurScript(b *apptest.Browser) http.Header {
	return http.Header{"Accept": {"application/json"}, "Hx-Request": {"true"}, "X-Csrf-Token": {b.Token()}}
}

// picture is a PNG of that many pixels a side.
func picture(t *testing.T, side int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// objects counts what lies in the store of files.
func (w *world) objects() int {
	w.t.Helper()
	n := 0
	err := filepath.WalkDir(filepath.Join(w.Config.DataDir, "files"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// attach has the person send a file, and is its id.
func (w *world) attach(b *apptest.Browser, path, name, body string) int64 {
	w.t.Helper()
	upload(w.t, b, path, nil, partOf{name, "application/x-what-the-browser-says", body}).Want(http.StatusSeeOther)
	ids := w.rows("attachments", "1=1")
	return ids[len(ids)-1]
}

func TestFile_AttachedToProjectTaskAndComment(t *testing.T) {
	w := open(t)
	s := w.furnish("Racks", false)
	b := w.As("Lea Lead")
	path, task := projectPath(s.project), taskPath(s.project, s.number)
	upload(t, b, path+"/files", nil, partOf{"plan.txt", "text/plain", "the plan"}, partOf{"photo.png", "image/png", picture(t, 600)}).Want(http.StatusSeeOther)
	w.attach(b, task+"/files", "log.txt", "a line")
	w.attach(b, path+"/comments/"+id(s.taskComment)+"/files", "trace.txt", "a trace")
	if n := w.objects(); n != 7 { // and the small pictures
		t.Errorf("%d objects", n)
	}
	page := b.Get(path+"/files").Want(200, "plan.txt", "photo.png", "log.txt", "trace.txt", "A comment on Task of Racks", "5 files", "/small")
	if strings.Index(page.Body, "trace.txt") > strings.Index(page.Body, "plan.txt") {
		t.Error("the newest is not the first")
	}
	b.Get(path+"/files?q=PLAN&show=mine").Want(200, "plan.txt", "1–1 of 1 file").Lacks("log.txt")
	b.Get(path+"/files?show=pictures").Want(200, "photo.png").Lacks("log.txt")
	b.Get(path+"/files?q=zzz").Want(200, "No file fits")
	b.Get(task).Want(200, "log.txt", "trace.txt").Lacks("plan.txt")
	b.Get(task+"/history").Want(200, "attached “log.txt”", "attached “trace.txt”")
	b.Get(path + "/comments").Want(200).Lacks("trace.txt")
	list := b.Fragment("GET", path+"/files?sort=name", "list", nil).Want(200)
	apptest.Golden(t, "files", regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(list.Body, "SUM"))
	other := w.project("Empty", "Lea Lead", nil)
	b.Get(other.Path()+"/files").Want(200, "No files yet", "drop them here")
	w.As("Stan Stranger", "user").Get(other.Path()+"/files").Want(200, "No files yet").Lacks("drop them here", "<input type=\"file\"", "data-upload")
}

func TestFile_ReadWithRangesAndTags(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	file := p.Path() + "/files/" + id(w.attach(b, p.Path()+"/files", "übersicht.txt", "0123456789"))
	ask := func(method string, pairs ...string) apptest.Answer {
		h := http.Header{}
		for i := 0; i+1 < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return b.Do(apptest.Request{Method: method, Path: file, Header: h})
	}
	a := ask("GET", "Accept-Encoding", "gzip").Want(200, "0123456789")
	for name, want := range map[string]string{
		"Content-Type": "text/plain", "Content-Length": "10", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Encoding": "",
		"Cache-Control": "private, no-cache", "Accept-Ranges": "bytes", "Content-Disposition": `attachment; filename="_bersicht.txt"; filename*=UTF-8''%C3%BCbersicht.txt`,
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
	tag := a.Header.Get("ETag")
	for name, c := range map[string]struct {
		status    int
		body, rng string
		header    []string
	}{
		"a part":                       {206, "234", "bytes 2-4/10", []string{"Range", "bytes=2-4"}},
		"the end":                      {206, "789", "bytes 7-9/10", []string{"Range", "bytes=-3"}},
		"a part of these very bytes":   {206, "01", "bytes 0-1/10", []string{"Range", "bytes=0-1", "If-Range", tag}},
		"a part of what it was":        {200, "0123456789", "", []string{"Range", "bytes=0-1", "If-Range", `"other"`}},
		"several parts: the whole":     {200, "0123456789", "", []string{"Range", "bytes=0-1,3-4"}},
		"behind the end":               {416, "", "bytes */10", []string{"Range", "bytes=10-"}},
		"no numbers":                   {416, "", "bytes */10", []string{"Range", "bytes=a-b"}},
		"what the browser has already": {304, "", "", []string{"If-None-Match", tag}},
	} {
		got := ask("GET", c.header...)
		if got.Status != c.status || c.status < 300 && got.Body != c.body || got.Header.Get("Content-Range") != c.rng {
			t.Errorf("%s: %d %q %q", name, got.Status, got.Body, got.Header.Get("Content-Range"))
		}
	}
	if head := ask("HEAD"); head.Status != 200 || head.Body != "" || head.Header.Get("Content-Length") != "10" {
		t.Errorf("HEAD: %d %q %s", head.Status, head.Body, head.Header.Get("Content-Length"))
	}
}

func TestFile_PastedIntoATextGoesWithIt(t *testing.T) {
	w := open(t)
	s := w.furnish("Racks", false)
	stranger, lead := w.As("Stan Stranger", "user"), w.As("Lea Lead")
	path, task := projectPath(s.project), taskPath(s.project, s.number)
	a := upload(t, stranger, path+"/files/paste", byOurScript(stranger), partOf{"shot.png", "image/png", picture(t, 8)}).Want(200, `"text":"![shot.png](`)
	file := w.rows("attachments", "name = 'shot.png'")[0]
	if !strings.Contains(a.Body, path+"/files/"+id(file)) {
		t.Error(a.Body)
	}
	stranger.Get(path + "/files/" + id(file)).Want(200)
	lead.Get(path + "/files/" + id(file)).Want(404)
	lead.Get(path + "/files").Want(200).Lacks("shot.png")
	// who did not send it can't take it for a text of theirs
	lead.Post(task+"/comments", apptest.Form("text", "![x]("+path+"/files/"+id(file)+")")).Want(303)
	lead.Get(path + "/files/" + id(file)).Want(404)
	stranger.Post(task+"/comments", apptest.Form("text", "Look: ![shot]("+path+"/files/"+id(file)+") ![tracker](https://evil.test/x.png)")).Want(303)
	lead.Get(path + "/files/" + id(file)).Want(200)
	lead.Get(task).Want(200, `<img src="`+path+"/files/"+id(file)+`" alt="shot">`).Lacks("https://evil.test/x.png\"")
	lead.Get(path+"/files").Want(200, "shot.png", "A comment on")
	upload(t, lead, path+"/files/paste", byOurScript(lead), partOf{"plan.txt", "", "plan"}).Want(200, `[plan.txt](`)
	plan := w.rows("attachments", "name = 'plan.txt'")[0]
	lead.Post(path+"/tasks", apptest.Form("name", "New", "description", "See "+path+"/files/"+id(plan), "status", id(w.status("To do")), "priority", id(w.priority("High")))).Want(303)
	if got := w.text("SELECT t.name FROM attachments a JOIN tasks t ON t.id = a.task_id WHERE a.name = 'plan.txt'"); got != "New" {
		t.Error(got)
	}
	upload(t, lead, path+"/files/paste", byOurScript(lead), partOf{"never.txt", "", "never"}).Want(200)
	w.Clock.Add(25 * time.Hour)
	if err := w.notes.purge(w.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.Count("attachments", "name = 'never.txt'"); n != 0 || w.Count("attachments") != 3 {
		t.Error("what no text was saved with is kept")
	}
}

func TestFile_GoesToTheTrashAndComesBack(t *testing.T) {
	w := open(t)
	s := w.furnish("Racks", false)
	lead, stranger, assignee := w.As("Lea Lead"), w.As("Stan Stranger", "user"), w.As("Asta Assignee", "user")
	path, task := projectPath(s.project), taskPath(s.project, s.number)
	file := w.attach(lead, task+"/files", "log.txt", "a line")
	at := path + "/files/" + id(file)
	before := w.kept()
	stranger.Post(at+"/delete", nil).Want(403)
	if w.kept() != before {
		t.Error("a stranger deleted it")
	}
	assignee.Post(at+"/delete", nil).Want(303)
	assignee.Post(at+"/delete", nil).Want(404)
	lead.Get(task).Want(200).Lacks(at)
	lead.Get(path + "/files").Want(200).Lacks("log.txt")
	stranger.Get(at).Want(404)
	lead.Get(at).Want(200, "a line") // who may bring it back
	stranger.Post(at+"/restore", nil).Want(403)
	lead.Post(at+"/restore", nil).Want(303)
	lead.Get(task).Want(200, "log.txt")
	said := w.attach(lead, path+"/comments/"+id(s.taskComment)+"/files", "trace.txt", "a trace")
	lead.Post(task+"/comments/"+id(s.taskComment)+"/delete", nil).Want(303)
	stranger.Get(path + "/files/" + id(said)).Want(404)
	lead.Get(path+"/files").Want(200, "log.txt").Lacks("trace.txt")
	lead.Post(task+"/delete", nil).Want(303)
	stranger.Get(at).Want(404)
	lead.Get(path + "/files").Want(200).Lacks("log.txt")
	lead.Post(at+"/delete", nil).Want(404)
	lead.Post(task+"/restore", nil).Want(303)
	lead.Post(task+"/comments/"+id(s.taskComment)+"/restore", nil).Want(303)
	stranger.Get(at).Want(200, "a line")
	lead.Get(path+"/files").Want(200, "log.txt", "trace.txt")
	lead.Post(path+"/delete", nil).Want(303)
	lead.Get(at).Want(404)
	lead.Post(path+"/restore", nil).Want(303)
	stranger.Get(at).Want(200, "a line")
}
