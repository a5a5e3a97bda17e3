package documents

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

// gallery is a small shelf whose pages are looked at.
func gallery(t *testing.T) *world {
	t.Helper()
	w := open(t)
	top := w.category("Operations", 0, false)
	power := w.category("Power", top.ID, false)
	w.category("Management", 0, true)
	if _, _, err := w.documents.ShareCategory(w.Context(), top.ID, shareForm{User: w.id("Olga Owner"), Level: "manage"}); err != nil {
		t.Fatal(err)
	}
	d := w.document("How to restart the pump", func(f *documentForm) {
		f.Category, f.Tags, f.ReviewOn = power.ID, "power, runbook", "2026-11-20"
		f.Content = "# Before\n\nAsk @" + w.Person("Walt Writer", "user").Username + ".\n\n- [ ] Doors open\n\n## Then\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>no</script>"
	})
	w.id("Walt Writer")
	w.Clock.Add(time.Hour)
	f := w.form(d.ID)
	f.Content, f.Note, f.Release = strings.Replace(f.Content, "Ask", "Always ask", 1), "Stricter", false
	must[Document](t)(w.documents.Update(w.as("Walt Writer"), d.ID, f))
	must[Document](t)(w.documents.Decide(w.as("Walt Writer"), d.ID, decidedSubmitted, "", 2))
	w.document("Report form", func(f *documentForm) { f.Template = true })
	p := w.document("Plan of the year", func(f *documentForm) { f.Private = true })
	if _, _, err := w.documents.Share(w.as("Olga Owner"), p.ID, shareForm{User: w.id("Walt Writer"), Level: "read"}); err != nil {
		t.Fatal(err)
	}
	must[Document](t)(w.documents.SetReaders(w.as("Olga Owner"), d.ID, []int64{w.role("user")}))
	must[Document](t)(w.documents.Confirm(w.as("Walt Writer"), d.ID, 1))
	return w
}

func TestPages_Look(t *testing.T) {
	w := gallery(t)
	for _, c := range []struct{ name, who, path, target string }{
		{"list", "Olga Owner", "/documents", ""}, {"list-fragment", "Walt Writer", "/documents?sort=-updated", "list"},
		{"list-chips", "Olga Owner", "/documents?q=pump&category=1&tags=1,2&owner=1&state=review&show=mine&size=50", "list"}, {"list-reader", "Audra Auditor", "/documents", ""},
		{"list-none-fits", "Olga Owner", "/documents?q=nothing", "list"}, {"list-trash-empty", "Olga Owner", "/documents?show=trash", "list"},
		{"text", "Olga Owner", "/documents/1", ""}, {"text-reader", "Audra Auditor", "/documents/1", ""}, {"text-newest", "Olga Owner", "/documents/1?version=2", ""},
		{"text-shared", "Walt Writer", "/documents/3", ""}, {"new", "Olga Owner", "/documents/new?category=2", ""}, {"new-from-template", "Walt Writer", "/documents/new?template=2", ""},
		{"edit", "Olga Owner", "/documents/1/edit", ""}, {"edit-writer", "Walt Writer", "/documents/1/edit", ""}, {"history", "Olga Owner", "/documents/1/history", ""},
		{"versions", "Olga Owner", "/documents/1/versions", ""}, {"version", "Olga Owner", "/documents/1/versions/1", ""}, {"compare", "Olga Owner", "/documents/1/compare", ""},
		{"compare-side", "Olga Owner", "/documents/1/compare?from=1&to=2&view=side", ""}, {"return", "Olga Owner", "/documents/1/return", "dialog-body"},
		{"share", "Olga Owner", "/documents/3/share", ""}, {"readers", "Olga Owner", "/documents/1/readers", ""}, {"shelves", "Olga Owner", "/documents/categories", ""},
		{"category-edit", "Olga Owner", "/documents/categories/2/edit", "dialog-body"}, {"category-merge", "Olga Owner", "/documents/categories/2/merge", "dialog-body"},
		{"category-share", "Olga Owner", "/documents/categories/1/share", ""}, {"tag-edit", "Olga Owner", "/documents/tags/1/edit", "dialog-body"}, {"tag-merge", "Olga Owner", "/documents/tags/1/merge", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			roles := []string{"user"}
			if c.who == "Audra Auditor" {
				roles = []string{"auditor"}
			}
			b := w.As(c.who, roles...)
			a := b.Fragment("GET", c.path, c.target, nil)
			if c.target == "" {
				a = b.Get(c.path)
			}
			if a.Status != http.StatusOK {
				t.Fatal(a)
			}
			if _, body, page := strings.Cut(a.Body, "<main"); page {
				a.Body, _, _ = strings.Cut("<main"+body, "</main>")
			}
			apptest.Golden(t, c.name, a.Body)
		})
	}
}

