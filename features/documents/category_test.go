package documents

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/app/fault"
)

// Categories are a tree: none lies in itself, however deep.
func TestCategory_MovesWithoutRings(t *testing.T) {
	w := open(t)
	b := w.browser("Walt Writer")
	top := w.category("Top", 0, false)
	mid := w.category("Mid", top.ID, false)
	low := w.category("Low", mid.ID, false)
	for _, into := range []Category{top, mid, low} {
		w.refused(b, categoryPath(top.ID, "edit"), http.StatusUnprocessableEntity, "name", "Top", "parent", id(into.ID), "version", "1").Want(http.StatusUnprocessableEntity, "lies in this category itself")
	}
	w.done(b, categoryPath(low.ID, "edit"), "name", "Low", "parent", "0", "version", "1")
	w.done(b, categoryPath(top.ID, "edit"), "name", "Top", "parent", id(low.ID), "version", "1")
	b.Get("/documents/categories").Want(http.StatusOK, "Top", "Mid", "Low")
	in := int64(0)
	for i := range deepest {
		in = w.category(fmt.Sprintf("Depth %d", i), in, false).ID
	}
	w.refused(b, "/documents/categories", http.StatusUnprocessableEntity, "name", "Too deep", "parent", id(in)).Want(http.StatusUnprocessableEntity, "At most 8 categories")
	w.refused(b, categoryPath(low.ID, "edit"), http.StatusUnprocessableEntity, "name", "Low", "parent", id(in), "version", "2").Want(http.StatusUnprocessableEntity, "At most 8 categories")
}

func TestCategory_NamesAreOneOfAKind(t *testing.T) {
	w := open(t)
	b := w.browser("Walt Writer")
	w.category("Network", 0, false)
	for said, name := range map[string]string{"There is a category of this name already.": " NETWORK ", "A name has no slash": "a/b", "This is needed.": " ", "At most 100 characters.": strings.Repeat("x", 101)} {
		w.refused(b, "/documents/categories", http.StatusUnprocessableEntity, "name", name).Want(http.StatusUnprocessableEntity, said)
	}
	w.done(b, "/documents/categories", "name", "Network", "parent", "1")
	w.refused(b, categoryPath(2, "edit"), http.StatusUnprocessableEntity, "name", "Network", "parent", "0", "version", "1")
}

// Two change one category at once: each field by itself, the same field by choice.
func TestS84_TwoChangeACategory(t *testing.T) {
	w := open(t)
	w.category("Network", 0, false)
	in := w.category("Hall", 0, false)
	b, o := w.browser("Walt Writer"), w.browser("Rita Reader")
	w.done(b, categoryPath(1, "edit"), "name", "Networks", "parent", "0", "version", "1")
	w.done(o, categoryPath(1, "edit"), "name", "Network", "parent", id(in.ID), "version", "1")
	b.Get("/documents/categories").Want(http.StatusOK, "Networks")
	w.refused(o, categoryPath(1, "edit"), http.StatusConflict, "name", "Nets", "parent", id(in.ID), "version", "1").Want(http.StatusConflict, "Walt Writer", "Networks", "Nets")
}

func TestCategory_IsDeletedWhenEmptyAndMergedElse(t *testing.T) {
	w := open(t)
	b := w.browser("Walt Writer")
	from, to := w.category("From", 0, false), w.category("To", 0, false)
	below := w.category("Below", from.ID, false)
	d := w.document("Manual", func(f *documentForm) { f.Category = from.ID })
	w.refused(b, categoryPath(from.ID, "delete"), http.StatusConflict)
	w.done(b, categoryPath(below.ID, "delete"))
	w.refused(b, categoryPath(from.ID, "delete"), http.StatusConflict).Want(http.StatusConflict, "merge the category")
	w.refused(b, categoryPath(from.ID, "merge"), http.StatusUnprocessableEntity, "into", id(from.ID))
	w.refused(b, categoryPath(from.ID, "merge"), http.StatusUnprocessableEntity, "into", "99")
	w.done(b, categoryPath(from.ID, "merge"), "into", id(to.ID))
	b.Get(d.Path()).Want(http.StatusOK, "/documents?category="+id(to.ID))
	if n := w.Count("document_categories"); n != 1 {
		t.Errorf("%d categories are left", n)
	}
	w.done(w.browser("Olga Owner"), d.Path()+"/delete")
	w.done(b, categoryPath(to.ID, "delete"))
	w.done(w.browser("Olga Owner"), d.Path()+"/restore")
	b.Get(d.Path()).Want(http.StatusOK, "Manual")
}

