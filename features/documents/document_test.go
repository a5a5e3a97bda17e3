package documents

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

// A text that changes is a new version, which readers see when it is released.
func TestDocument_VersionsAreDraftedReviewedAndReleased(t *testing.T) {
	w := open(t)
	owner, writer := w.browser("Olga Owner"), w.browser("Walt Writer")
	w.done(owner, "/documents", "title", "  Pump   station ", "content", "Turn it off.", "owner", id(w.id("Olga Owner")), "tags", "power, Runbook,power ,", "once", "a")
	path := "/documents/1"
	owner.Get(path).Want(http.StatusOK, "Pump station", "Turn it off.", "This is a draft", "Runbook").Lacks("Pump   station")
	w.done(owner, path+"/release", "number", "1")
	owner.Get(path).Want(http.StatusOK, "Released").Lacks("This is a draft")
	w.done(writer, path+"/edit", "title", "Pump station", "content", "Turn it off and on.", "owner", id(w.id("Olga Owner")), "tags", "power, Runbook", "note", "And on", "version", "2", "base", "1")
	writer.Get(path).Want(http.StatusOK, "Turn it off.", "Version 2 is being written").Lacks("off and on")
	w.done(writer, path+"/submit", "number", "2")
	w.refused(writer, path+"/submit", http.StatusConflict, "number", "2").Want(http.StatusConflict, "decided about this version already")
	w.refused(owner, path+"/return", http.StatusUnprocessableEntity, "number", "2").Want(http.StatusUnprocessableEntity, "Say what is to be changed.")
	w.refused(owner, path+"/release", http.StatusConflict, "number", "1")
	w.done(owner, path+"/return", "number", "2", "comment", "Say how long to wait.")
	writer.Get(path+"?version=2").Want(http.StatusOK, "Say how long to wait.", "Version 2: draft")
	w.done(writer, path+"/edit", "title", "Pump station", "content", "Turn it off, wait, and on.", "owner", id(w.id("Olga Owner")), "tags", "power, Runbook", "version", "5", "base", "2")
	w.done(writer, path+"/submit", "number", "3")
	w.done(owner, path+"/release", "number", "3")
	owner.Get(path).Want(http.StatusOK, "Turn it off, wait, and on.")
	owner.Get(path+"/versions").Want(http.StatusOK, "Version 3", "And on", "Say how long to wait.")
	owner.Get(path+"/compare?from=1&to=3").Want(http.StatusOK, "wait")
	owner.Get(path+"/history").Want(http.StatusOK, "released version 3", "version 2", "returned version 2")
	if n := w.Count("document_decisions"); n != 5 {
		t.Errorf("%d decisions", n)
	}
}

// What changes nothing makes no version and no line of history; what changes no text makes no version.
func TestDocument_OnlyTextsMakeVersions(t *testing.T) {
	w := open(t)
	d := w.document("Manual", nil)
	ctx := w.as("Olga Owner")
	f := w.form(d.ID)
	w.Untouched(func() { must[Document](t)(w.documents.Update(ctx, d.ID, f)) })
	f.Tags, f.ReviewOn = "one, two", "2027-01-31"
	d = must[Document](t)(w.documents.Update(ctx, d.ID, f))
	if d.Latest != 1 || d.State != StateReleased || d.Version != 2 || w.Count("document_versions") != 1 {
		t.Errorf("got %+v", d)
	}
	f = w.form(d.ID)
	f.Title = "Handbook"
	f.Release = false
	d = must[Document](t)(w.documents.Update(ctx, d.ID, f))
	if d.Latest != 2 || d.Released != 1 || d.State != StateDraft || d.Title != "Manual" {
		t.Errorf("readers see %q, %+v", d.Title, d)
	}
	if d = must[Document](t)(w.documents.Decide(ctx, d.ID, decidedReleased, "", 2)); d.Title != "Handbook" || d.Released != 2 {
		t.Errorf("got %+v", d)
	}
}

