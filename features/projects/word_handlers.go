package projects

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

// wordHandlers are those of the lists of statuses and priorities, and of the steps between statuses.
type wordHandlers struct{ base }

// wordRoutes are the routes of statuses, priorities and their transitions.
func wordRoutes(b base) []feature.Route {
	h := wordHandlers{b}
	const list = "/words/:list"
	const one, way = list + "/:word<int>", "/words/steps/:from<int>/:to<int>"
	return []feature.Route{
		feature.Get("word.see.list", "/words", "Statuses and priorities", h.list),
		feature.Get("word.see.steps", "/words/steps", "Who may take which step between statuses", h.steps),
		feature.Get("word.edit.step.form", way, "Form of a step between statuses", h.stepForm),
		feature.Post("word.edit.step.save", way, "Set who may take a step between statuses", h.saveStep),
		feature.Get("word.edit.new", list+"/new", "Form of a new status or priority", h.newForm),
		feature.Post("word.edit.add", list, "Make a status or priority", h.add),
		feature.Post("word.edit.move", list+"/move", "Order statuses or priorities", h.move),
		feature.Get("word.edit.form", one+"/edit", "Form of a status or priority", h.form),
		feature.Post("word.edit.save", one+"/edit", "Change a status or priority", h.save),
		feature.Get("word.edit.merge.form", one+"/merge", "Form to merge a status or priority", h.mergeForm),
		feature.Post("word.edit.merge.do", one+"/merge", "Merge a status or priority into another", h.merge),
		feature.Post("word.edit.delete", one+"/delete", "Delete a status or priority that is in no use", h.delete),
	}
}

// wordsView is the page of both lists.
type wordsView struct {
	words *words
	me    *auth.Viewer
}

func (v wordsView) may() bool { return v.me.Can(editWords) }

// wordView is a form about one word.
type wordView struct {
	word
	f     wordForm
	words *words
	used  usage
	into  int64 // what to merge into
	wrong map[string]string
	said  string // what is wrong as a whole
}

func (v wordView) title() string {
	if v.ID == 0 {
		return "New " + v.list.noun
	}
	return "Edit the " + v.list.noun + " “" + v.Name + "”"
}

func (v wordView) action() string {
	if v.ID == 0 {
		return v.list.path()
	}
	return v.path("edit")
}

