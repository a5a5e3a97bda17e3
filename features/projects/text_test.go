package projects

import (
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
)

func TestText_PreviewIsWhatWillBeShown(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	w.task(p, "Replace the UPS", nil)
	b := w.As("Lea Lead", "user")
	a := b.Fragment("POST", p.Path()+"/preview", "", apptest.Form("text", "**bold** #1 @"+b.User.Username+" `#1`")).Want(200, "<strong>bold</strong>", "Replace the UPS", "@Lea Lead", "<code>#1</code>")
	apptest.Golden(t, "preview", a.Body)
	b.Fragment("POST", p.Path()+"/preview", "", nil).Want(200, "Nothing to show yet.")
	b.Fragment("POST", "/projects/preview", "", apptest.Form("text", "_it_ NET-1 #1")).Want(200, "<em>it</em>", "Replace the UPS")
	before := w.kept()
	b.Fragment("POST", p.Path()+"/preview", "", apptest.Form("text", strings.Repeat("x", 100_001))).Want(http.StatusUnprocessableEntity, "At most 100000 characters.")
	b.Fragment("POST", p.Path()+"/preview", "", apptest.Form("text", strings.Repeat("x", 500_000))).Want(http.StatusRequestEntityTooLarge)
	for _, text := range attacks {
		harmless(t, "the preview of "+text, b.Fragment("POST", p.Path()+"/preview", "", apptest.Form("text", text)).Want(200).Body)
	}
	if w.kept() != before {
		t.Error("a preview wrote")
	}
}

func TestText_SuggestsPeopleAndTasks(t *testing.T) {
	w := open(t)
	team := w.Person("Maria Diaz", "user")
	w.Person("Marius Other", "user")
	w.Person("Zoe Mare", "user")
	p := w.project("Net", "Lea Lead", func(f *projectForm) { f.Watchers = []int64{team.ID} })
	other := w.project("Power Up", "Lea Lead", func(f *projectForm) { f.TaskKey = "PWR" })
	for range 12 {
		w.task(p, "Replace the UPS", nil)
	}
	w.task(p, "Order <cable>", nil)
	w.task(other, "Elsewhere", nil)
	b := w.As("Lea Lead", "user")
	path := p.Path() + "/suggest?"
	a := b.Fragment("GET", path+"kind=person&q=mar", "", nil).Want(200, "@"+team.Username, "Marius Other", "Zoe Mare")
	if strings.Index(a.Body, "Maria") > strings.Index(a.Body, "Marius") {
		t.Error("the team does not come first")
	}
	apptest.Golden(t, "suggest-person", a.Body)
	b.Fragment("GET", path+"kind=person&q=aria", "", nil).Want(200).Lacks("Maria")
	a = b.Fragment("GET", path+"kind=task&q=ups", "", nil).Want(200, `data-insert="#12"`)
	if n := strings.Count(a.Body, "data-insert"); n != maxSuggestions {
		t.Errorf("%d suggestions", n)
	}
	b.Fragment("GET", path+"kind=task&q=13", "", nil).Want(200, "Order &lt;cable&gt;").Lacks("UPS")
	b.Fragment("GET", path+"kind=task&q=pwr-1", "", nil).Want(200, `data-insert="PWR-1"`, "Elsewhere")
	b.Fragment("GET", path+"kind=task&q=elsewhere", "", nil).Want(200).Lacks("Elsewhere")
	b.Fragment("GET", "/projects/suggest?kind=task&q=PWR-1", "", nil).Want(200, "Elsewhere")
	b.Fragment("GET", "/projects/suggest?kind=task&q=ups", "", nil).Want(200).Lacks("UPS")
	b.Fragment("GET", path+"kind=task&q="+strings.Repeat("%25", 300), "", nil).Want(200).Lacks("UPS")
}

// Neither suggestion nor preview says anything of a project that the viewer may not know.
func TestS11_TextHelpsTellNobodyOfWhatTheyMayNotKnow(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	closed := w.project("Closed", "Lea Lead", func(f *projectForm) { f.TaskKey, f.Private = "SEC", true })
	w.task(closed, "Hidden title", nil)
	lead, stranger := w.As("Lea Lead", "user"), w.As("Stan Stranger", "user")
	for _, b := range []struct {
		who *apptest.Browser
		may bool
	}{{lead, true}, {stranger, false}} {
		answers := []apptest.Answer{
			b.who.Fragment("GET", p.Path()+"/suggest?kind=task&q=SEC-1", "", nil), b.who.Fragment("GET", "/projects/suggest?kind=task&q=SEC-1", "", nil),
			b.who.Fragment("POST", p.Path()+"/preview", "", apptest.Form("text", "SEC-1")), b.who.Fragment("POST", "/projects/preview", "", apptest.Form("text", "SEC-1")),
		}
		for i, a := range answers {
			if strings.Contains(a.Want(200).Body, "Hidden title") != b.may {
				t.Errorf("answer %d, may know %v: %s", i, b.may, a.Body)
			}
		}
	}
	stranger.Fragment("GET", closed.Path()+"/suggest?kind=task&q=SEC-1", "", nil).Want(404)
	stranger.Fragment("POST", closed.Path()+"/preview", "", apptest.Form("text", "#1")).Want(404)
}

func TestText_CommentOfTwoMegabytesIsRefused(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	b := w.As("Lea Lead", "user")
	before := w.kept()
	b.Fragment("POST", p.Path()+"/comments", "comments", apptest.Form("text", strings.Repeat("x", 2<<20))).Want(http.StatusRequestEntityTooLarge, "too large")
	a := b.Fragment("POST", p.Path()+"/comments", "comments", apptest.Form("text", strings.Repeat("x", 20_001))).Want(http.StatusUnprocessableEntity, "At most 20000 characters.", "xxx")
	if w.kept() != before || a.Header.Get("HX-Reswap") == "none" {
		t.Error("something was written, or what was typed is lost")
	}
}