// Two people write at once: what only one changed merges by itself, the same text is asked about, and nothing is lost.
func TestDocument_TwoWritersAtOnce(t *testing.T) {
	w := open(t)
	d := w.document("Manual", func(f *documentForm) { f.Tags = "old" })
	ctx, other := w.as("Olga Owner"), w.as("Walt Writer")
	mine, theirs := w.form(d.ID), w.form(d.ID)
	theirs.Content, theirs.Release = "Their text.", false
	must[Document](t)(w.documents.Update(other, d.ID, theirs))
	mine.Tags = "new"
	d = must[Document](t)(w.documents.Update(ctx, d.ID, mine))
	if f := w.form(d.ID); f.Content != "Their text." || f.Tags != "new" {
		t.Fatalf("merged to %+v", f)
	}
	mine.Content = "My text."
	var err error
	w.Untouched(func() { _, err = w.documents.Update(ctx, d.ID, mine) })
	clash, ok := data.ClashOf(err)
	if !ok || clash.Who != "Walt Writer" || len(clash.Fields) != 1 || clash.Fields[0].Base != "The text of Manual." || clash.Fields[0].Theirs.Value != "Their text." || clash.Fields[0].Mine.Value != "My text." || clash.Version != d.Version {
		t.Fatalf("got %v, %+v", err, clash)
	}
	b := w.browser("Olga Owner")
	b.Post(d.Path()+"/edit", apptest.Form("title", "Manual", "content", "My text.", "tags", "new", "owner", id(w.id("Olga Owner")), "version", "1", "base", "1")).
		Want(http.StatusConflict, "Walt Writer", "Their text.", "My text.", "The text of Manual.")
	// The choice is a form over their version.
	w.done(b, d.Path()+"/edit", "title", "Manual", "content", "My text.", "tags", "new", "owner", id(w.id("Olga Owner")), "version", id(d.Version))
	if f := w.form(d.ID); f.Content != "My text." || f.Base != 3 {
		t.Errorf("got %+v", f)
	}
}

func TestDocument_AFormMakesOneDocumentHoweverOftenItIsSent(t *testing.T) {
	w := open(t)
	b := w.browser("Olga Owner")
	form := apptest.Form("title", "Once", "content", "x", "owner", id(w.id("Olga Owner")), "once", "the same", "tags", "fresh")
	b.Token()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { b.Post("/documents", form) })
	}
	all.Wait()
	if n := w.Count("documents"); n != 1 {
		t.Errorf("%d documents", n)
	}
}

