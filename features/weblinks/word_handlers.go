package weblinks

import (
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// wordsView is the page of categories and tags.
type wordsView struct {
	words
	may   bool // change them
	typed map[string]string
	wrong map[string]string // by the name of the kind
}

// kindOf is the sort of words of the address.
func kindOf(c *fiber.Ctx) (wordKind, error) {
	k, ok := wordKinds[c.Params("kind")]
	if !ok {
		return k, fault.New(fault.NotFound, "There is no such page.")
	}
	return k, nil
}

func (h linkHandlers) wordsView(c *fiber.Ctx) (wordsView, error) {
	w, err := h.links.Words(c.UserContext())
	may := auth.From(c.UserContext()).Can(editWords)
	return wordsView{words: words{seen(w.Categories), seen(w.Tags)}, may: may}, err
}

// seen are the words that the viewer may know of: those of a link they see, and those of none.
func seen(all []word) []word {
	var some []word
	for _, w := range all {
		if w.Links > 0 || w.Unused {
			some = append(some, w)
		}
	}
	return some
}

func (h linkHandlers) words(c *fiber.Ctx) error {
	v, err := h.wordsView(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Categories and tags", Body: wordsPage(v)})
}

// wordTyped is the name that was typed, tidied.
// Errors: fault.Invalid at the field of that name.
func wordTyped(field, typed string) (string, error) {
	name := oneLine(typed)
	switch {
	case name == "":
		return "", fault.Field(field, "A name is needed.")
	case utf8.RuneCountInString(name) > wordMost:
		return name, fault.Field(field, "At most %d characters.", wordMost)
	}
	if tags, err := tagsTyped(name); err != nil || len(tags) != 1 || tags[0] != name {
		return name, fault.Field(field, "A name has no comma or semicolon in it: they stand between names.")
	}
	return name, nil
}

func (h linkHandlers) addWord(c *fiber.Ctx) error {
	k, err := kindOf(c)
	if err != nil {
		return err
	}
	var f struct {
		Name string `form:"name"`
	}
	var name string
	if err = web.Bind(c, &f); err == nil {
		if name, err = wordTyped("name", f.Name); err == nil {
			err = h.links.AddWord(c.UserContext(), k, name)
		}
	}
	if fault.Is(err, fault.Invalid) {
		v, failed := h.wordsView(c)
		if failed != nil {
			return failed
		}
		v.typed, v.wrong = map[string]string{k.name: f.Name}, map[string]string{k.name: saidAt(err)}
		return web.Retry(c, err, web.Page{Title: "Categories and tags", Body: wordsPage(v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: wordsPath, Toast: "The " + k.name + " “" + name + "” is made."})
}

// wordOf is the word of the address, and all that the viewer may know of its sort.
func (h linkHandlers) wordOf(c *fiber.Ctx) (wordKind, word, []word, error) {
	k, err := kindOf(c)
	if err != nil {
		return k, word{}, nil, err
	}
	n, err := web.ID(c, "id")
	if err != nil {
		return k, word{}, nil, errNoWord(k)
	}
	all, err := h.links.Words(c.UserContext())
	if err != nil {
		return k, word{}, nil, err
	}
	known := seen(all.of(k))
	w := find(known, n)
	if w.ID == 0 {
		return k, w, nil, errNoWord(k)
	}
	return k, w, known, nil
}

// wordView is the form of a category or a tag.
type wordView struct {
	kind  wordKind
	word  word
	typed string
	all   []word
	wrong map[string]string
}

func (v wordView) path() string { return wordsPath + "/" + v.kind.name + "/" + id(v.word.ID) }

// others are what it can be merged into.
func (v wordView) others() []components.Option {
	all := []components.Option{{Label: "Choose"}, {Value: "0", Label: "None: only remove it"}}
	for _, w := range v.all {
		if w.ID != v.word.ID {
			all = append(all, components.Option{Value: id(w.ID), Label: w.Name})
		}
	}
	return all
}

// wordsLink leads to the page of categories and tags.
var wordsLink = components.Link{Label: "Categories and tags", URL: wordsPath}

func (v wordView) show(c *fiber.Ctx, err error) error {
	v.wrong = fault.Wrong(err)
	return web.ShortForm{Title: "Change the " + v.kind.name + " “" + v.word.Name + "”", Back: wordsLink, Fields: wordFields(v)}.Show(c, err)
}

func (h linkHandlers) wordForm(c *fiber.Ctx) error {
	k, w, all, err := h.wordOf(c)
	if err != nil {
		return err
	}
	return wordView{kind: k, word: w, typed: w.Name, all: all}.show(c, nil)
}

func (h linkHandlers) saveWord(c *fiber.Ctx) error {
	k, w, all, err := h.wordOf(c)
	if err != nil {
		return err
	}
	var f struct {
		Value   string `form:"value"`
		Version int64  `form:"version"`
	}
	var name string
	if err = web.Bind(c, &f); err == nil {
		if name, err = wordTyped("value", f.Value); err == nil {
			err = h.links.Rename(c.UserContext(), k, w.ID, f.Version, name)
		}
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return wordView{kind: k, word: w, typed: f.Value, all: all}.show(c, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: wordsPath, Toast: "It is called “" + name + "” now."})
}

func (h linkHandlers) mergeWord(c *fiber.Ctx) error {
	k, w, all, err := h.wordOf(c)
	if err != nil {
		return err
	}
	var f struct {
		Into string `form:"into"`
	}
	var gone, kept string
	if err = web.Bind(c, &f); err == nil {
		into := int64(-1)
		for _, o := range (wordView{kind: k, word: w, all: all}).others() {
			if o.Value == f.Into && f.Into != "" {
				into = find(all, number(f.Into)).ID
			}
		}
		if into < 0 {
			err = fault.Field("into", "Choose from the list.")
		} else {
			gone, kept, err = h.links.MergeWord(c.UserContext(), k, w.ID, into)
		}
	}
	if fault.Is(err, fault.Invalid) {
		return wordView{kind: k, word: w, typed: w.Name, all: all}.show(c, err)
	}
	if err != nil {
		return err
	}
	said := "The " + k.name + " “" + gone + "” is removed. Its links are still there."
	if kept != "" {
		said = "“" + gone + "” is merged into “" + kept + "”."
	}
	return web.Done(c, web.Result{Back: wordsPath, Toast: said})
}

// number reads an id, 0 for what is none.
func number(s string) int64 {
	for _, n := range split(s) {
		return n
	}
	return 0
}
