// Package weblinks is the feature of the department's shared bookmarks.
package weblinks

import (
	"embed"
	"io/fs"
	"time"

	"portal/app/feature"
	"portal/app/search"
)

//go:embed migrations/*.sql
var folder embed.FS

// Routes that templates ask about.
const (
	seeList      = "weblinks.link.see.list"
	newLink      = "weblinks.link.edit.new"
	editLink     = "weblinks.link.edit.form"
	deleteLink   = "weblinks.link.delete.do"
	severalLinks = "weblinks.link.edit.several"
	importLinks  = "weblinks.link.edit.import.form"
	exportLinks  = "weblinks.link.see.export"
	editWords    = "weblinks.word.edit.save"
)

// New declares the feature.
func New(k feature.Kit) (feature.Feature, error) {
	links, err := newLinkStore(k)
	if err != nil {
		return feature.Feature{}, err
	}
	return declare(linkHandlers{links})
}

func declare(h linkHandlers) (feature.Feature, error) {
	migrations, err := fs.Sub(folder, "migrations")
	if err != nil {
		return feature.Feature{}, err
	}
	readers, writers := []string{"user", "auditor"}, []string{"user"}
	return feature.Feature{
		Name:  "weblinks",
		Title: "Weblinks",
		Access: []feature.Access{
			{Node: "weblinks.link.see", Label: "See and open links", Roles: readers},
			{Node: "weblinks.link.edit", Label: "Add and change links", Roles: writers},
			{Node: "weblinks.link.delete", Label: "Delete links and bring them back", Roles: writers},
			{Node: "weblinks.word.see", Label: "See the lists of categories and tags of links", Roles: readers},
			{Node: "weblinks.word.edit", Label: "Make, rename, merge and remove categories and tags of links", Roles: writers},
		},
		Nav:        []feature.NavItem{{Title: "Weblinks", Icon: "link", Route: "link.see.list", Weight: 30, Key: "g w"}},
		Panels:     []feature.Panel{{Slot: "home", Route: "link.see.favourites", ID: "favourite-links", Title: "Favourite links"}},
		Routes:     routes(h),
		Migrations: migrations,
		Jobs: []feature.Job{
			{Name: "weblinks.purge", Title: "Remove links for good that have been in the trash for 30 days", Every: 24 * time.Hour, Run: h.links.purge},
			{Name: "weblinks.check", Title: "Look whether the pages of links still answer", Every: 10 * time.Minute, Run: h.links.check, Ready: h.links.mustCheck},
		},
		Finds:   finds(),
		Actions: []search.Action{{Title: "New weblink", Words: "add bookmark url", Icon: "plus", Route: "link.edit.new", URL: "/weblinks/new"}},
		Live:    h.links.live,
		Heard:   h.links.heard,
		Demo:    fillDemo,
		Import:  importLegacy,
	}, nil
}

// routes is the whole table. Ids are numbers by the router, so no word can be taken for one.
func routes(h linkHandlers) []feature.Route {
	const one, word = "/:id<int>", "/words/:kind/:id<int>"
	load := feature.Post("link.edit.import.do", "/import", "Import links from a file", h.importFile)
	load.Body, load.File = importBytes+1<<20, true
	return []feature.Route{
		feature.Get("link.see.list", "", "Links", h.list),
		feature.Get("link.see.favourites", "/panels/favourites", "Favourite links on the start page", h.favourites),
		feature.Get("link.edit.new", "/new", "Form of a new link", h.newForm),
		feature.Post("link.edit.create", "", "Add a link", h.create),
		feature.Get("link.edit.import.form", "/import", "Form to import links", h.importForm),
		load,
		feature.Post("link.see.export", "/export", "Links as a file", h.export),
		feature.Get("link.see.statistics", "/statistics", "Statistics of links", h.statistics),
		feature.Post("link.edit.several", "/several", "Change several links", h.several),
		feature.Post("link.delete.restore.several", "/several/restore", "Bring back several links", h.restoreSeveral),
		feature.Get("link.edit.same", "/same", "Whether there is a link to an address", h.same),
		feature.Get("link.see.one", one, "A link with its history", h.show),
		feature.Get("link.see.open", one+"/open", "Open a link", h.open),
		feature.Post("link.see.favourite", one+"/favourite", "Put a link among one's favourites, or take it from them", h.favourite),
		feature.Get("link.edit.form", one+"/edit", "Form of a link", h.editForm),
		feature.Post("link.edit.save", one+"/edit", "Change a link", h.save),
		feature.Get("link.see.field", one+"/field/:field", "A field of a link", h.field),
		feature.Get("link.edit.field.form", one+"/field/:field/edit", "Editor of a link's field", h.fieldForm),
		feature.Post("link.edit.field.save", one+"/field/:field", "Change a link's field", h.saveField),
		feature.Post("link.delete.do", one+"/delete", "Move a link to the trash", h.trash),
		feature.Post("link.delete.restore", one+"/restore", "Bring back a link", h.restore),
		feature.Get("word.see.list", "/words", "Categories and tags of links", h.words),
		feature.Post("word.edit.add", "/words/:kind", "Make a category or a tag of links", h.addWord),
		feature.Get("word.edit.form", word+"/edit", "Form of a category or a tag of links", h.wordForm),
		feature.Post("word.edit.save", word+"/edit", "Rename a category or a tag of links", h.saveWord),
		feature.Post("word.edit.merge", word+"/merge", "Merge or remove a category or a tag of links", h.mergeWord),
	}
}
