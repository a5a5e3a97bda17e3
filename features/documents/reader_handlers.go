package documents

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

type readerHandlers struct{ base }

// readerRoutes are the routes of who has to read a document.
func readerRoutes(b base) []feature.Route {
	h := readerHandlers{b}
	return []feature.Route{
		feature.Get("document.release.reader.list", "/:id<int>/readers", "Who has read a document", h.list),
		feature.Post("document.release.reader.save", "/:id<int>/readers", "Say which roles have to read a document", h.save),
	}
}

// readerView is the page of who has read what is released.
type readerView struct {
	headView
	groups []readerGroup
	wrong  map[string]string
}

// readersForm is which roles have to read a document.
type readersForm struct {
	Roles []int64 `form:"roles"`
}

func (h readerHandlers) open(c *fiber.Ctx) (readerView, error) {
	head, err := h.openToManage(c, "readers")
	if err != nil {
		return readerView{}, err
	}
	v := readerView{headView: head}
	v.groups, err = h.documents.Readers(c.UserContext(), head.heldDocument, head.Document.Released)
	return v, err
}

func (h readerHandlers) list(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: v.Document.Title + ": who has read it", Body: readersPage(v)})
}

func (h readerHandlers) save(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	var f readersForm
	if err = web.Bind(c, &f); err == nil {
		_, err = h.documents.SetReaders(c.UserContext(), v.Document.ID, f.Roles)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong, v.Readers = fault.Of(err).Fields, f.Roles
		return web.Retry(c, err, web.Page{Title: v.Document.Title + ": who has read it", Body: readersPage(v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: v.Document.Path() + "/readers", Toast: "Who has to read it is saved."})
}
