package projects

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/feature"
	"portal/app/savedview"
	"portal/app/web"
)

type savedHandlers struct{ base }

// savedRoutes are the routes of saved views. What a view keeps stands in the address of the form that saves it.
func savedRoutes(b base) []feature.Route {
	h := savedHandlers{b}
	const one = "/views/:view<int>"
	return []feature.Route{
		feature.Get("view.see.list", "/views", "Saved views of a list", h.list),
		feature.Post("view.edit.save", "/views", "Save a view", h.save),
		feature.Post("view.edit.update", one+"/update", "Change what a view shows", h.update),
		feature.Post("view.edit.rename", one+"/rename", "Rename a view", h.rename),
		feature.Post("view.edit.open", one+"/open", "Open a list with a view", h.open),
		feature.Post("view.edit.plain", "/views/plain", "Open a list as it is", h.plain),
		feature.Post("view.edit.move", one+"/move", "Order views", h.move),
		feature.Post("view.edit.delete", one+"/delete", "Delete a view", h.delete),
		feature.Post("view.edit.restore", one+"/restore", "Bring back a view", h.restore),
		feature.Post("view.share", one+"/share", "Share a view with a role", h.share),
	}
}

// savedForm is what the forms of views send.
type savedForm struct {
	Name string `form:"name"`
	Role int64  `form:"role"`
	By   int64  `form:"by"` // places down; -1 is up
}

// of is the list of the address.
func (h savedHandlers) of(c *fiber.Ctx) (savedList, error) {
	return h.savedList(c.UserContext(), strings.Clone(c.Query("list")))
}

// viewID is the view of the address.
func viewID(c *fiber.Ctx) (int64, error) {
	n, err := web.ID(c, "view")
	if err != nil {
		return 0, fault.New(fault.NotFound, "There is no such saved view, or it is not for you.")
	}
	return n, nil
}

func (h savedHandlers) list(c *fiber.Ctx) error { return h.page(c, savedForm{}, nil) }

// page is the page of the list's views; with wrong, what is wrong with the name that was sent.
func (h savedHandlers) page(c *fiber.Ctx, f savedForm, wrong error) error {
	l, err := h.of(c)
	if err != nil {
		return err
	}
	m, err := h.menu(c, l)
	if err != nil {
		return err
	}
	s := savedPage{savedMenu: m, f: f}
	if wrong == nil {
		return web.Show(c, web.Page{Title: "Views: " + l.title, Body: savedViewsPage(s)})
	}
	s.wrong = fault.Of(wrong).Public
	if said := fault.Of(wrong).Fields["name"]; said != "" {
		s.wrong = said
	}
	return web.Retry(c, wrong, web.Page{Title: "Views: " + l.title, Body: savedViewsPage(s)})
}

func (h savedHandlers) save(c *fiber.Ctx) error {
	l, err := h.of(c)
	if err != nil {
		return err
	}
	var f savedForm
	var v savedview.View
	if err = web.Bind(c, &f); err == nil {
		v, err = h.views.Save(c.UserContext(), l.List, f.Name, l.query(c))
	}
	if fault.Is(err, fault.Invalid) {
		return h.page(c, f, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: l.address(v), Toast: "The view “" + v.Name + "” is saved."})
}

// edit does something to the view of the address, and says what; without a sentence, the answer is the page of the views.
func (h savedHandlers) edit(c *fiber.Ctx, do func(context.Context, savedList, int64, savedForm) (web.Result, error)) error {
	l, err := h.of(c)
	if err != nil {
		return err
	}
	n, err := viewID(c)
	if err != nil {
		return err
	}
	var f savedForm
	var r web.Result
	if err = web.Bind(c, &f); err == nil {
		r, err = do(c.UserContext(), l, n, f)
	}
	if fault.Is(err, fault.Invalid) {
		return h.page(c, savedForm{}, err)
	}
	if err != nil {
		return err
	}
	if r.Back == "" {
		r.Back = savedMenu{savedList: l}.page()
	}
	return web.Done(c, r)
}

func (h savedHandlers) update(c *fiber.Ctx) error {
	return h.edit(c, func(ctx context.Context, l savedList, n int64, _ savedForm) (web.Result, error) {
		v, err := h.views.Update(ctx, l.List, n, l.query(c))
		return web.Result{Back: l.address(v), Toast: "The view “" + v.Name + "” shows this now."}, err
	})
}

func (h savedHandlers) rename(c *fiber.Ctx) error {
	return h.edit(c, func(ctx context.Context, l savedList, n int64, f savedForm) (web.Result, error) {
		v, err := h.views.Rename(ctx, l.List, n, f.Name)
		return web.Result{Toast: "The view is called “" + v.Name + "”."}, err
	})
}

func (h savedHandlers) open(c *fiber.Ctx) error {
	return h.edit(c, func(ctx context.Context, l savedList, n int64, _ savedForm) (web.Result, error) {
		return web.Result{Toast: "The list opens with this view for you."}, h.views.OpenWith(ctx, l.List, n)
	})
}

func (h savedHandlers) plain(c *fiber.Ctx) error {
	l, err := h.of(c)
	if err != nil {
		return err
	}
	if err := h.views.OpenWith(c.UserContext(), l.List, 0); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: savedMenu{savedList: l}.page(), Toast: "The list opens as it is for you."})
}

func (h savedHandlers) move(c *fiber.Ctx) error {
	return h.edit(c, func(ctx context.Context, l savedList, n int64, f savedForm) (web.Result, error) {
		by := 1
		if f.By < 0 {
			by = -1
		}
		_, err := h.views.Move(ctx, l.List, n, by)
		return web.Result{}, err
	})
}

func (h savedHandlers) delete(c *fiber.Ctx) error {
	return h.edit(c, func(ctx context.Context, l savedList, n int64, _ savedForm) (web.Result, error) {
		v, err := h.views.Delete(ctx, l.List, n)
		return web.Result{Toast: "The view “" + v.Name + "” is deleted.", Undo: savedMenu{savedList: l}.viewPath(v, "restore")}, err
	})
}

func (h savedHandlers) restore(c *fiber.Ctx) error {
	return h.edit(c, func(ctx context.Context, l savedList, n int64, _ savedForm) (web.Result, error) {
		v, err := h.views.Restore(ctx, l.List, n)
		return web.Result{Toast: "The view “" + v.Name + "” is back."}, err
	})
}

func (h savedHandlers) share(c *fiber.Ctx) error {
	return h.edit(c, func(ctx context.Context, l savedList, n int64, f savedForm) (web.Result, error) {
		v, err := h.views.Share(ctx, l.List, n, f.Role)
		said := "Nobody else sees the view “" + v.Name + "” now."
		if v.RoleID != nil {
			said = "People with the role see the view “" + v.Name + "” now, and in it what each of them may see."
		}
		return web.Result{Toast: said}, err
	})
}
