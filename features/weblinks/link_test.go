package weblinks

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/fault"
)

func TestLink_IsAddedOpenedAndCounted(t *testing.T) {
	w := open(t)
	w.mia.Get("/weblinks").Want(http.StatusOK, "No links yet")
	w.mia.Post("/weblinks", apptest.Form("url", "wiki.example.org/ops", "category", " Docs ", "tags", "Wiki, ops, wiki", "notes", "Ours", "once", "1")).Want(made)
	w.mia.Post("/weblinks", apptest.Form("url", "wiki.example.org/ops", "once", "1")).Want(made) // sent twice
	if n := w.Count("links"); n != 1 {
		t.Fatalf("%d links", n)
	}
	w.otto.Get("/weblinks").Want(http.StatusOK, "wiki.example.org/ops", "Docs", `href="/weblinks/1/open"`, `rel="noopener noreferrer"`)
	w.otto.Get("/weblinks?view=table").Want(http.StatusOK, "ops, Wiki", "Ours")
	a := w.otto.Get("/weblinks/1/open").Want(http.StatusFound)
	if a.Location() != "https://wiki.example.org/ops" {
		t.Errorf("it leads to %s", a.Location())
	}
	if w.Count("links", "clicks = 1 AND clicked_at IS NOT NULL AND version = 1") != 1 {
		t.Error("the click is not counted")
	}
	w.otto.Get("/weblinks/1").Want(http.StatusOK, "added the link", "Mia Miller")
	w.otto.Get("/weblinks/99/open").Want(http.StatusNotFound)
}

func TestLink_OpensNoAddressThatRuns(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example"})
	w.Exec("UPDATE links SET url = 'javascript:alert(1)'")
	a := w.mia.Get("/weblinks/1/open").Want(http.StatusUnprocessableEntity)
	if a.Location() != "" {
		t.Errorf("it leads to %s", a.Location())
	}
	if w.Count("links", "clicks > 0") != 0 {
		t.Error("it was counted")
	}
}

func TestLink_RefusesWhatItCannotBe(t *testing.T) {
	w := open(t)
	for _, f := range [][]string{
		{"url", "javascript:alert(1)"}, {"url", ""}, {"url", "https://a.example", "icon", "nothing"}, {"url", "https://a.example", "seen_by", "roles"},
		{"url", "https://a.example", "seen_by", "roles", "roles", "9999"}, {"url", "https://a.example", "seen_by", "nobody"},
		{"url", "https://a.example", "tags", strings.Repeat("x", 101)}, {"url", "https://a.example", "name", strings.Repeat("x", 201)},
	} {
		w.refused(w.mia, "/weblinks", http.StatusUnprocessableEntity, f...)
	}
	reader := w.As("Ada Auditor", "auditor")
	w.refused(reader, "/weblinks", http.StatusForbidden, "url", "https://a.example")
	reader.Get("/weblinks").Want(http.StatusOK).Lacks("New link")
	w.Visitor().Get("/weblinks").Want(http.StatusSeeOther)
}

func TestLink_OfTheSameAddressIsShownAtOnce(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://wiki.example.org/a", Name: "The wiki"})
	w.add("Mia Miller", linkForm{URL: "https://secret.example.org/", Name: "Mia's own", SeenBy: seenByMe})
	w.otto.Get("/weblinks/same?url=http://WIKI.example.org/a/").Want(http.StatusOK, "The wiki")
	w.refused(w.otto, "/weblinks", http.StatusUnprocessableEntity, "url", "http://WIKI.example.org/a/").Want(http.StatusUnprocessableEntity, "The wiki", `name="again"`)
	w.otto.Get("/weblinks/same?url=https://secret.example.org").Want(http.StatusOK).Lacks("Mia's own")
	w.otto.Post("/weblinks", apptest.Form("url", "https://secret.example.org")).Want(made)
	w.otto.Post("/weblinks", apptest.Form("url", "https://wiki.example.org/a", "again", "1")).Want(made)
	w.otto.Get("/weblinks/new?url=https://wiki.example.org/a&title=Hello").Want(http.StatusOK, "The wiki", `value="Hello"`)
	w.otto.Get("/weblinks/new?url=javascript:alert(1)").Want(http.StatusOK, "can&#39;t begin with javascript:")
}

