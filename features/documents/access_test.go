package documents

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Who may do what with a document, by what decides it.
func TestLevel_IsDecidedByOwnerSharesAndCategory(t *testing.T) {
	w := open(t)
	closed := w.category("Closed", 0, true)
	within := w.category("Within", closed.ID, false)
	openOne := w.category("Open", 0, false)
	share := func(n int64, f shareForm) {
		t.Helper()
		if _, _, err := w.documents.Share(w.as("Olga Owner"), n, f); err != nil {
			t.Fatal(err)
		}
	}
	plain := w.document("Plain", func(f *documentForm) { f.Category = openOne.ID })
	draft := w.document("Draft", func(f *documentForm) { f.Release = false })
	private := w.document("Private", func(f *documentForm) { f.Private = true })
	shared := w.document("Shared", func(f *documentForm) { f.Private = true })
	share(shared.ID, shareForm{User: w.id("Rita Reader"), Level: "read"})
	share(shared.ID, shareForm{User: w.id("Walt Writer"), Level: "write"})
	share(shared.ID, shareForm{Role: w.role("manager"), Level: "manage"})
	must[Document](t)(w.documents.Update(w.as("Olga Owner"), plain.ID, w.form(plain.ID)))
	hidden := w.document("Hidden", nil)
	w.Exec("UPDATE documents SET category_id = ? WHERE id = ?", within.ID, hidden.ID)
	w.Cache.Clear("")
	if _, _, err := w.documents.ShareCategory(w.Context(), closed.ID, shareForm{User: w.id("Rita Reader"), Level: "read"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who   string
		roles []string
		want  map[string]Level // by title; LevelNone for those that are not named
	}{
		{"Olga Owner", nil, map[string]Level{"Plain": LevelManage, "Draft": LevelManage, "Private": LevelManage, "Shared": LevelManage, "Hidden": LevelManage}},
		{"Stan Stranger", nil, map[string]Level{"Plain": LevelWrite, "Draft": LevelWrite}},
		{"Rita Reader", nil, map[string]Level{"Plain": LevelWrite, "Draft": LevelWrite, "Shared": LevelRead, "Hidden": LevelRead}},
		{"Walt Writer", nil, map[string]Level{"Plain": LevelWrite, "Draft": LevelWrite, "Shared": LevelWrite}},
		{"Mona Manager", []string{"manager"}, map[string]Level{"Plain": LevelWrite, "Draft": LevelWrite, "Shared": LevelManage}},
		{"Audra Auditor", []string{"auditor"}, map[string]Level{"Plain": LevelRead}},
		{"Adam Admin", []string{"admin"}, map[string]Level{"Plain": LevelManage, "Draft": LevelManage, "Private": LevelManage, "Shared": LevelManage, "Hidden": LevelManage}},
	} {
		ctx := w.as(c.who, c.roles...)
		for _, d := range []Document{plain, draft, private, shared, hidden} {
			_, _, level, err := w.documents.Get(ctx, d.ID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			if level != c.want[d.Title] {
				t.Errorf("%s may do %d with %s, not %d", c.who, level, d.Title, c.want[d.Title])
			}
		}
	}
}

// What a list finds is what each document says of itself, whatever the shares, categories and roles.
func TestVisible_IsWhatEachDocumentSays(t *testing.T) {
	w := open(t)
	r := rand.New(rand.NewPCG(5, 6))
	owner := w.id("Olga Owner")
	viewers := []struct {
		name  string
		roles []string
	}{{"Stan Stranger", nil}, {"Rita Reader", nil}, {"Mona Manager", []string{"manager"}}, {"Audra Auditor", []string{"auditor"}}, {"Adam Admin", []string{"admin"}}, {"Olga Owner", nil}}
	var categories []int64
	for i := range 12 {
		in := int64(0)
		if i > 2 && r.IntN(2) == 0 {
			in = categories[r.IntN(3)]
		}
		categories = append(categories, w.category(fmt.Sprintf("Category %d", i), in, r.IntN(3) == 0).ID)
	}
	names := []string{"read", "write", "manage"}
	row := func() Share {
		s := Share{Level: names[r.IntN(3)], CreatedAt: w.DB.Now()}
		if r.IntN(2) == 0 {
			s.UserID = data.Optional(w.id(viewers[r.IntN(2)].name))
		} else {
			s.RoleID = data.Optional(w.role([]string{"manager", "auditor", "user"}[r.IntN(3)]))
		}
		return s
	}
	var docs []Document
	for i := range 150 {
		d := Document{Title: fmt.Sprintf("Document %d", i), TitleKey: fmt.Sprintf("document %03d", i), OwnerID: &owner, Private: r.IntN(2) == 0, State: StateDraft, Latest: 1, Version: 1, CreatedAt: w.DB.Now(), UpdatedAt: w.DB.Now()}
		if r.IntN(4) > 0 {
			d.CategoryID = &categories[r.IntN(len(categories))]
		}
		d.Released = int64(r.IntN(2))
		docs = append(docs, d)
	}
	w.Insert(&docs)
	var shares []Share
	for i := range docs {
		docs[i].ID = int64(i + 1)
		if r.IntN(3) == 0 {
			s := row()
			s.DocumentID = &docs[i].ID
			shares = append(shares, s)
		}
	}
	for i := range categories {
		if r.IntN(2) == 0 {
			s := row()
			s.CategoryID = &categories[i]
			shares = append(shares, s)
		}
	}
	w.Insert(&shares)
	w.Cache.Clear("")
	for _, who := range viewers {
		ctx := w.as(who.name, who.roles...)
		var want []int64
		for _, d := range docs {
			if _, _, _, err := w.documents.Get(ctx, d.ID); err == nil {
				want = append(want, d.ID)
			}
		}
		var got []int64
		for page := 1; page < 4; page++ {
			rows := must[data.Rows[documentRow]](t)(w.documents.List(ctx, documentFilter{List: data.List{Page: page, Size: 100}}, "2026-11-25"))
			if rows.Total != len(want) {
				t.Errorf("%s: a total of %d, not %d", who.name, rows.Total, len(want))
			}
			for _, d := range rows.Items {
				if !slices.Contains(got, d.ID) {
					got = append(got, d.ID)
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s is listed %v and may know of %v", who.name, got, want)
		}
		n := 0
		for _, c := range must[counts](t)(w.documents.Counts(ctx)).Categories {
			n += c
		}
		if n != len(want) {
			t.Errorf("%s: categories hold %d, not %d", who.name, n, len(want))
		}
		var topics []string
		for _, d := range docs {
			topics = append(topics, documentTopic(d.ID))
		}
		if heard := must[[]string](t)(w.documents.heard(ctx, topics)); len(heard) != len(want) && auth.From(ctx).Can(seeDocument) {
			t.Errorf("%s hears of %d, not %d", who.name, len(heard), len(want))
		}
	}
}

// A person who may not know of a document gets 404 everywhere, and writes nothing.
func TestAccess_StrangersKnowNothing(t *testing.T) {
	w := open(t)
	d := w.document("Kept secret", func(f *documentForm) { f.Private, f.Tags = true, "hush" })
	c := w.category("Closed drawer", 0, true)
	b := w.browser("Stan Stranger")
	path := d.Path()
	for _, at := range []string{
		path, path + "?version=1", path + "/edit", path + "/history", path + "/versions", path + "/versions/1", path + "/compare", path + "/return", path + "/share", path + "/readers",
		"/documents/new?template=" + id(d.ID), "/documents?category=" + id(c.ID), categoryPath(c.ID, "edit"), categoryPath(c.ID, "merge"), categoryPath(c.ID, "share"), tagPath(1, "edit"), tagPath(1, "merge"),
	} {
		b.Get(at).Want(http.StatusNotFound).Lacks("Kept secret", "Closed drawer", "hush")
	}
	for _, at := range []string{"/documents", "/documents?q=kept", "/documents?show=mine", "/documents?tags=1", "/documents/new", "/documents/categories"} {
		b.Get(at).Want(http.StatusOK).Lacks("Kept secret", "Closed drawer", "hush")
	}
	for at, pairs := range map[string][]string{
		path + "/edit": {"title", "Mine", "version", "1"}, path + "/watch": {"on", "true"}, path + "/favourite": {"on", "true"}, path + "/confirm": {"number", "1"},
		path + "/submit": {"number", "1"}, path + "/release": {"number", "1"}, path + "/return": {"number", "1", "comment", "no"}, path + "/delete": nil, path + "/restore": nil,
		path + "/versions/1/restore": nil, path + "/share": {"user", id(w.id("Stan Stranger")), "level", "manage"}, path + "/share/1/remove": nil, path + "/readers": nil,
		categoryPath(c.ID, "edit"): {"name", "Mine", "version", "1"}, categoryPath(c.ID, "merge"): {"into", "1"}, categoryPath(c.ID, "delete"): nil,
		categoryPath(c.ID, "share"): {"user", id(w.id("Stan Stranger")), "level", "manage"}, tagPath(1, "edit"): {"name", "x", "version", "1"}, tagPath(1, "merge"): {"into", "1"}, tagPath(1, "delete"): nil,
	} {
		w.refused(b, at, http.StatusNotFound, pairs...).Lacks("Kept secret", "Closed drawer", "hush")
	}
	// Nor is anything put where one may not know of.
	w.refused(b, "/documents", http.StatusUnprocessableEntity, "title", "New", "owner", id(w.id("Stan Stranger")), "category", id(c.ID)).Lacks("Closed drawer")
}

// Who only reads sees what is released, and changes nothing.
func TestAccess_ReadersSeeWhatIsReleased(t *testing.T) {
	w := open(t)
	d := w.document("Manual", nil)
	f := w.form(d.ID)
	f.Title, f.Content, f.Release = "Manual of tomorrow", "Not decided yet.", false
	must[Document](t)(w.documents.Update(w.as("Olga Owner"), d.ID, f))
	draft := w.document("Never released", func(f *documentForm) { f.Release = false })
	b := w.browser("Audra Auditor", "auditor")
	b.Get(d.Path()).Want(http.StatusOK, "The text of Manual.").Lacks("tomorrow", "Not decided", "Edit")
	b.Get(d.Path()+"?version=2").Want(http.StatusOK, "The text of Manual.").Lacks("tomorrow", "Not decided")
	b.Get("/documents").Want(http.StatusOK, "Manual").Lacks("tomorrow", "Never released")
	b.Get(draft.Path()).Want(http.StatusNotFound)
	for _, at := range []string{"/versions", "/versions/2", "/compare", "/history"} {
		b.Get(d.Path() + at).Want(http.StatusForbidden).Lacks("Not decided")
	}
	w.refused(b, d.Path()+"/edit", http.StatusForbidden, "title", "Mine", "version", "2")
	w.refused(b, d.Path()+"/release", http.StatusForbidden, "number", "2")
	// One with whom it is shared for reading has the routes, but not the right.
	s := w.document("Shared for reading", func(f *documentForm) { f.Private = true })
	if _, _, err := w.documents.Share(w.as("Olga Owner"), s.ID, shareForm{User: w.id("Rita Reader"), Level: "read"}); err != nil {
		t.Fatal(err)
	}
	r := w.browser("Rita Reader")
	r.Get(s.Path()).Want(http.StatusOK).Lacks("/edit\"")
	for at, pairs := range map[string][]string{
		"/edit": {"title", "Mine", "version", "1"}, "/submit": {"number", "1"}, "/release": {"number", "1"}, "/return": {"number", "1", "comment", "no"}, "/delete": nil,
		"/versions/1/restore": nil, "/share": {"user", id(w.id("Rita Reader")), "level", "manage"}, "/readers": {"roles", "1"},
	} {
		w.refused(r, s.Path()+at, http.StatusForbidden, pairs...)
	}
}

// A writer who does not manage a document neither releases nor gives it away, nor makes it private.
func TestAccess_WritersDoNotManage(t *testing.T) {
	w := open(t)
	d := w.document("Common", nil)
	b := w.browser("Walt Writer")
	f := []string{"title", "Common", "content", "Changed.", "owner", id(w.id("Olga Owner")), "version", "1", "base", "1"}
	w.refused(b, d.Path()+"/edit", http.StatusForbidden, append(f, "release", "1")...)
	w.refused(b, d.Path()+"/edit", http.StatusForbidden, append(f, "private", "1")...)
	taken := slices.Clone(f)
	taken[5] = id(w.id("Walt Writer"))
	w.refused(b, d.Path()+"/edit", http.StatusForbidden, taken...)
	w.refused(b, d.Path()+"/release", http.StatusForbidden, "number", "1")
	w.done(b, d.Path()+"/edit", f...)
	b.Get(d.Path()).Want(http.StatusOK, "The text of Common.", "Version 2 is being written")
	b.Get(d.Path()+"?version=2").Want(http.StatusOK, "Changed.")
}

// What an administrator opens that is shared with them by nobody stands in the audit log.
func TestAudit_SaysThatAnAdministratorOpenedAPrivateDocument(t *testing.T) {
	w := open(t)
	d := w.document("Personal", func(f *documentForm) { f.Private = true })
	w.browser("Adam Admin", "admin").Get(d.Path()).Want(http.StatusOK)
	w.browser("Olga Owner").Get(d.Path()).Want(http.StatusOK)
	if n := w.Count("audit_lines", "action = 'opened the private document as administrator'", "user_name = 'Adam Admin'"); n != 1 {
		t.Errorf("%d lines", n)
	}
	if n := w.Count("audit_lines", "action LIKE 'opened%'"); n != 1 {
		t.Errorf("%d lines in all", n)
	}
}