func TestPages_EmptyPortalSaysWhatToDo(t *testing.T) {
	w := open(t)
	w.browser("Olga Owner").Get("/documents").Want(http.StatusOK, "No documents yet", "Write the first document")
	w.browser("Audra Auditor", "auditor").Get("/documents").Want(http.StatusOK, "No documents yet").Lacks("/documents/new")
	w.browser("Olga Owner").Get("/documents/categories").Want(http.StatusOK, "No categories yet", "No tags yet")
}

// A preview and suggestions show what the text will.
func TestPages_PreviewAndSuggestions(t *testing.T) {
	w := gallery(t)
	b := w.As("Olga Owner")
	b.Post("/documents/preview", apptest.Form("text", "# Head\n\n<script>x</script> @waltw")).Want(http.StatusOK, "<h2").Lacks("<script>x")
	w.refused(b, "/documents/preview", http.StatusUnprocessableEntity, "text", strings.Repeat("x", 500_001))
	b.Get("/documents/suggest?kind=person&q=wal").Want(http.StatusOK, "Walt Writer")
	b.Get("/documents/suggest?kind=person&q=zzz").Want(http.StatusOK, "Nobody and nothing")
}

// counted are the queries of each read of the feature, cold and then warm, with that many documents.
func counted(t *testing.T, many int) map[string][2]int {
	t.Helper()
	w := gallery(t)
	owner := w.id("Olga Owner")
	var docs []Document
	var versions []Version
	var links []tagLink
	var categories []Category
	for i := range many {
		n, in := int64(i+10), int64(i%3+1)
		docs = append(docs, Document{ID: n, Title: fmt.Sprintf("Document %d", i), TitleKey: fmt.Sprintf("document %05d", i), CategoryID: &in, OwnerID: &owner, State: StateReleased, Latest: 1, Released: 1, Version: 1, CreatedAt: w.DB.Now(), UpdatedAt: w.DB.Now()})
		versions = append(versions, Version{DocumentID: n, Number: 1, Title: "x", Content: "x", CreatedAt: w.DB.Now()}, Version{DocumentID: 1, Number: n, Title: "x", Content: "x", CreatedAt: w.DB.Now()})
		links = append(links, tagLink{DocumentID: n, TagID: int64(i%2 + 1)})
		if i < 100 {
			categories = append(categories, Category{ParentID: &in, Name: fmt.Sprint(i), NameKey: fmt.Sprint(i), Version: 1, CreatedAt: w.DB.Now(), UpdatedAt: w.DB.Now()})
		}
	}
	w.Insert(&docs)
	w.Insert(&versions)
	w.Insert(&links)
	w.Insert(&categories)
	b := w.As("Olga Owner")
	all := map[string][2]int{}
	address := strings.NewReplacer(":id<int>", "1", ":number<int>", "1", ":category<int>", "1", ":tag<int>", "1")
	for _, r := range w.Routes {
		if r.Method != http.MethodGet || r.Feature != "documents" {
			continue
		}
		var n [2]int
		w.Cache.Clear("")
		if err := w.Warm(w.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			n[i] = len(w.Queries(func() { b.Get(address.Replace(r.Path)).Want(http.StatusOK) }))
		}
		all[r.Name] = n
	}
	return all
}

// coldMost is how many queries a page runs at most with nothing held; three of them are who asks and what they have unread.
const coldMost = 11

func TestQueries_NoPageRunsOneForEachRow(t *testing.T) {
	few, many := counted(t, 10), counted(t, 1000)
	for route, n := range few {
		t.Logf("%-40s cold %d, warm %d", route, n[0], n[1])
		if m := many[route]; m != n {
			t.Errorf("%s: %v queries with 10 rows, %v with 1,000", route, n, m)
		}
		if n[0] > coldMost || n[1] > 4 {
			t.Errorf("%s: %d queries cold, %d warm", route, n[0], n[1])
		}
	}
	if len(few) < 15 {
		t.Errorf("only %d routes", len(few))
	}
}