// stepsLost says what of the steps between statuses goes with this one; empty for nothing.
func (v wordView) stepsLost() string {
	if v.list != statusList {
		return ""
	}
	n := 0
	for way := range v.words.steps {
		if way.from == v.ID || way.to == v.ID {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "Who takes tasks to or from “" + v.Name + "” is set for one step, which goes with it."
	}
	return "Who takes tasks to or from “" + v.Name + "” is set for " + strconv.Itoa(n) + " steps, which go with it."
}

// others are the words that this one may be merged into.
func (v wordView) others() []components.Option {
	all := []components.Option{{Value: "0", Label: "Choose one"}}
	for _, w := range v.words.of(v.list) {
		if w.ID != v.ID {
			all = append(all, components.Option{Value: id(w.ID), Label: w.Name})
		}
	}
	return all
}

func (h wordHandlers) list(c *fiber.Ctx) error {
	page, err := h.page(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, page)
}

func (h wordHandlers) page(ctx context.Context) (web.Page, error) {
	w, err := h.projects.words.All(ctx)
	if err != nil {
		return web.Page{}, err
	}
	return web.Page{Title: "Statuses and priorities", Body: wordsPage(wordsView{words: w, me: auth.From(ctx)})}, nil
}

// listIn is the list of the address.
// Errors: fault.NotFound.
func listIn(c *fiber.Ctx) (wordList, error) {
	l, ok := listOf(c.Params("list"))
	if !ok {
		return l, errNoWord()
	}
	return l, nil
}

// open is the word of the address.
// Errors: fault.NotFound.
func (h wordHandlers) open(c *fiber.Ctx) (wordView, error) {
	l, err := listIn(c)
	if err != nil {
		return wordView{}, err
	}
	all, err := h.projects.words.All(c.UserContext())
	if err != nil {
		return wordView{}, err
	}
	n, err := web.ID(c, "word")
	if err != nil {
		return wordView{}, errNoWord()
	}
	w, ok := all.one(l, n)
	if !ok {
		return wordView{}, errNoWord()
	}
	f := wordForm{labelForm{w.Name, w.Tone, w.Version}, string(w.Stage)}
	return wordView{word: w, f: f, words: all}, nil
}

func (h wordHandlers) newForm(c *fiber.Ctx) error {
	l, err := listIn(c)
	if err != nil {
		return err
	}
	v := wordView{word: word{list: l}, f: wordForm{labelForm{Colour: "blue"}, string(StageProgress)}}
	return showWordForm(c, v, nil)
}

// showWordForm shows the form; with err, what is wrong with it.
func showWordForm(c *fiber.Ctx, v wordView, err error) error {
	if err != nil {
		v.wrong = fault.Of(err).Fields
	}
	return web.ShortForm{Title: v.title(), Back: wordsLink, Fields: wordFields(v)}.Show(c, err)
}

// wordsLink leads back to the lists.
var wordsLink = components.Link{Label: "Statuses and priorities", URL: wordsPath}

func (h wordHandlers) add(c *fiber.Ctx) error {
	l, err := listIn(c)
	if err != nil {
		return err
	}
	v := wordView{word: word{list: l}}
	if err = web.Bind(c, &v.f); err == nil {
		v.word, err = h.projects.words.Add(c.UserContext(), l, v.f)
	}
	if fault.Is(err, fault.Invalid) {
		v.word = word{list: l}
		return showWordForm(c, v, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: wordsPath, Toast: "The " + l.noun + " “" + v.Name + "” is made."})
}

func (h wordHandlers) form(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return showWordForm(c, v, nil)
}

func (h wordHandlers) save(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	v.f = wordForm{}
	saved := v.word
	if err = web.Bind(c, &v.f); err == nil {
		saved, err = h.projects.words.Save(c.UserContext(), v.list, v.ID, v.f)
	}
	if clash, ok := data.ClashOf(err); ok {
		view := web.ClashOfForm(c, clash, v.path("edit"), wordsPath)
		return web.AskClash(c, err, view)
	}
	if fault.Is(err, fault.Invalid) {
		return showWordForm(c, v, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: wordsPath, Toast: "“" + known(saved.Name, v.Name) + "” is saved."})
}

func (h wordHandlers) move(c *fiber.Ctx) error {
	l, err := listIn(c)
	if err != nil {
		return err
	}
	var f moveWordForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	w, err := h.projects.words.Move(c.UserContext(), l, f)
	if err != nil {
		return err
	}
	page, err := h.page(c.UserContext())
	if err != nil {
		return err
	}
	r := web.Result{Back: wordsPath, Piece: page.Body}
	if !web.IsFragment(c) {
		r.Toast = "“" + w.Name + "” is moved."
	}
	return web.Done(c, r)
}

func (h wordHandlers) mergeForm(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return h.showMerge(c, v, nil)
}

// showMerge shows what a word may be merged into; with err, what is wrong with that, or why it can't be deleted.
func (h wordHandlers) showMerge(c *fiber.Ctx, v wordView, err error) error {
	used, useErr := h.projects.words.usage(c.UserContext(), h.projects.db.Read, v.list, v.ID)
	if useErr != nil {
		return useErr
	}
	v.used = used
	if err != nil {
		f := fault.Of(err)
		if v.wrong = f.Fields; f.Kind == fault.Conflict {
			v.said = f.Public
		}
	}
	return web.ShortForm{Title: "Merge “" + v.Name + "”", Back: wordsLink, Fields: mergeFields(v)}.Show(c, err)
}

// mergeInto says what something is merged into.
type mergeInto struct {
	Into int64 `form:"into"`
}

func (h wordHandlers) merge(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	var f mergeInto
	var to word
	if err = web.Bind(c, &f); err == nil {
		_, to, err = h.projects.words.Merge(c.UserContext(), v.list, v.ID, f.Into)
	}
	if fault.Is(err, fault.Invalid) {
		v.into = f.Into
		return h.showMerge(c, v, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: wordsPath, Toast: "“" + v.Name + "” is merged into “" + to.Name + "”."})
}

func (h wordHandlers) delete(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	_, err = h.projects.words.Delete(c.UserContext(), v.list, v.ID)
	if fault.Is(err, fault.Conflict) {
		return h.showMerge(c, v, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: wordsPath, Toast: "“" + v.Name + "” is deleted."})
}