// What is private does not become public by a merge, and who makes a category private keeps it.
func TestCategory_PrivateOnes(t *testing.T) {
	w := open(t)
	b, stranger := w.browser("Walt Writer"), w.browser("Stan Stranger")
	w.category("Public", 0, false)
	w.done(b, "/documents/categories", "name", "Ours", "private", "1")
	ours := w.category("Deep", 2, false)
	d, err := w.documents.Create(w.as("Walt Writer"), documentForm{Title: "Manual", Content: "x", Owner: w.id("Walt Writer"), Category: ours.ID, Release: true})
	if err != nil {
		t.Fatal(err)
	}
	b.Get(d.Path()).Want(http.StatusOK, "Its category is private")
	stranger.Get(d.Path()).Want(http.StatusNotFound)
	stranger.Get("/documents/categories").Want(http.StatusOK, "Public").Lacks("Ours", "Deep")
	w.refused(b, categoryPath(2, "merge"), http.StatusUnprocessableEntity, "into", "1").Want(http.StatusUnprocessableEntity, "everyone would see what lies in it")
	w.done(b, categoryPath(2, "share"), "role", id(w.role("user")), "level", "read")
	stranger.Get(d.Path()).Want(http.StatusOK)
	stranger.Get(categoryPath(2, "edit")).Want(http.StatusNotFound)
	w.refused(stranger, "/documents", http.StatusUnprocessableEntity, "title", "Put in", "owner", id(w.id("Stan Stranger")), "category", "2").Want(http.StatusUnprocessableEntity, "put nothing into it")
	var share int64
	if err := w.DB.Writer().NewRaw("SELECT id FROM document_shares WHERE role_id IS NOT NULL").Scan(w.Context(), &share); err != nil {
		t.Fatal(err)
	}
	w.done(b, categoryPath(2, "share")+"/"+id(share)+"/remove")
	stranger.Get(d.Path()).Want(http.StatusNotFound)
}

