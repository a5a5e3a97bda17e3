// Package documents is the feature of the department's knowledge: documents with versions, in categories, under tags.
package documents

import (
	"embed"
	"io/fs"
	"slices"
	"time"

	"portal/app/feature"
	"portal/app/search"
)

//go:embed migrations/*.sql
var folder embed.FS

// Routes that templates and rules ask about.
const (
	seeList        = "documents.document.see.list"
	seeDocument    = "documents.document.see.one"
	newDocument    = "documents.document.edit.new"
	editDocument   = "documents.document.edit.form"
	deleteDocument = "documents.document.delete.do"
	releaseOne     = "documents.document.release.do"
	submitOne      = "documents.document.edit.submit"
	seeWatch       = "documents.document.see.watch"
	shareDocument  = "documents.document.share.list"
	shareCategory  = "documents.document.share.category.list"
	seeReaders     = "documents.document.release.reader.list"
	editCategories = "documents.category.edit.form"
)

// New declares the feature.
func New(k feature.Kit) (feature.Feature, error) { return declare(newBase(k)) }

// newBase makes the store.
func newBase(k feature.Kit) base { return base{newDocumentStore(k.DB, k.Users, k.Inbox, k.Cache)} }

func declare(b base) (feature.Feature, error) {
	migrations, err := fs.Sub(folder, "migrations")
	if err != nil {
		return feature.Feature{}, err
	}
	readers, writers := []string{"user", "auditor"}, []string{"user"}
	return feature.Feature{
		Name:  "documents",
		Title: "Documents",
		Access: []feature.Access{
			{Node: "documents.document.see", Label: "Read documents", Roles: readers},
			{Node: "documents.document.edit", Label: "Write documents", Roles: writers},
			{Node: "documents.document.release", Label: "Release documents, or return them", Roles: writers},
			{Node: "documents.document.share", Label: "Share documents", Roles: writers},
			{Node: "documents.document.delete", Label: "Delete documents and bring them back", Roles: writers},
			{Node: "documents.category.edit", Label: "Make, move and delete categories, and merge tags", Roles: writers},
		},
		Nav:        []feature.NavItem{{Title: "Documents", Icon: "book", Route: "document.see.list", Weight: 20, Key: "g d"}},
		Routes:     allRoutes(b),
		Migrations: migrations,
		Caches:     []string{"documents.document", "documents.tree", "documents.tags", "documents.list", "documents.counts", "documents.text"},
		Jobs: []feature.Job{
			{Name: "documents.purge", Title: "Remove documents for good that have been in the trash for 30 days", Every: 24 * time.Hour, Run: b.documents.purge},
		},
		Holdings: handovers(b.documents.db),
		Notices:  notices,
		Warm:     b.documents.warm,
		Finds:    b.documents.finds(),
		Actions:  []search.Action{{Title: "New document", Words: "write make create", Icon: "plus", Route: "document.edit.new", URL: "/documents/new"}},
		Demo:     fillDemo,
		Import:   importLegacy,
		Live:     b.documents.live,
		Heard:    b.documents.heard,
	}, nil
}

// allRoutes is the whole table. Ids are numbers by the router, so no word can be taken for one.
func allRoutes(b base) []feature.Route {
	h := documentHandlers{b}
	const one = "/:id<int>"
	create := feature.Post("document.edit.create", "", "Make a document", h.create)
	save := feature.Post("document.edit.save", one+"/edit", "Change a document", h.save)
	preview := feature.Post("document.edit.preview", "/preview", "See a text as it will be shown", h.preview)
	create.Body, save.Body, preview.Body = formBody, formBody, formBody
	all := []feature.Route{
		feature.Get("document.see.list", "", "List of documents", h.list),
		feature.Get("document.edit.new", "/new", "Form of a new document", h.newForm),
		create, preview,
		feature.Get("document.edit.suggest", "/suggest", "People to name in a text", h.suggest),
		feature.Get("document.see.one", one, "A document", h.show),
		feature.Get("document.edit.form", one+"/edit", "Form of a document", h.editForm),
		save,
		feature.Get("document.see.history", one+"/history", "A document's history", h.history),
		feature.Post("document.see.watch", one+"/watch", "Watch a document, or no longer", h.watch),
		feature.Post("document.see.favour", one+"/favourite", "Put a document among one's favourites, or take it from them", h.favour),
		feature.Post("document.see.confirm", one+"/confirm", "Confirm to have read a document", h.confirm),
		feature.Post("document.edit.submit", one+"/submit", "Submit a document's version", h.submit),
		feature.Post("document.release.do", one+"/release", "Release a document's version", h.release),
		feature.Get("document.release.return.form", one+"/return", "Form to return a document's version", h.returnForm),
		feature.Post("document.release.return.do", one+"/return", "Return a document's version", h.returnIt),
		feature.Post("document.delete.do", one+"/delete", "Move a document to the trash", h.delete),
		feature.Post("document.delete.undo", one+"/restore", "Take a document out of the trash", h.restore),
	}
	return slices.Concat(all, versionRoutes(b), categoryRoutes(b), tagRoutes(b), shareRoutes(b), readerRoutes(b))
}
