package documents

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

type shareHandlers struct{ base }

// shareRoutes are the routes of whom documents and categories are shared with.
func shareRoutes(b base) []feature.Route {
	h := shareHandlers{b}
	const one, category = "/:id<int>/share", "/categories/:category<int>/share"
	return []feature.Route{
		feature.Get("document.share.list", one, "Whom a document is shared with", h.list),
		feature.Post("document.share.add", one, "Share a document", h.add),
		feature.Post("document.share.remove", one+"/:share<int>/remove", "Share a document no longer", h.remove),
		feature.Get("document.share.category.list", category, "Whom a category is shared with", h.categoryList),
		feature.Post("document.share.category.add", category, "Share a category", h.categoryAdd),
		feature.Post("document.share.category.remove", category+"/:share<int>/remove", "Share a category no longer", h.categoryRemove),
	}
}

// shareView is the page of whom something is shared with.
type shareView struct {
	path   string // of the page
	what   string // "This document" or "This category, with all that lies in it,"
	shares []Share
	people *auth.People
	access *auth.Access
	f      shareForm
	wrong  map[string]string
	note   string // what holds beside the shares
}

func (v shareView) personOptions() []components.Option {
	all := []components.Option{{Value: "0", Label: "Nobody"}}
	for _, p := range v.people.List {
		if !p.Locked {
			all = append(all, components.Option{Value: id(p.ID), Label: p.Name + " (" + p.Username + ")"})
		}
	}
	return all
}

func (v shareView) roleOptions() []components.Option {
	return append([]components.Option{{Value: "0", Label: "None"}}, roleOptions(v.access)...)
}

func roleOptions(a *auth.Access) []components.Option {
	var all []components.Option
	for _, name := range a.RoleNames() {
		all = append(all, components.Option{Value: id(a.RoleID(name)), Label: name})
	}
	return all
}

var levelOptions = []components.Option{{Value: "read", Label: "Read"}, {Value: "write", Label: "Write"}, {Value: "manage", Label: "Manage: share, release and delete"}}

// shares is the page of a document's shares.
func (h headView) shares() shareView {
	v := shareView{path: h.Document.Path() + "/share", what: "This document", shares: h.Shares, people: h.people, access: h.access, f: shareForm{Level: "read"}}
	if !h.Document.Private && !h.tree.closed(h.Document.CategoryID) {
		v.note = "It is not private: everyone who may read documents reads it, and whoever may write documents writes it. Shares count for those who may not."
	}
	return v
}

func (h shareHandlers) list(c *fiber.Ctx) error {
	head, err := h.openToManage(c, "share")
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: head.Document.Title + ": sharing", Body: sharePage(head, head.shares())})
}

func (h shareHandlers) add(c *fiber.Ctx) error {
	head, err := h.openToManage(c, "share")
	if err != nil {
		return err
	}
	v := head.shares()
	var who string
	if err = web.Bind(c, &v.f); err == nil {
		_, who, err = h.documents.Share(c.UserContext(), head.Document.ID, v.f)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Of(err).Fields
		return web.Retry(c, err, web.Page{Title: head.Document.Title + ": sharing", Body: sharePage(head, v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: v.path, Toast: "It is shared with " + who + "."})
}

func (h shareHandlers) remove(c *fiber.Ctx) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoDocument()
	}
	share, err := web.ID(c, "share")
	if err != nil {
		return errNoShare()
	}
	d, who, err := h.documents.Unshare(c.UserContext(), n, share)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: d.Path() + "/share", Toast: "It is no longer shared with " + who + "."})
}

// shares is the page of a category's shares.
func (v categoryView) shares() shareView {
	s := shareView{
		path: categoryPath(v.category.ID, "share"), what: "This category, with all that lies in it,", shares: v.tree.Shares[v.category.ID], people: v.people, access: v.access,
		f: shareForm{Level: "read"},
	}
	if !v.tree.closed(&v.category.ID) {
		s.note = "The category is not private. Shares count for private documents in it, and for those who may not write."
	}
	return s
}

// openToShare is the category of the address, if the viewer decides who sees what lies in it.
// Errors: fault.NotFound; fault.Forbidden.
func (h shareHandlers) openToShare(c *fiber.Ctx) (categoryView, error) {
	v, err := h.openCategory(c)
	if err == nil && !v.tree.mayOpen(v.category.ID, v.me) {
		err = errNotOpener()
	}
	return v, err
}

func (h shareHandlers) categoryList(c *fiber.Ctx) error {
	v, err := h.openToShare(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: v.category.Name + ": sharing", Body: categorySharePage(v, v.shares())})
}

func (h shareHandlers) categoryAdd(c *fiber.Ctx) error {
	v, err := h.openToShare(c)
	if err != nil {
		return err
	}
	s := v.shares()
	var who string
	if err = web.Bind(c, &s.f); err == nil {
		_, who, err = h.documents.ShareCategory(c.UserContext(), v.category.ID, s.f)
	}
	if fault.Is(err, fault.Invalid) {
		s.wrong = fault.Of(err).Fields
		return web.Retry(c, err, web.Page{Title: v.category.Name + ": sharing", Body: categorySharePage(v, s)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: s.path, Toast: "It is shared with " + who + "."})
}

func (h shareHandlers) categoryRemove(c *fiber.Ctx) error {
	n, err := web.ID(c, "category")
	if err != nil {
		return errNoCategory()
	}
	share, err := web.ID(c, "share")
	if err != nil {
		return errNoShare()
	}
	_, who, err := h.documents.UnshareCategory(c.UserContext(), n, share)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: categoryPath(n, "share"), Toast: "It is no longer shared with " + who + "."})
}