// Who may arrange categories neither takes what all see for themselves, nor gives away what few see.
func TestCategory_ArrangingIsNotTaking(t *testing.T) {
	w := open(t)
	public, ours := w.category("Public", 0, false), w.category("Ours", 0, true)
	if _, _, err := w.documents.ShareCategory(w.Context(), ours.ID, shareForm{User: w.id("Walt Writer"), Level: "manage"}); err != nil {
		t.Fatal(err)
	}
	d := w.document("Manual", func(f *documentForm) { f.Category = public.ID })
	b, admin := w.browser("Walt Writer"), w.browser("Adam Admin", "admin")
	me := id(w.id("Walt Writer"))
	b.Get("/documents/categories").Want(http.StatusOK).Lacks(categoryPath(public.ID, "share"))
	b.Get(categoryPath(public.ID, "share")).Want(http.StatusForbidden)
	w.refused(b, categoryPath(public.ID, "share"), http.StatusForbidden, "user", me, "level", "manage")
	w.refused(b, categoryPath(public.ID, "edit"), http.StatusForbidden, "name", "Public", "private", "1", "version", "1")
	w.refused(b, categoryPath(public.ID, "edit"), http.StatusForbidden, "name", "Public", "parent", id(ours.ID), "version", "1")
	w.refused(b, categoryPath(public.ID, "merge"), http.StatusUnprocessableEntity, "into", id(ours.ID)).Want(http.StatusUnprocessableEntity, "only administrators put there")
	w.refused(b, d.Path()+"/edit", http.StatusForbidden, "title", "Manual", "content", "The text of Manual.", "owner", id(w.id("Olga Owner")), "category", id(ours.ID), "version", "1", "base", "1")
	w.done(b, categoryPath(public.ID, "edit"), "name", "Open to all", "version", "1")
	w.done(admin, categoryPath(public.ID, "edit"), "name", "Open to all", "private", "1", "version", "2")
	b.Get(d.Path()).Want(http.StatusNotFound)
	// Nor does a share for writing let anybody carry a text out of a private category.
	secret, err := w.documents.Create(w.as("Adam Admin", "admin"), documentForm{Title: "Secret", Owner: w.id("Adam Admin"), Category: ours.ID, Release: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.documents.ShareCategory(w.Context(), ours.ID, shareForm{User: w.id("Rita Reader"), Level: "write"}); err != nil {
		t.Fatal(err)
	}
	r := w.browser("Rita Reader")
	r.Get(secret.Path()).Want(http.StatusOK)
	w.refused(r, secret.Path()+"/edit", http.StatusForbidden, "title", "Secret", "owner", id(w.id("Adam Admin")), "category", "0", "version", "1", "base", "1")
}

func TestShare_ByPersonAndRole(t *testing.T) {
	w := open(t)
	d := w.document("Plan", func(f *documentForm) { f.Private = true })
	owner, rita := w.browser("Olga Owner"), w.browser("Rita Reader")
	path := d.Path() + "/share"
	for said, pairs := range map[string][]string{
		"Choose a person or a role.":         {"level", "read"},
		"Choose either a person or a role.":  {"level", "read", "user", "1", "role", "1"},
		"Choose a person from the list.":     {"level", "read", "user", "99999"},
		"Choose a role from the list.":       {"level", "read", "role", "99999"},
		"Choose one of read, write, manage.": {"level", "own", "user", id(w.id("Rita Reader"))},
	} {
		w.refused(owner, path, http.StatusUnprocessableEntity, pairs...).Want(http.StatusUnprocessableEntity, said)
	}
	w.done(owner, path, "user", id(w.id("Rita Reader")), "level", "read")
	rita.Get(d.Path()).Want(http.StatusOK).Lacks(d.Path() + "/edit")
	w.done(owner, path, "user", id(w.id("Rita Reader")), "level", "write")
	rita.Get(d.Path() + "/edit").Want(http.StatusOK)
	if n := w.Count("document_shares"); n != 1 {
		t.Errorf("%d shares", n)
	}
	w.done(owner, path+"/1/remove")
	rita.Get(d.Path()).Want(http.StatusNotFound)
	w.refused(owner, path+"/1/remove", http.StatusNotFound)
}

func TestTag_RenameMergeDelete(t *testing.T) {
	w := open(t)
	d := w.document("One", func(f *documentForm) { f.Tags = "pwr, hall" })
	w.document("Two", func(f *documentForm) { f.Tags = "power" })
	b := w.browser("Walt Writer")
	tag := func(name string) int64 {
		t.Helper()
		for _, g := range must[[]Tag](t)(w.documents.Tags(w.Context())) {
			if g.Name == name {
				return g.ID
			}
		}
		t.Fatalf("no tag %s", name)
		return 0
	}
	w.refused(b, tagPath(tag("pwr"), "edit"), http.StatusUnprocessableEntity, "name", "Power", "version", "1").Want(http.StatusUnprocessableEntity, "Merge the two instead")
	w.refused(b, tagPath(tag("pwr"), "edit"), http.StatusUnprocessableEntity, "name", "a, b", "version", "1")
	w.done(b, tagPath(tag("hall"), "edit"), "name", "Hall B", "version", "1")
	b.Get(d.Path()).Want(http.StatusOK, "Hall B")
	w.refused(b, tagPath(tag("Hall B"), "delete"), http.StatusConflict)
}

func TestTag_MergedOneIsGone(t *testing.T) {
	w := open(t)
	d := w.document("One", func(f *documentForm) { f.Tags = "pwr, power" })
	o := w.document("Two", func(f *documentForm) { f.Tags = "pwr" })
	b := w.browser("Walt Writer")
	power, pwr := int64(0), int64(0)
	for _, g := range must[[]Tag](t)(w.documents.Tags(w.Context())) {
		if g.Name == "power" {
			power = g.ID
		} else {
			pwr = g.ID
		}
	}
	w.done(b, tagPath(pwr, "merge"), "into", id(power))
	for _, at := range []string{d.Path(), o.Path()} {
		b.Get(at).Want(http.StatusOK, ">power<").Lacks(">pwr<")
	}
	w.refused(b, tagPath(pwr, "merge"), http.StatusNotFound, "into", id(power))
	for _, n := range []int64{d.ID, o.ID} {
		f := w.form(n)
		f.Tags = ""
		must[Document](t)(w.documents.Update(w.as("Olga Owner"), n, f))
	}
	w.done(b, tagPath(power, "delete"))
	if _, err := w.documents.DeleteTag(w.Context(), power); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}
