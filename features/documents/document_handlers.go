package documents

import (
	"context"
	"crypto/rand"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
)

// base is what all handlers of the feature stand on.
type base struct {
	documents *documentStore
}

type documentHandlers struct{ base }

func (b base) today(ctx context.Context) clock.Day {
	return clock.DayOf(b.documents.db.Now(), auth.From(ctx).Zone)
}

// open is the document of the address, and what stands around each of its pages.
// Errors: fault.NotFound, also for what the viewer may not know of.
func (b base) open(c *fiber.Ctx, tab string) (headView, error) {
	n, err := web.ID(c, "id")
	if err != nil {
		return headView{}, errNoDocument()
	}
	ctx := c.UserContext()
	h, t, level, err := b.documents.Get(ctx, n)
	if err != nil {
		return headView{}, err
	}
	v := headView{heldDocument: h, tree: t, level: level, tab: tab, me: auth.From(ctx), access: b.documents.users.Gate().Access(), today: b.today(ctx)}
	if v.people, err = b.documents.users.People(ctx); err != nil {
		return v, err
	}
	v.tags, err = b.documents.Tags(ctx)
	return v, err
}

func (h documentHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l := listView{me: auth.From(ctx), today: h.today(ctx), now: h.documents.db.Now()}
	web.Query(c, &l.f)
	l.f.List = l.f.Tidy()
	var err error
	if l.tree, err = h.documents.Tree(ctx); err != nil {
		return err
	}
	if l.f.Category != 0 && !l.tree.mayKnow(l.f.Category, l.me) {
		return errNoCategory()
	}
	if l.rows, err = h.documents.List(ctx, l.f, l.today); err != nil {
		return err
	}
	if l.tags, err = h.documents.Tags(ctx); err != nil {
		return err
	}
	if l.people, err = h.documents.users.People(ctx); err != nil {
		return err
	}
	if l.counts, err = h.documents.Counts(ctx); err != nil {
		return err
	}
	l.tags = l.counts.shown(l.tags)
	web.Push(c, l.f.pageLink(l.f.Page, l.f.Size))
	return web.Show(c, web.Page{Title: "Documents", Body: listPage(l)})
}

func (h documentHandlers) show(c *fiber.Ctx) error {
	ctx := c.UserContext()
	head, err := h.open(c, "text")
	if err != nil {
		return err
	}
	v := textView{headView: head, number: head.shown(head.level)}
	if head.level >= LevelWrite && c.QueryInt("version") == int(head.Document.Latest) {
		v.number = head.Document.Latest
	}
	text, err := h.documents.Text(ctx, head.Document.ID, v.number)
	if err != nil {
		return err
	}
	v.html, v.headings = head.fill(text.HTML), text.Headings
	if v.favourite, v.confirmed, err = h.documents.Mine(ctx, head.Document); err != nil {
		return err
	}
	if v.decisions, err = h.documents.Decisions(ctx, head.Document.ID, head.Document.Latest); err != nil {
		return err
	}
	if !web.IsFragment(c) && head.byRight(head.tree, head.me) { // a page that only looks again is opened already
		if err := h.documents.Opened(ctx, head.Document); err != nil {
			return err
		}
	}
	return web.Show(c, web.Page{Title: head.Document.Title, Body: textPage(v)})
}

func (h documentHandlers) newForm(c *fiber.Ctx) error {
	ctx := c.UserContext()
	me := auth.From(ctx)
	f := documentForm{Owner: me.ID, Category: int64(c.QueryInt("category")), Once: rand.Text()}
	v, err := h.formView(ctx, heldDocument{}, f)
	if err != nil {
		return err
	}
	if !v.tree.mayKnow(f.Category, me) {
		v.f.Category = 0
	}
	if n := int64(c.QueryInt("template")); n > 0 {
		from, _, _, err := h.documents.Get(ctx, n)
		if err != nil {
			return err
		}
		w, err := h.documents.Version(ctx, n, from.shown(LevelRead))
		if err != nil {
			return err
		}
		now := h.documents.db.Now().In(me.Zone)
		v.f.Title, v.f.Content = filled(w.Title, me.Name, now), filled(w.Content, me.Name, now)
		v.f.Tags, v.f.Category = tagNames(v.tags, from.Tags), data.OrZero(from.Document.CategoryID)
	}
	if v.templates, err = h.documents.Templates(ctx); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "New document", Body: formPage(v)})
}

// formView is the form of a document, a new one when it has no id.
func (h documentHandlers) formView(ctx context.Context, of heldDocument, f documentForm) (formView, error) {
	v := formView{heldDocument: of, f: f, me: auth.From(ctx)}
	var err error
	if v.tree, err = h.documents.Tree(ctx); err != nil {
		return v, err
	}
	if v.tags, err = h.documents.Tags(ctx); err != nil {
		return v, err
	}
	v.level = LevelManage
	if of.Document.ID != 0 {
		v.level = of.level(v.tree, v.me)
	}
	v.people, err = h.documents.users.People(ctx)
	return v, err
}

