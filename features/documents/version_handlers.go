package documents

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"portal/app/feature"
	"portal/app/web"
)

type versionHandlers struct{ base }

// versionRoutes are the routes of a document's versions. Those who only read see what is released, and none of these pages.
func versionRoutes(b base) []feature.Route {
	h := versionHandlers{b}
	const all = "/:id<int>/versions"
	return []feature.Route{
		feature.Get("document.see.version.list", all, "A document's versions", h.list),
		feature.Get("document.see.version.one", all+"/:number<int>", "A version of a document", h.show),
		feature.Get("document.see.version.compare", "/:id<int>/compare", "Compare two versions of a document", h.compare),
		feature.Post("document.edit.version.restore", all+"/:number<int>/restore", "Make an old version the newest", h.restore),
	}
}

// versionView is what pages about versions show.
type versionView struct {
	headView
	versions  []Version
	decisions []Decision
	page      int
	more      bool

	one  Version // the one that is shown
	html string

	from, to Version // the two that are compared
	rows     []diffRow
	side     bool // beside each other, else below each other
}

func versionPath(document, number int64) string {
	return documentPath(document) + "/versions/" + id(number)
}

// decided is what was decided about the version last; the zero Decision for nothing.
func (v versionView) decided(number int64) Decision {
	for _, d := range v.decisions {
		if d.Number == number {
			return d
		}
	}
	return Decision{}
}

// comparePath is the address that compares the two.
func (v versionView) comparePath(from, to int64, side bool) string {
	path := v.Document.Path() + "/compare?from=" + id(from) + "&to=" + id(to)
	if side {
		path += "&view=side"
	}
	return path
}

func (h versionHandlers) list(c *fiber.Ctx) error {
	head, err := h.openToWrite(c, "versions")
	if err != nil {
		return err
	}
	v := versionView{headView: head, page: max(1, c.QueryInt("page", 1))}
	if v.versions, v.more, err = h.documents.Versions(c.UserContext(), head.Document.ID, v.page); err != nil {
		return err
	}
	if len(v.versions) > 0 {
		if v.decisions, err = h.documents.Decisions(c.UserContext(), head.Document.ID, v.versions[len(v.versions)-1].Number); err != nil {
			return err
		}
	}
	return web.Show(c, web.Page{Title: head.Document.Title + ": versions", Body: versionsPage(v)})
}

// asked is the version of the document that the address names.
// Errors: fault.NotFound.
func (h versionHandlers) asked(c *fiber.Ctx) (versionView, error) {
	head, err := h.openToWrite(c, "versions")
	if err != nil {
		return versionView{}, err
	}
	n, err := web.ID(c, "number")
	if err != nil {
		return versionView{}, errNoDocument()
	}
	v := versionView{headView: head}
	v.one, err = h.documents.Version(c.UserContext(), head.Document.ID, n)
	return v, err
}

func (h versionHandlers) show(c *fiber.Ctx) error {
	v, err := h.asked(c)
	if err != nil {
		return err
	}
	v.html = drawText(v.people, v.one.Content)
	return web.Show(c, web.Page{Title: v.one.Title + ": version " + id(v.one.Number), Body: versionPage(v)})
}

func (h versionHandlers) compare(c *fiber.Ctx) error {
	head, err := h.openToWrite(c, "versions")
	if err != nil {
		return err
	}
	v := versionView{headView: head, side: c.Query("view") == "side"}
	for _, part := range []struct {
		name  string
		usual int64
		into  *Version
	}{{"from", max(1, head.Document.Latest-1), &v.from}, {"to", head.Document.Latest, &v.to}} {
		n := part.usual
		if asked := c.Query(part.name); asked != "" {
			if n, err = strconv.ParseInt(asked, 10, 64); err != nil {
				return errNoDocument()
			}
		}
		if *part.into, err = h.documents.Version(c.UserContext(), head.Document.ID, n); err != nil {
			return err
		}
	}
	v.rows = compare(v.from.Content, v.to.Content)
	return web.Show(c, web.Page{Title: head.Document.Title + ": versions " + id(v.from.Number) + " and " + id(v.to.Number), Body: comparePage(v)})
}

func (h versionHandlers) restore(c *fiber.Ctx) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoDocument()
	}
	number, err := web.ID(c, "number")
	if err != nil {
		return errNoDocument()
	}
	d, err := h.documents.Restore(c.UserContext(), n, number)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: d.Path() + "?version=" + id(d.Latest), Toast: "Version " + id(number) + " is there again, as version " + id(d.Latest) + "."})
}