// What somebody may not know of is nowhere: no list, count, filter, page, redirect or field.
func TestLink_IsHiddenFromWhoMayNotSeeIt(t *testing.T) {
	w := open(t)
	manager, admin := w.As("Mona Manager", "manager"), w.As("Ada Admin", "admin")
	w.add("Mia Miller", linkForm{URL: "https://own.example", Name: "Own thing", SeenBy: seenByMe, Category: "Hidden shelf", Tags: "hiddentag"})
	w.add("Mia Miller", linkForm{URL: "https://boss.example", Name: "Boss thing", SeenBy: seenByRoles, Roles: []int64{w.Gate().RoleID("manager")}, Category: "Boss shelf"})
	sees := func(b *apptest.Browser, n string, texts []string, yes bool) {
		t.Helper()
		for _, path := range []string{"/weblinks", "/weblinks?view=table", "/weblinks?q=thing&view=table", "/weblinks/words"} {
			for _, text := range texts {
				if strings.Contains(b.Get(path).Want(http.StatusOK).Body, text) != yes {
					if strings.HasSuffix(text, "thing") && strings.HasSuffix(path, "words") {
						continue
					}
					t.Errorf("%s shows %s: %v", path, text, !yes)
				}
			}
		}
		status := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[yes]
		for _, path := range []string{"", "/edit", "/field/name/edit"} {
			b.Get("/weblinks/" + n + path).Want(status)
		}
		if !yes {
			b.Get("/weblinks/" + n + "/open").Want(http.StatusNotFound)
			for _, path := range []string{"/favourite", "/edit", "/field/name", "/delete", "/restore"} {
				w.refused(b, "/weblinks/"+n+path, http.StatusNotFound, "on", "1", "url", "https://x.example", "value", "x", "version", "1")
			}
		}
	}
	own, boss := []string{"Own thing", "Hidden shelf", "hiddentag"}, []string{"Boss thing", "Boss shelf"}
	sees(w.mia, "1", own, true)
	sees(w.mia, "2", boss, true)
	sees(w.otto, "1", own, false)
	sees(w.otto, "2", boss, false)
	sees(manager, "1", own, false)
	sees(manager, "2", boss, true)
	sees(admin, "1", own, false)
	sees(admin, "2", boss, true)
	for who, want := range map[string]string{"Otto Other": "", "Mia Miller": "weblinks.link:1 weblinks.link:2"} {
		ctx := w.as(who, "user")
		got, err := w.links.heard(ctx, []string{"weblinks.link:1", "weblinks.link:2"})
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s hears of %v (%v)", who, got, err)
		}
	}
	w.otto.Get("/weblinks?category=1").Want(http.StatusOK).Lacks("Hidden shelf")
	w.refused(w.otto, "/weblinks/words/category/1/edit", http.StatusNotFound, "value", "Mine", "version", "1")
	w.refused(w.otto, "/weblinks/words/tag/1/merge", http.StatusNotFound, "into", "0")
}

func TestLink_IsSharedByItsOwnerAlone(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example", Name: "A"})
	w.otto.Get("/weblinks/1/edit").Want(http.StatusOK).Lacks(`name="seen_by"`)
	w.otto.Post("/weblinks/1/edit", apptest.Form("url", "https://a.example", "name", "B", "seen_by", "me", "version", "1")).Want(made)
	if w.Count("links", "seen_by = 'everyone' AND name = 'B'") != 1 {
		t.Error("another person took the link for themselves")
	}
	if _, err := w.links.SetField(w.as("Otto Other", "user"), 1, 2, "seen_by", func(f *linkForm) { f.SeenBy = seenByMe }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another person may: %v", err)
	}
	admin := w.As("Ada Admin", "admin")
	w.refused(admin, "/weblinks/1/edit", http.StatusUnprocessableEntity, "url", "https://a.example", "name", "B", "seen_by", "me", "version", "2")
	w.mia.Post("/weblinks/1/edit", apptest.Form("url", "https://a.example", "name", "B", "seen_by", "me", "version", "2")).Want(made)
	w.otto.Get("/weblinks/1").Want(http.StatusNotFound)
}

