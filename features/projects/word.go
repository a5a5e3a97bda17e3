package projects

import (
	"fmt"
	"slices"
	"strings"

	"portal/app/data"
	"portal/app/fault"
	"portal/components"
)

// wordList is one of the two lists that are kept in the same way: the statuses and the priorities.
type wordList struct {
	table string // and the word in addresses
	noun  string // of one of them, and the kind of its changes
	many  string
}

var (
	statusList   = wordList{"statuses", "status", "statuses"}
	priorityList = wordList{"priorities", "priority", "priorities"}
)

// listOf is the list of that name in an address; false when there is none.
func listOf(name string) (wordList, bool) {
	for _, l := range []wordList{statusList, priorityList} {
		if l.table == name {
			return l, true
		}
	}
	return wordList{}, false
}

// column is that of projects and tasks which names a row of the list.
func (l wordList) column() string { return l.noun + "_id" }

func (l wordList) path() string { return wordsPath + "/" + l.table }

// wordsPath is the page of both lists.
const wordsPath = "/projects/words"

// word is a status or a priority.
type word struct {
	list    wordList
	ID      int64
	Name    string
	Tone    string
	Stage   Stage // of a status; empty for a priority
	Version int64
}

func (w word) path(verb string) string { return w.list.path() + "/" + id(w.ID) + "/" + verb }

// of are the list's words, in their order.
func (w *words) of(l wordList) []word {
	var all []word
	if l == statusList {
		for _, s := range w.Statuses {
			all = append(all, word{l, s.ID, s.Name, s.Tone, s.Stage, s.Version})
		}
		return all
	}
	for _, p := range w.Priorities {
		all = append(all, word{l, p.ID, p.Name, p.Tone, "", p.Version})
	}
	return all
}

// one is the list's word of that id; false when there is none.
func (w *words) one(l wordList, id int64) (word, bool) {
	all := w.of(l)
	at := slices.IndexFunc(all, func(o word) bool { return o.ID == id })
	if at < 0 {
		return word{}, false
	}
	return all[at], true
}

func errNoWord() error {
	return fault.New(fault.NotFound, "There is no such status or priority. Somebody may have merged or deleted it.")
}

// edited are the word's fields as a form sends them and as people read them.
func (w word) edited() []data.Edited {
	all := []data.Edited{{Name: "name", Label: "Name", Value: w.Name, Shown: w.Name}, {Name: "colour", Label: "Colour", Value: w.Tone, Shown: toneName(w.Tone)}}
	if w.list == statusList {
		all = append(all, data.Edited{Name: "stage", Label: "Stage", Value: string(w.Stage), Shown: stageName(w.Stage)})
	}
	return all
}

// wordForm is what a person fills in of a status or a priority.
type wordForm struct {
	labelForm
	Stage string `form:"stage" validate:"max=20"` // of a status; empty: as it is
}

// word is the word with what the form says.
// Errors: fault.Invalid at the field.
func (f wordForm) word(w word) (word, error) {
	name, colour, err := f.tidy(w.Tone)
	if err != nil {
		return w, err
	}
	w.Name, w.Tone = name, given(colour, tones[0].Value)
	if w.list == statusList {
		w.Stage = Stage(given(f.Stage, string(w.Stage)))
		if stageName(w.Stage) == "" {
			return w, fault.Field("stage", "Choose a stage from the list.")
		}
	}
	return w, nil
}

// stageOptions are what a status may mean, in the order work goes through them.
var stageOptions = []components.Option{
	{Value: string(StageTodo), Label: "To do: open, not begun"}, {Value: string(StageProgress), Label: "In progress: open"}, {Value: string(StageReview), Label: "Review: open"},
	{Value: string(StageDone), Label: "Done: completed"}, {Value: string(StageCancelled), Label: "Cancelled: neither open nor completed"},
}

// stageName is what people call the stage, in a word or two; empty for one that is none.
func stageName(s Stage) string {
	for _, o := range stageOptions {
		if o.Value == string(s) {
			name, _, _ := strings.Cut(o.Label, ":")
			return name
		}
	}
	return ""
}

// complete refuses lists in which a stage that every task needs has no status, or that are empty: changed are all words of one
// list, as they would be.
// Errors: fault.Invalid at the stage or the other word.
func complete(l wordList, all []word, field string) error {
	if l == priorityList {
		if len(all) == 0 {
			return fault.Field(field, "This is the only priority there is. Make another one first.")
		}
		return nil
	}
	for _, s := range []Stage{StageTodo, StageDone} {
		if !slices.ContainsFunc(all, func(w word) bool { return w.Stage == s }) {
			return fault.Field(field, "At least one status of the stage “%s” has to remain. Make another one first.", stageName(s))
		}
	}
	return nil
}

// usage is how many things have a word.
type usage struct{ Tasks, Projects int }

// said is the usage in words, such as "12 tasks and 1 project"; empty when it is in no use.
func (u usage) said() string {
	var parts []string
	if u.Tasks > 0 {
		parts = append(parts, components.Plural(u.Tasks, "task"))
	}
	if u.Projects > 0 {
		parts = append(parts, components.Plural(u.Projects, "project"))
	}
	return strings.Join(parts, " and ")
}

// errInUse is the fault of a word that is to be deleted while things have it.
func errInUse(w word, u usage) error {
	return fault.New(fault.Conflict, "“%s” is in use by %s, so it can’t be deleted. Merge it into another %s instead.", w.Name, u.said(), w.list.noun)
}

// mergedSaid is the sentence of a merge.
func mergedSaid(from, into word) string {
	return fmt.Sprintf("merged the %s %s into %s", from.list.noun, from.Name, into.Name)
}