func TestDocument_WrongFormsComeBackAndKeepNothing(t *testing.T) {
	w := open(t)
	b := w.browser("Olga Owner")
	me := id(w.id("Olga Owner"))
	for said, pairs := range map[string][]string{
		"This is needed.":                             {"title", "  ", "owner", me},
		"At most 256 characters.":                     {"title", strings.Repeat("ä", 257), "owner", me},
		"At most 500000 characters.":                  {"title", "Long", "content", strings.Repeat("x", 500_001), "owner", me},
		"Write a day such as 2026-11-24, or nothing.": {"title", "Day", "review_on", "9999-99-99", "owner", me},
		"Choose a category from the list.":            {"title", "Lost", "category", "77", "owner", me},
		"Choose a person from the list.":              {"title", "Lost", "owner", "99999"},
		"A private document has an owner":             {"title", "Nobody's", "private", "1", "owner", "0"},
		"A tag has at most 60 characters.":            {"title", "Tagged", "tags", strings.Repeat("x", 61), "owner", me},
		"A document has at most 30 tags.":             {"title", "Tagged", "tags", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,1,2,3,4,5", "owner", me},
		"can&#39;t be kept":                           {"title", "a\x00b", "owner", me},
	} {
		w.refused(b, "/documents", http.StatusUnprocessableEntity, pairs...).Want(http.StatusUnprocessableEntity, said)
	}
	d := w.document("There", nil)
	w.refused(b, d.Path()+"/edit", http.StatusUnprocessableEntity, "title", "", "content", "Kept on screen", "owner", me, "version", "1").Want(http.StatusUnprocessableEntity, "Kept on screen")
}

// S71: the longest title fits both databases' columns, whatever its characters.
func TestS71_TheLongestTitleFits(t *testing.T) {
	w := open(t)
	title := strings.Repeat("😀", 256)
	d := w.document(title, nil)
	if got := w.form(d.ID).Title; got != title {
		t.Errorf("%d bytes of %d", len(got), len(title))
	}
	w.document(strings.Repeat("ﷺ", 256), nil) // folds to eighteen characters each
}

func TestDocument_AnOldVersionBecomesTheNewest(t *testing.T) {
	w := open(t)
	d := w.document("Manual", nil)
	f := w.form(d.ID)
	f.Content = "Worse."
	must[Document](t)(w.documents.Update(w.as("Olga Owner"), d.ID, f))
	b := w.browser("Olga Owner")
	w.refused(b, d.Path()+"/versions/2/restore", http.StatusConflict)
	w.refused(b, d.Path()+"/versions/9/restore", http.StatusNotFound)
	w.done(b, d.Path()+"/versions/1/restore")
	b.Get(d.Path()+"?version=3").Want(http.StatusOK, "The text of Manual.")
	b.Get(d.Path()+"/versions").Want(http.StatusOK, "Version 1 again")
}

// The trash keeps a document for 30 days with all that hung on it.
func TestDocument_TrashKeepsThirtyDays(t *testing.T) {
	w := open(t)
	d := w.document("Manual", func(f *documentForm) { f.Tags = "kept" })
	owner, stranger := w.browser("Olga Owner"), w.browser("Stan Stranger")
	owner.Get("/documents?show=mine").Want(http.StatusOK, "Manual")
	w.refused(stranger, d.Path()+"/delete", http.StatusForbidden)
	w.done(owner, d.Path()+"/delete")
	owner.Get(d.Path()).Want(http.StatusNotFound)
	owner.Get("/documents").Want(http.StatusOK, "No documents yet").Lacks("Manual")
	owner.Get("/documents?show=trash").Want(http.StatusOK, "Manual", "Bring back")
	w.refused(owner, d.Path()+"/delete", http.StatusNotFound)
	w.refused(stranger, d.Path()+"/restore", http.StatusForbidden)
	w.done(owner, d.Path()+"/restore")
	owner.Get(d.Path()).Want(http.StatusOK, "The text of Manual.", "kept")
	w.done(owner, d.Path()+"/delete")
	w.Clock.Add(data.TrashKept + time.Minute)
	if err := w.documents.purge(w.Context()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"documents", "document_versions", "document_tag_links", "document_decisions"} {
		if n := w.Count(table); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	if _, err := w.documents.Delete(w.as("Olga Owner"), d.ID, false); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// A new document begins as its template, with the day and the name filled in.
func TestDocument_TemplatesAreFilledIn(t *testing.T) {
	w := open(t)
	d := w.document("Review of {{date}}", func(f *documentForm) { f.Template, f.Content, f.Tags = true, "By {{me}}, {{other}}.", "review" })
	w.Clock.Set(time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC))
	b := w.browser("Walt Writer")
	b.Get("/documents/new").Want(http.StatusOK, "From a template")
	b.Get("/documents/new?template="+id(d.ID)).Want(http.StatusOK, "Review of 2026-12-24", "By Walt Writer, {{other}}.", "review")
	b.Get("/documents").Want(http.StatusOK).Lacks("Review of {{date}}")
	b.Get("/documents?show=templates").Want(http.StatusOK, "Review of {{date}}")
}

// Readers confirm what is released, and those who have not are named, by role.
func TestReaders_ConfirmEachReleasedVersion(t *testing.T) {
	w := open(t)
	d := w.document("Policy", nil)
	owner, walt := w.browser("Olga Owner"), w.browser("Walt Writer", "manager")
	w.id("Rita Reader")
	walt.Get(d.Path()).Want(http.StatusOK).Lacks("read and understood")
	w.refused(owner, d.Path()+"/readers", http.StatusUnprocessableEntity, "roles", "999").Want(http.StatusUnprocessableEntity, "Choose roles from the list.")
	w.done(owner, d.Path()+"/readers", "roles", id(w.role("manager")), "roles", id(w.role("auditor")))
	owner.Get(d.Path()+"/readers").Want(http.StatusOK, "Walt Writer", "0 of 1 person have confirmed version 1")
	walt.Get("/documents?show=unread").Want(http.StatusOK, "Policy")
	walt.Get(d.Path()).Want(http.StatusOK, "I have read and understood version 1")
	w.refused(walt, d.Path()+"/confirm", http.StatusConflict, "number", "2")
	w.done(walt, d.Path()+"/confirm", "number", "1")
	w.Untouched(func() { walt.Post(d.Path()+"/confirm", apptest.Form("number", "1")).Want(http.StatusSeeOther) })
	walt.Get(d.Path()).Want(http.StatusOK, "You have confirmed version 1")
	walt.Get("/documents?show=unread").Want(http.StatusOK, "Nothing to read")
	owner.Get(d.Path()+"/readers").Want(http.StatusOK, "1 of 1 person have confirmed version 1")
	f := w.form(d.ID)
	f.Content, f.Release = "Stricter.", true
	must[Document](t)(w.documents.Update(w.as("Olga Owner"), d.ID, f))
	walt.Get("/documents?show=unread").Want(http.StatusOK, "Policy")
	walt.Get(d.Path()).Want(http.StatusOK, "I have read and understood version 2")
}

// What is one's own is nobody else's news, and each sees their own.
func TestDocument_FavouritesAndWatching(t *testing.T) {
	w := open(t)
	d := w.document("Manual", nil)
	walt, rita := w.browser("Walt Writer"), w.browser("Rita Reader")
	before := w.Count("activities")
	w.done(walt, d.Path()+"/favourite", "on", "true")
	w.done(walt, d.Path()+"/watch", "on", "true")
	walt.Get("/documents?show=favourites").Want(http.StatusOK, "Manual")
	walt.Get(d.Path()).Want(http.StatusOK, "No favourite", "Unwatch")
	rita.Get("/documents?show=favourites").Want(http.StatusOK, "No document fits").Lacks(">Manual<")
	rita.Get(d.Path()).Want(http.StatusOK).Lacks("No favourite", "Unwatch")
	w.done(walt, d.Path()+"/favourite", "on", "false")
	walt.Get("/documents?show=favourites").Want(http.StatusOK).Lacks(">Manual<")
	if n := w.Count("activities"); n != before {
		t.Errorf("%d activities, %d before", n, before)
	}
}

// People are told of what concerns them, and of nothing they may not see, nor of their own acts.
func TestTell_OwnersAuthorsAndWatchers(t *testing.T) {
	w := open(t)
	d := w.document("Manual", nil)
	w.done(w.browser("Rita Reader"), d.Path()+"/watch", "on", "true")
	walt, olga := w.browser("Walt Writer"), w.browser("Olga Owner")
	told := func(who, what string) int {
		return w.Count("notifications", "user_id = "+id(w.id(who)), "what = '"+what+"'")
	}
	w.done(walt, d.Path()+"/edit", "title", "Manual", "content", "New.", "owner", id(w.id("Olga Owner")), "version", "1", "base", "1")
	w.done(walt, d.Path()+"/submit", "number", "2")
	w.done(olga, d.Path()+"/return", "number", "2", "comment", "More.")
	w.done(walt, d.Path()+"/submit", "number", "2")
	w.done(olga, d.Path()+"/release", "number", "2")
	for _, c := range []struct {
		who, what string
		want      int
	}{
		{"Olga Owner", "submitted version 2", 1}, {"Walt Writer", "returned version 2", 1}, {"Rita Reader", "released version 2", 1},
		{"Olga Owner", "released version 2", 0}, {"Walt Writer", "submitted version 2", 0},
	} {
		if got := told(c.who, c.what); got != c.want {
			t.Errorf("%s is told %d times: %s", c.who, got, c.what)
		}
	}
	// Who watches what becomes private hears no more of it, and what they were told is gone from their inbox.
	w.done(olga, d.Path()+"/edit", "title", "Manual", "content", "Newer.", "owner", id(w.id("Olga Owner")), "private", "1", "release", "1", "version", "6", "base", "2")
	if got := told("Rita Reader", "released version 3"); got != 0 {
		t.Error("Rita is told of what is private")
	}
	w.browser("Rita Reader").Get("/inbox").Want(http.StatusOK).Lacks("Manual")
	w.done(olga, d.Path()+"/share", "user", id(w.id("Rita Reader")), "level", "read")
	w.browser("Rita Reader").Get("/inbox").Want(http.StatusOK, "shared the document with you")
}

// A leaver's documents get another owner.
func TestHandOver_GivesDocumentsAnotherOwner(t *testing.T) {
	w := open(t)
	d := w.document("Manual", func(f *documentForm) { f.Private = true })
	gone := w.document("Thrown away", nil)
	must[Document](t)(w.documents.Delete(w.as("Olga Owner"), gone.ID, true))
	all, err := feature.HeldBy(w.Context(), w.Features(), w.id("Olga Owner"))
	if err != nil || len(all) != 1 || len(all[0].Held) != 1 || all[0].Held[0].Title != "Manual" {
		t.Fatalf("%v %+v", err, all)
	}
	if err := feature.Hand(w.as("Adam Admin", "admin"), feature.Hander{DB: w.DB, Users: w.Users, Features: w.Features()}, w.id("Olga Owner"), w.id("Walt Writer")); err != nil {
		t.Fatal(err)
	}
	w.browser("Walt Writer").Get(d.Path()).Want(http.StatusOK, "Manual")
	w.browser("Olga Owner").Get(d.Path()).Want(http.StatusNotFound)
}