func TestLink_MergesTwoPeoplesChangesOrAsks(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example", Name: "A", Tags: "one"})
	w.mia.Post("/weblinks/1/edit", apptest.Form("url", "https://a.example", "name", "Mia's", "tags", "one", "version", "1")).Want(made)
	w.otto.Post("/weblinks/1/edit", apptest.Form("url", "https://a.example", "name", "A", "tags", "one, two", "version", "1")).Want(made)
	if w.Count("links", "name = 'Mia''s'") != 1 || w.Count("link_tag_links") != 2 {
		t.Error("the two are not merged")
	}
	w.refused(w.otto, "/weblinks/1/edit", http.StatusConflict, "url", "https://a.example", "name", "Otto's", "version", "1").
		Want(http.StatusConflict, "Mia&#39;s", "Otto&#39;s")
	w.otto.Post("/weblinks/1/edit", apptest.Form("url", "https://a.example", "name", "Otto's", "tags", "one, two", "version", "3")).Want(made)
	w.mia.Get("/weblinks/1").Want(http.StatusOK, "changed the link: Name", "Otto&#39;s", "changed the link: Tags")
}

func TestLink_IsEditedWhereItStands(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example", Name: "A"})
	w.add("Mia Miller", linkForm{URL: "https://b.example", Name: "B"})
	for i, f := range [][2]string{{"name", "New name"}, {"url", "c.example"}, {"category", "Shelf"}, {"tags", "x, y"}, {"pinned", "1"}} {
		w.mia.Fragment("GET", "/weblinks/1/field/"+f[0]+"/edit", "link-1-"+f[0], nil).Want(http.StatusOK, `name="value"`)
		w.mia.Fragment("POST", "/weblinks/1/field/"+f[0], "link-1-"+f[0], apptest.Form("value", f[1], "version", id(int64(i+1)))).Want(http.StatusOK, `id="link-1-`+f[0])
	}
	if w.Count("links", "name = 'New name' AND url = 'https://c.example' AND pinned AND category_id IS NOT NULL AND version = 6") != 1 {
		t.Error("not all is saved")
	}
	w.refused(w.mia, "/weblinks/1/field/url", http.StatusUnprocessableEntity, "value", "javascript:x", "version", "6")
	w.refused(w.mia, "/weblinks/1/field/url", http.StatusUnprocessableEntity, "value", "https://b.example/", "version", "6").Want(http.StatusUnprocessableEntity, "already: B")
	w.refused(w.mia, "/weblinks/1/field/name", http.StatusConflict, "value", "Late", "version", "1")
	w.refused(w.mia, "/weblinks/1/field/clicks", http.StatusNotFound, "value", "9", "version", "6")
	w.mia.Get("/weblinks/1/field/name").Want(http.StatusSeeOther)
}

func TestLink_ComesBackFromTheTrash(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example", Name: "A", Tags: "t"})
	w.mia.Post("/weblinks/1/delete", nil).Want(made)
	w.mia.Get("/weblinks").Want(http.StatusOK, "No links yet", "/weblinks/1/restore")
	w.mia.Get("/weblinks/1/open").Want(http.StatusNotFound)
	w.mia.Get("/weblinks?show=trash").Want(http.StatusOK, "Bring back A")
	w.refused(w.mia, "/weblinks/1/edit", http.StatusNotFound, "url", "https://x.example", "version", "2")
	w.mia.Post("/weblinks/1/restore", nil).Want(made)
	w.mia.Get("/weblinks?view=table").Want(http.StatusOK, ">A<", ">t<")
	w.mia.Post("/weblinks/1/delete", nil).Want(made)
	ctx := auth.With(context.Background(), auth.System("test"))
	if err := w.links.purge(ctx); err != nil || w.Count("links") != 1 {
		t.Fatalf("purged too early: %v", err)
	}
	w.Clock.Add(31 * 24 * time.Hour)
	if err := w.links.purge(ctx); err != nil || w.Count("links") != 0 || w.Count("link_tag_links") != 0 {
		t.Errorf("not purged: %v", err)
	}
}

