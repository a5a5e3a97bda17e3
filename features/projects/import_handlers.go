package projects

import (
	"io"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

type importHandlers struct {
	base
	imports *importStore
}

// importTasks is the route that menus ask about.
const importTasks = "projects.task.edit.import.form"

// importRoutes are the routes of tasks from a file.
func importRoutes(b base) []feature.Route {
	h := importHandlers{b, newImportStore(b)}
	const all, one = "/:id<int>/import", "/:id<int>/import/:import<int>"
	upload := feature.Post("task.edit.import.upload", all, "Send a file of tasks", h.upload)
	upload.Body = importBytes + 1<<20
	return []feature.Route{
		feature.Get("task.edit.import.form", all, "Import tasks from a file", h.form),
		upload,
		feature.Get("task.edit.import.one", one, "An import of tasks", h.show),
		feature.Post("task.edit.import.sheet", one+"/sheet", "Choose the sheet of an import", h.sheet),
		feature.Post("task.edit.import.check", one+"/check", "Check an import", h.check),
		feature.Post("task.edit.import.remap", one+"/columns", "Change the columns of an import", h.remap),
		feature.Post("task.edit.import.start", one+"/start", "Make the tasks of an import", h.start),
		feature.Post("task.edit.import.cancel", one+"/cancel", "Cancel an import", h.cancel),
		feature.Post("task.edit.import.undo", one+"/undo", "Take an import back", h.undo),
		feature.Post("task.edit.import.redo", one+"/redo", "Bring back what an import made", h.redo),
		feature.Get("task.edit.import.errors", one+"/errors.csv", "Errors of an import", h.errors),
	}
}

// openImports is the project of the address, if the viewer may import into it.
func (h importHandlers) openImports(c *fiber.Ctx) (importView, error) {
	head, err := h.head(c, "list")
	if err == nil && !head.mayWork(head.me) {
		err = errNotTeam()
	}
	return importView{headView: head, now: h.projects.db.Now()}, err
}

// openImport is the import of the address.
func (h importHandlers) openImport(c *fiber.Ctx) (importView, error) {
	v, err := h.openImports(c)
	if err != nil {
		return v, err
	}
	n, err := web.ID(c, "import")
	if err != nil {
		return v, errNoImport()
	}
	v.one, err = h.imports.Get(c.UserContext(), v.Project.ID, n)
	v.form = formOfImport(v.one.settings())
	return v, err
}

func (h importHandlers) form(c *fiber.Ctx) error {
	v, err := h.openImports(c)
	if err != nil {
		return err
	}
	if v.latest, err = h.imports.Latest(c.UserContext(), v.Project.ID); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: v.Project.Name + ": import", Body: importUploadPage(v)})
}

func (h importHandlers) upload(c *fiber.Ctx) error {
	v, err := h.openImports(c)
	if err != nil {
		return err
	}
	name, body, err := sentFile(c, "file")
	if err == nil {
		v.one, err = h.imports.Upload(c.UserContext(), v.Project.ID, name, body)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Of(err).Fields
		if v.latest, err = h.imports.Latest(c.UserContext(), v.Project.ID); err != nil {
			return err
		}
		return web.Retry(c, fault.Field("file", "%s", v.wrong["file"]), web.Page{Title: v.Project.Name + ": import", Body: importUploadPage(v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: v.one.Path()})
}

// sentFile is the file of that field of the form.
// Errors: fault.Invalid at the field when there is none.
func sentFile(c *fiber.Ctx, field string) (name string, body []byte, err error) {
	file, err := c.FormFile(field)
	if err != nil {
		return "", nil, fault.Field(field, "Choose a file.").Because(err)
	}
	f, err := file.Open()
	if err != nil {
		return "", nil, err
	}
	body, err = io.ReadAll(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return cleanFileName(file.Filename), body, err
}

func (h importHandlers) show(c *fiber.Ctx) error {
	v, err := h.openImport(c)
	if err != nil {
		return err
	}
	return showImport(c, v, nil)
}

func showImport(c *fiber.Ctx, v importView, err error) error {
	page := web.Page{Title: v.Project.Name + ": import", Body: importPage(v)}
	if err != nil {
		return web.Retry(c, err, page)
	}
	return web.Show(c, page)
}

func (h importHandlers) sheet(c *fiber.Ctx) error {
	v, err := h.openImport(c)
	if err != nil {
		return err
	}
	var f importForm
	if err = web.Bind(c, &f); err == nil {
		_, err = h.imports.Look(c.UserContext(), v.one, f.Sheet)
	}
	return h.answer(c, v, f, err)
}

func (h importHandlers) check(c *fiber.Ctx) error {
	v, err := h.openImport(c)
	if err != nil {
		return err
	}
	var f importForm
	if err = web.Bind(c, &f); err == nil {
		_, err = h.imports.Check(c.UserContext(), v.Project.ID, v.one.ID, f)
	}
	return h.answer(c, v, f, err)
}

// answer goes on to the import, or shows its form with what is wrong.
func (h importHandlers) answer(c *fiber.Ctx, v importView, f importForm, err error) error {
	if fault.Is(err, fault.Invalid) {
		v.form, v.wrong = f, fault.Of(err).Fields
		return showImport(c, v, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: v.one.Path()})
}

func (h importHandlers) remap(c *fiber.Ctx) error {
	return h.turn(c, func(v importView) (fileImport, error) {
		return h.imports.Remap(c.UserContext(), v.Project.ID, v.one.ID)
	}, "", "")
}

func (h importHandlers) start(c *fiber.Ctx) error {
	return h.turn(c, func(v importView) (fileImport, error) {
		return h.imports.Start(c.UserContext(), v.Project.ID, v.one.ID)
	}, "", "")
}

func (h importHandlers) cancel(c *fiber.Ctx) error {
	return h.turn(c, func(v importView) (fileImport, error) {
		return h.imports.Cancel(c.UserContext(), v.Project.ID, v.one.ID)
	}, "The import is cancelled. Nothing of it was made.", "")
}

func (h importHandlers) undo(c *fiber.Ctx) error {
	return h.turn(c, func(v importView) (fileImport, error) {
		return h.imports.Undo(c.UserContext(), v.Project.ID, v.one.ID, true)
	}, "The import is taken back: its tasks are in the trash for 30 days.", "/redo")
}

func (h importHandlers) redo(c *fiber.Ctx) error {
	return h.turn(c, func(v importView) (fileImport, error) {
		return h.imports.Undo(c.UserContext(), v.Project.ID, v.one.ID, false)
	}, "The tasks of the import are back.", "")
}

// turn does something to the import of the address and goes back to it.
func (h importHandlers) turn(c *fiber.Ctx, do func(importView) (fileImport, error), said, undo string) error {
	v, err := h.openImport(c)
	if err != nil {
		return err
	}
	if _, err = do(v); err != nil {
		return err
	}
	r := web.Result{Back: v.one.Path(), Toast: said}
	if undo != "" {
		r.Undo = v.one.Path() + undo
	}
	return web.Done(c, r)
}

func (h importHandlers) errors(c *fiber.Ctx) error {
	v, err := h.openImport(c)
	if err != nil {
		return err
	}
	list, err := h.imports.Body(c.UserContext(), v.one.ID, partErrors)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.New(fault.NotFound, "The import has no list of errors, or it has been removed with its file.")
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="import-errors.csv"`)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(list)
}