// retry shows the form again with what is wrong with it.
func (h documentHandlers) retry(c *fiber.Ctx, of heldDocument, f documentForm, err error) error {
	v, viewErr := h.formView(c.UserContext(), of, f)
	if viewErr != nil {
		return viewErr
	}
	v.wrong = fault.Of(err).Fields
	return web.Retry(c, err, web.Page{Title: v.title(), Body: formPage(v)})
}

func (h documentHandlers) create(c *fiber.Ctx) error {
	var f documentForm
	err := web.Bind(c, &f)
	var d Document
	f = f.tidy()
	if err == nil && f.Release && !auth.From(c.UserContext()).Can(releaseOne) {
		err = errNotManager()
	}
	if err == nil {
		d, err = h.documents.Create(c.UserContext(), f)
	}
	if fault.Is(err, fault.Invalid) {
		return h.retry(c, heldDocument{}, f, err)
	}
	if err != nil {
		return err
	}
	toast := "“" + f.Title + "” is kept as a draft."
	if f.Release {
		toast = "“" + f.Title + "” is released."
	}
	return web.Done(c, web.Result{Back: d.Path(), Toast: toast})
}

// openToWrite is open for those who may write the document.
// Errors: fault.NotFound; fault.Forbidden.
func (b base) openToWrite(c *fiber.Ctx, tab string) (headView, error) {
	v, err := b.open(c, tab)
	if err == nil && v.level < LevelWrite {
		err = errNotWriter()
	}
	return v, err
}

func (h documentHandlers) editForm(c *fiber.Ctx) error {
	head, err := h.openToWrite(c, "")
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	w, err := h.documents.Version(ctx, head.Document.ID, head.Document.Latest)
	if err != nil {
		return err
	}
	v, err := h.formView(ctx, head.heldDocument, formOf(head.heldDocument, w, head.tags))
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: v.title(), Body: formPage(v)})
}

func (h documentHandlers) save(c *fiber.Ctx) error {
	head, err := h.openToWrite(c, "")
	if err != nil {
		return err
	}
	var f documentForm
	err = web.Bind(c, &f)
	f = f.tidy()
	if err == nil && f.Release && !head.may(LevelManage, releaseOne) {
		err = errNotManager()
	}
	var d Document
	if err == nil {
		d, err = h.documents.Update(c.UserContext(), head.Document.ID, f)
	}
	if clash, ok := data.ClashOf(err); ok {
		return web.AskClash(c, err, web.ClashOfForm(c, clash, head.Document.Path()+"/edit", head.Document.Path()))
	}
	if fault.Is(err, fault.Invalid) {
		return h.retry(c, head.heldDocument, f, err)
	}
	if err != nil {
		return err
	}
	r := web.Result{Back: d.Path(), Toast: "“" + f.Title + "” is saved."}
	switch {
	case f.Release:
		r.Toast = "Version " + id(d.Released) + " of “" + f.Title + "” is released."
	case d.State != StateReleased && d.Released != 0:
		r.Back, r.Toast = d.Path()+"?version="+id(d.Latest), "Version "+id(d.Latest)+" is kept as a draft. Readers go on to see version "+id(d.Released)+"."
	}
	return web.Done(c, r)
}

func (h documentHandlers) history(c *fiber.Ctx) error {
	head, err := h.openToWrite(c, "history")
	if err != nil {
		return err
	}
	page := max(1, c.QueryInt("page", 1))
	lines, more, err := h.documents.History(c.UserContext(), head.Document.ID, page)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: head.Document.Title + ": history", Body: historyPage(historyView{head, lines, page, more})})
}

// openToManage is open for those who manage the document.
// Errors: fault.NotFound; fault.Forbidden.
func (b base) openToManage(c *fiber.Ctx, tab string) (headView, error) {
	v, err := b.open(c, tab)
	if err == nil && v.level < LevelManage {
		err = errNotManager()
	}
	return v, err
}

func (h documentHandlers) delete(c *fiber.Ctx) error { return h.discard(c, true) }

func (h documentHandlers) restore(c *fiber.Ctx) error { return h.discard(c, false) }

// discard moves the document of the address to the trash, or brings it back.
func (h documentHandlers) discard(c *fiber.Ctx, deleted bool) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoDocument()
	}
	d, err := h.documents.Delete(c.UserContext(), n, deleted)
	if err != nil {
		return err
	}
	if deleted {
		return web.Done(c, web.Result{Back: "/documents", Toast: "“" + d.Title + "” is in the trash for 30 days.", Undo: d.Path() + "/restore"})
	}
	return web.Done(c, web.Result{Back: d.Path(), Toast: "“" + d.Title + "” is back."})
}