func TestLink_IsAFavouriteOfOnePerson(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example", Name: "A thing"})
	w.otto.Fragment("POST", "/weblinks/1/favourite", "star-1", apptest.Form("on", "1")).Want(http.StatusOK, "star-on")
	w.otto.Post("/weblinks/1/favourite", apptest.Form("on", "1")).Want(made)
	w.otto.Get("/weblinks/panels/favourites").Want(http.StatusOK, "A thing")
	w.otto.Get("/weblinks?show=favourites").Want(http.StatusOK, "A thing")
	w.mia.Get("/weblinks/panels/favourites").Want(http.StatusOK, "No favourites yet")
	w.otto.Post("/weblinks/1/favourite", apptest.Form("on", "0")).Want(made)
	if w.Count("link_favourites") != 0 {
		t.Error("it is still one")
	}
}

func TestLink_ListsTakeFewQueries(t *testing.T) {
	w := open(t)
	for _, n := range []string{"a", "b", "c", "d", "e"} {
		w.add("Mia Miller", linkForm{URL: "https://" + n + ".example", Name: n, Category: "Shelf " + n, Tags: "x, " + n})
	}
	w.mia.Get("/weblinks")
	contains(t, w.Queries(func() { w.mia.Get("/weblinks").Want(http.StatusOK) }), 2)
	contains(t, w.Queries(func() { w.mia.Get("/weblinks?view=table").Want(http.StatusOK) }), 3)
	contains(t, w.Queries(func() { w.mia.Get("/weblinks/1").Want(http.StatusOK) }), 3)
	contains(t, w.Queries(func() { w.mia.Get("/weblinks/panels/favourites").Want(http.StatusOK) }), 1)
}

