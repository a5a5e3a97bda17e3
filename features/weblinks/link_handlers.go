package weblinks

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// linkHandlers are the pages of links.
type linkHandlers struct{ links *linkStore }

func (h linkHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l := listView{me: auth.From(ctx), access: h.links.Gate.Access()}
	web.Query(c, &l.f)
	l.f.List = l.f.Tidy()
	var err error
	if l.f.tiled() {
		l.shelves, err = h.links.Tiles(ctx, l.f)
	} else {
		l.rows, err = h.links.List(ctx, l.f)
	}
	if err != nil {
		return err
	}
	if l.words, err = h.links.Words(ctx); err != nil {
		return err
	}
	if l.people, err = h.links.Users.People(ctx); err != nil {
		return err
	}
	web.Push(c, l.f.pageLink(l.f.Page, l.f.Size))
	return web.Show(c, web.Page{Title: "Weblinks", Body: listPage(l)})
}

func (h linkHandlers) favourites(c *fiber.Ctx) error {
	rows, err := h.links.Favourites(c.UserContext(), 13)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Favourite links", Body: favouritesPage(rows)})
}

// of is the link of the address.
func (h linkHandlers) of(c *fiber.Ctx) (Link, error) {
	n, err := web.ID(c, "id")
	if err != nil {
		return Link{}, errNoLink()
	}
	return h.links.Get(c.UserContext(), n)
}

// alive is of for what is done with links that are not in the trash.
func (h linkHandlers) alive(c *fiber.Ctx) (Link, error) {
	l, err := h.of(c)
	if err == nil && l.DeletedAt != nil {
		return l, errNoLink()
	}
	return l, err
}

func (h linkHandlers) show(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l, err := h.of(c)
	if err != nil {
		return err
	}
	v := oneView{Link: l, access: h.links.Gate.Access(), me: auth.From(ctx), page: max(1, c.QueryInt("page"))}
	if v.words, err = h.links.Words(ctx); err != nil {
		return err
	}
	if v.people, err = h.links.Users.People(ctx); err != nil {
		return err
	}
	if v.lines, v.more, err = h.links.History(ctx, l.ID, v.page); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: l.Name, Body: onePage(v)})
}

// open counts the click and leads to the address that is stored, and to no other one.
func (h linkHandlers) open(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l, err := h.alive(c)
	if err != nil {
		return err
	}
	to, err := readAddress(l.URL)
	if err != nil { // an old row: whatever it is, nobody is led there
		return fault.New(fault.Invalid, "The address of “%s” can't be opened: %s", l.Name, fault.Of(err).Public)
	}
	if !auth.From(ctx).Viewing() {
		if err := h.links.Opened(ctx, l.ID); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect(to, fiber.StatusFound)
}

func (h linkHandlers) favourite(c *fiber.Ctx) error {
	l, err := h.alive(c)
	if err != nil {
		return err
	}
	if l, err = h.links.SetFavourite(c.UserContext(), l.ID, web.Value(c, "on") == "1"); err != nil {
		return err
	}
	said := "“" + l.Name + "” is no longer one of your favourites."
	if l.Mine {
		said = "“" + l.Name + "” is one of your favourites and stands on your start page."
	}
	return web.Done(c, web.Result{Piece: star(l), Back: web.Local(web.PathOf(c.Get(fiber.HeaderReferer)), l.Path()), Toast: said})
}

// formView is the form as it is shown.
func (h linkHandlers) formView(ctx context.Context, l Link, f linkForm) (formView, error) {
	w, err := h.links.Words(ctx)
	return formView{link: l, f: f, words: w, access: h.links.Gate.Access(), me: auth.From(ctx)}, err
}

func (h linkHandlers) newForm(c *fiber.Ctx) error {
	ctx := c.UserContext()
	f := linkForm{SeenBy: seenByAll, Once: rand.Text(), URL: strings.Clone(c.Query("url")), Name: data.Cut(oneLine(strings.Clone(c.Query("title"))), 200)}
	v, err := h.formView(ctx, Link{}, f)
	if err != nil {
		return err
	}
	if f.URL != "" {
		if v.f.URL, err = readAddress(f.URL); err != nil {
			v.f.URL, v.wrong = f.URL, fault.Wrong(err)
		} else if v.same, err = h.links.Same(ctx, h.links.DB.Read, v.f.URL, 0); err != nil {
			return err
		}
	}
	return web.Show(c, web.Page{Title: v.title(), Body: formPage(v)})
}

// same answers with the link that has the address already, for the form in which it is being typed.
func (h linkHandlers) same(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var found Link
	address, err := readAddress(strings.Clone(c.Query("url")))
	if err == nil {
		if found, err = h.links.Same(ctx, h.links.DB.Read, address, int64(c.QueryInt("except"))); err != nil {
			return err
		}
	}
	body := sameNote(found)
	if !web.IsFragment(c) {
		body = samePage(found)
	}
	return web.Show(c, web.Page{Title: "The same address", Body: body})
}

func (h linkHandlers) create(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f linkForm
	var l Link
	err := web.Bind(c, &f)
	if err == nil {
		l, err = h.links.Create(ctx, h.links.titled(ctx, f))
	}
	if fault.Is(err, fault.Invalid) {
		return h.again(c, Link{}, f, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: listPath + "/" + id(l.ID), Toast: "The link “" + l.Name + "” is added."})
}

// again is the form as it was sent, and what is wrong with it.
func (h linkHandlers) again(c *fiber.Ctx, l Link, f linkForm, wrong error) error {
	ctx := c.UserContext()
	v, err := h.formView(ctx, l, f)
	if err != nil {
		return err
	}
	v.wrong = fault.Wrong(wrong)
	if address, err := readAddress(f.URL); err == nil {
		if v.same, err = h.links.Same(ctx, h.links.DB.Read, address, l.ID); err != nil {
			return err
		}
	}
	return web.Retry(c, wrong, web.Page{Title: v.title(), Body: formPage(v)})
}

func (h linkHandlers) editForm(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l, err := h.alive(c)
	if err != nil {
		return err
	}
	v, err := h.formView(ctx, l, linkForm{})
	if err != nil {
		return err
	}
	v.f = formOf(l, v.words)
	return web.Show(c, web.Page{Title: v.title(), Body: formPage(v)})
}

func (h linkHandlers) save(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l, err := h.alive(c)
	if err != nil {
		return err
	}
	var f linkForm
	if err = web.Bind(c, &f); err == nil {
		if !l.mayShare(auth.From(ctx)) { // the form does not ask who may not say
			f.SeenBy, f.Roles = l.SeenBy, split(l.Roles)
		}
		_, err = h.links.Save(ctx, l.ID, f)
	}
	if clash, ok := data.ClashOf(err); ok {
		return web.AskClash(c, err, web.ClashOfForm(c, clash, l.Path()+"/edit", l.Path()))
	}
	if fault.Is(err, fault.Invalid) {
		return h.again(c, l, f, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: l.Path(), Toast: "The link is saved."})
}

func (h linkHandlers) trash(c *fiber.Ctx) error {
	l, err := h.alive(c)
	if err == nil {
		l, err = h.links.Trash(c.UserContext(), l.ID)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: listPath, Toast: "“" + l.Name + "” is in the trash.", Undo: l.Path() + "/restore"})
}

func (h linkHandlers) restore(c *fiber.Ctx) error {
	l, err := h.of(c)
	if err == nil {
		l, err = h.links.Restore(c.UserContext(), l.ID)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: l.Path(), Toast: "“" + l.Name + "” is back."})
}

// listLink leads to the list.
var listLink = components.Link{Label: "Weblinks", URL: listPath}