func TestLink_IsFoundFilteredAndSorted(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://z.example", Name: "Ärger 100%", Category: "One", Tags: "red"})
	w.add("Mia Miller", linkForm{URL: "https://b.example", Name: "Bench", Category: "Two", Pinned: true})
	w.add("Mia Miller", linkForm{URL: "https://c.example", Name: "Chair"})
	w.Exec("UPDATE links SET clicks = 5 WHERE id = 3")
	for query, want := range map[string]string{
		"q=arger": "1", "q=100%25": "1", "q=z.example": "1", "q=a_b": "", "category=1": "1", "category=-1": "3", "tag=1": "1", "show=pinned": "2",
		"show=never&sort=name": "1 2", "sort=-name": "3 2 1", "sort=-clicks": "3 1 2", "sort=nothing": "2 1 3", "sort=category": "3 1 2", "show=mine&sort=name": "1 2 3", "show=broken": "",
	} {
		body := w.mia.Get("/weblinks?view=table&" + query).Want(http.StatusOK).Body
		var got []string
		for part := range strings.SplitSeq(body, `<tr data-row id="link-`) {
			if n, _, ok := strings.Cut(part, `"`); ok && len(n) == 1 {
				got = append(got, n)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s finds %v, not %s", query, got, want)
		}
	}
}

func TestWord_IsRenamedMergedAndRemoved(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example", Category: "Docs", Tags: "red, blue"})
	w.add("Mia Miller", linkForm{URL: "https://b.example", Category: "Wiki", Tags: "blue"})
	w.mia.Post("/weblinks/words/tag", apptest.Form("name", "green")).Want(made)
	w.refused(w.mia, "/weblinks/words/tag", http.StatusUnprocessableEntity, "name", "GREEN")
	w.refused(w.mia, "/weblinks/words/tag", http.StatusUnprocessableEntity, "name", "a,b")
	w.refused(w.mia, "/weblinks/words/other", http.StatusNotFound, "name", "x")
	w.mia.Get("/weblinks/words").Want(http.StatusOK, "green", "Docs")
	w.mia.Get("/weblinks/words/category/1/edit").Want(http.StatusOK, "Or merge it into")
	w.mia.Post("/weblinks/words/category/1/edit", apptest.Form("value", "Documents", "version", "1")).Want(made)
	w.refused(w.mia, "/weblinks/words/category/1/edit", http.StatusConflict, "value", "Late", "version", "1")
	w.refused(w.mia, "/weblinks/words/category/1/edit", http.StatusUnprocessableEntity, "value", "WIKI", "version", "2")
	w.refused(w.mia, "/weblinks/words/category/1/merge", http.StatusUnprocessableEntity, "into", "1")
	w.refused(w.mia, "/weblinks/words/category/1/merge", http.StatusUnprocessableEntity, "into", "99")
	w.refused(w.mia, "/weblinks/words/category/1/merge", http.StatusUnprocessableEntity, "into", "")
	w.mia.Post("/weblinks/words/category/1/merge", apptest.Form("into", "2")).Want(made)
	if w.Count("links", "category_id = 2") != 2 || w.Count("link_categories") != 1 {
		t.Error("the categories are not merged")
	}
	w.mia.Post("/weblinks/words/tag/1/merge", apptest.Form("into", "2")).Want(made)
	if w.Count("link_tag_links", "tag_id = 2") != 2 || w.Count("link_tag_links") != 2 {
		t.Error("the tags are not merged")
	}
	w.mia.Post("/weblinks/words/category/2/merge", apptest.Form("into", "0")).Want(made)
	if w.Count("links", "category_id IS NULL") != 2 {
		t.Error("links without a category are gone")
	}
}

func TestStatistics_CountWhatTheViewerSees(t *testing.T) {
	w := open(t)
	w.add("Mia Miller", linkForm{URL: "https://a.example", Name: "Much", Category: "Docs", Tags: "red"})
	w.add("Mia Miller", linkForm{URL: "https://b.example", Name: "Never", Category: "Docs"})
	w.add("Mia Miller", linkForm{URL: "https://c.example", Name: "Secret", Category: "Hidden", Tags: "hid", SeenBy: seenByMe})
	w.Exec("UPDATE links SET clicks = 7 WHERE id <> 2")
	v, err := w.links.Statistics(w.as("Otto Other", "user"))
	if err != nil || v.all.Links != 2 || v.all.Clicks != 7 || v.never != 1 || len(v.categories) != 1 || v.categories[0].Links != 2 || len(v.tags) != 1 {
		t.Errorf("%+v %v", v, err)
	}
	w.otto.Get("/weblinks/statistics").Want(http.StatusOK, "Most used links", "Much", "Docs").Lacks("Secret", "Hidden", "hid<")
	contains(t, w.Queries(func() { w.otto.Get("/weblinks/statistics") }), 4)
}

func TestLink_SeveralAreChangedAtOnceEachByItself(t *testing.T) {
	w := open(t)
	for _, n := range []string{"a", "b", "c"} {
		w.add("Mia Miller", linkForm{URL: "https://" + n + ".example", Name: "Link " + n, Tags: "old"})
	}
	w.add("Mia Miller", linkForm{URL: "https://own.example", Name: "Own", SeenBy: seenByMe})
	w.otto.Get("/weblinks?view=table").Want(http.StatusOK, `name="link"`, "Change the ticked links")
	w.refused(w.otto, "/weblinks/several", http.StatusUnprocessableEntity, "link", "1")
	w.refused(w.otto, "/weblinks/several", http.StatusUnprocessableEntity, "category", "X")
	w.otto.Post("/weblinks/several", apptest.Form("link", "1,2", "category", "New shelf", "add_tags", "x, y", "remove_tags", "OLD", "pinned", "1")).Want(made)
	if w.Count("links", "pinned AND category_id IS NOT NULL AND version = 2") != 2 || w.Count("link_tag_links") != 5 {
		t.Error("they are not changed")
	}
	w.otto.Post("/weblinks/several", apptest.Form("link", "3,4", "pinned", "1")).Want(http.StatusOK, "Link c", "There is no such link, or it is not for you.").Lacks("Own")
	if w.Count("links", "id = 4 AND version = 1") != 1 {
		t.Error("another's own link is changed")
	}
	w.otto.Post("/weblinks/several", apptest.Form("link", "1,2,3", "do", "trash")).Want(made)
	w.otto.Get("/weblinks").Want(http.StatusOK, "/weblinks/several/restore?links=1,2,3")
	w.otto.Post("/weblinks/several/restore?links=1,2,3", nil).Want(made)
	if w.Count("links", "deleted_at IS NULL") != 4 {
		t.Error("they are not back")
	}
}
