package projects

import (
	"context"
	"fmt"
	"slices"

	"portal/app/data"
	"portal/app/fault"
)

// lockWords reads both lists for a write to them. On MySQL their rows are locked first, so that whoever gives a task or a project
// one of them meanwhile waits for this write.
func lockWords(ctx context.Context, tx *data.Tx) (*words, error) {
	if tx.MySQL {
		for _, l := range []wordList{statusList, priorityList} {
			var ids []int64
			if err := tx.Lock(tx.NewSelect().Table(l.table).Column("id").OrderExpr("id")).Scan(ctx, &ids); err != nil {
				return nil, fmt.Errorf("lock %s: %w", l.many, err)
			}
		}
	}
	return loadWords(ctx, tx)
}

// change is the sentence a write says about a status or a priority.
func (s *wordStore) change(w word, what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "projects", Kind: w.list.noun, ID: w.ID, Version: w.Version, What: what, Title: w.Name, URL: wordsPath, Fields: fields,
		Stale: []string{s.held.Key(), listFamily}, Live: []string{listTopic},
	}
}

// Add puts a new word at the end of its list.
// Errors: fault.Invalid at the field.
func (s *wordStore) Add(ctx context.Context, l wordList, f wordForm) (word, error) {
	var made word
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		all, err := lockWords(ctx, tx)
		if err != nil {
			return err
		}
		if made, err = f.word(word{list: l, Stage: StageTodo, Version: 1}); err != nil {
			return err
		}
		have := all.of(l)
		switch {
		case doubled(have, made):
			return fault.Field("name", "There is a %s of this name already.", l.noun)
		case len(have) >= wordsMost:
			return fault.Field("name", "There are %d %s already, which is the most a board can show. Merge some of them.", wordsMost, l.many)
		}
		row := map[string]any{
			"name": made.Name, "name_key": data.Key(made.Name), "tone": made.Tone, "position": (len(have) + 1) * 10, "version": 1, "updated_at": tx.Now,
		}
		if l == statusList {
			row["stage"] = made.Stage
		}
		res, err := tx.NewInsert().Model(&row).Table(l.table).Exec(ctx)
		if err != nil {
			return fmt.Errorf("add a %s: %w", l.noun, err)
		}
		if made.ID, err = res.LastInsertId(); err != nil {
			return err
		}
		if err := reorder(ctx, tx, l, append(have, made)); err != nil {
			return err
		}
		tx.Changed(s.change(made, "made the "+l.noun))
		return nil
	})
	return made, err
}

// wordsMost is how many statuses, and how many priorities, there may be.
const wordsMost = 60

// doubled reports whether another word of the list has the same name.
func doubled(all []word, w word) bool {
	return slices.ContainsFunc(all, func(o word) bool { return o.ID != w.ID && data.Key(o.Name) == data.Key(w.Name) })
}

// Save gives a word another name, colour or stage. Another stage counts the tasks anew that have the status.
// Errors: fault.NotFound; fault.Invalid at the field; *data.Clash when both changed the same field.
func (s *wordStore) Save(ctx context.Context, l wordList, id int64, f wordForm) (word, error) {
	ctx, cancel := atLength(ctx)
	defer cancel()
	projects, err := s.projectsOf(ctx, l, id)
	if err != nil {
		return word{}, err
	}
	var w word
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		all, was, err := s.lockOne(ctx, tx, l, id, projects)
		if err != nil {
			return err
		}
		mine, err := f.word(was)
		if err != nil {
			return err
		}
		write, err := tx.Merge(ctx, "projects."+l.noun, id, f.Version, was.edited(), mine.edited())
		if err != nil {
			return withVersion(err, was.Version)
		}
		if len(write) == 0 {
			tx.Unchanged()
			return nil
		}
		w = was.with(mine, write)
		list := all.of(l)
		if doubled(list, w) {
			return fault.Field("name", "There is a %s of this name already. Merge the two instead.", l.noun)
		}
		list[slices.IndexFunc(list, func(o word) bool { return o.ID == id })] = w
		if err := complete(l, list, "stage"); err != nil {
			return err
		}
		return s.write(ctx, tx, was, &w)
	})
	return w, err
}

// with is the word with those fields of another that are named.
func (w word) with(other word, names []string) word {
	for name, set := range map[string]func(){"name": func() { w.Name = other.Name }, "colour": func() { w.Tone = other.Tone }, "stage": func() { w.Stage = other.Stage }} {
		if slices.Contains(names, name) {
			set()
		}
	}
	return w
}

// write writes the word's row, and what follows from another stage.
func (s *wordStore) write(ctx context.Context, tx *data.Tx, was word, w *word) error {
	w.Version = was.Version + 1
	q := tx.NewUpdate().Table(w.list.table).Set("name = ?", w.Name).Set("name_key = ?", data.Key(w.Name)).Set("tone = ?", w.Tone).
		Set("version = ?", w.Version).Set("updated_at = ?", tx.Now).Where("id = ?", w.ID)
	if w.list == statusList {
		q = q.Set("stage = ?", w.Stage)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("save a %s: %w", w.list.noun, err)
	}
	fields := data.Changed(was.edited(), w.edited())
	c := s.change(*w, sentence(fields), fields...)
	if was.Stage != w.Stage {
		if err := restage(ctx, tx, w.ID, was.Stage, w.Stage); err != nil {
			return err
		}
		touched, err := movedRows(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		c.Stale, c.Live = append(c.Stale, touched.stale...), append(c.Live, touched.live...)
	}
	tx.Changed(c)
	return nil
}

// lockOne reads the lists for a write to one of their words that touches the tasks of these projects: the projects are locked first,
// as every other write to their tasks does.
// Errors: fault.NotFound.
func (s *wordStore) lockOne(ctx context.Context, tx *data.Tx, l wordList, id int64, projects []int64) (*words, word, error) { //nolint:revive // three say which
	if tx.MySQL {
		for part := range slices.Chunk(projects, 500) {
			var ids []int64
			if err := tx.Lock(tx.NewSelect().Table("projects").Column("id").Where("id IN (?)", bunIn(part)).OrderExpr("id")).Scan(ctx, &ids); err != nil {
				return nil, word{}, fmt.Errorf("lock the projects of a %s: %w", l.noun, err)
			}
		}
	}
	all, err := lockWords(ctx, tx)
	if err != nil {
		return nil, word{}, err
	}
	w, ok := all.one(l, id)
	if !ok {
		return nil, w, errNoWord()
	}
	return all, w, nil
}

// moveWordForm says where a word goes: one place up or down, or before another one; before nothing is the end.
type moveWordForm struct {
	Node      int64  `form:"node"`
	List      string `form:"category"` // where it was dropped; empty for the buttons
	Before    int64  `form:"before"`
	Direction string `form:"direction" validate:"omitempty,oneof=up down"`
}

// Move gives a word another place in its list.
// Errors: fault.NotFound; fault.Invalid for a place in the other list.
func (s *wordStore) Move(ctx context.Context, l wordList, f moveWordForm) (word, error) {
	var w word
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		all, err := lockWords(ctx, tx)
		if err != nil {
			return err
		}
		var ok bool
		if w, ok = all.one(l, f.Node); !ok {
			return errNoWord()
		}
		if f.List != "" && f.List != l.table {
			return fault.Field("category", "A %s stays among the %s.", l.noun, l.many)
		}
		list := all.of(l)
		at := slices.Index(list, w)
		to := f.place(list, at)
		if to == at {
			tx.Unchanged()
			return nil
		}
		list = slices.Insert(slices.Delete(list, at, at+1), to, w)
		if err := reorder(ctx, tx, l, list); err != nil {
			return err
		}
		tx.Changed(s.change(w, "moved the "+l.noun+" in its list"))
		return nil
	})
	return w, err
}

// place is where in the list the word at that place goes, once it is taken out.
func (f moveWordForm) place(list []word, at int) int {
	switch f.Direction {
	case "up":
		return max(0, at-1)
	case "down":
		return min(len(list)-1, at+1)
	}
	before := slices.IndexFunc(list, func(w word) bool { return w.ID == f.Before })
	switch {
	case before < 0:
		return len(list) - 1
	case before > at:
		return before - 1
	}
	return before
}

// reorder writes the places of a list's words.
func reorder(ctx context.Context, tx *data.Tx, l wordList, list []word) error {
	for i, w := range list {
		if _, err := tx.NewUpdate().Table(l.table).Set("position = ?", (i+1)*10).Where("id = ?", w.ID).Where("position <> ?", (i+1)*10).Exec(ctx); err != nil {
			return fmt.Errorf("order the %s: %w", l.many, err)
		}
	}
	return nil
}

// Delete removes a word that nothing has.
// Errors: fault.NotFound; fault.Conflict when it is in use; fault.Invalid for the last one of a stage that is needed.
func (s *wordStore) Delete(ctx context.Context, l wordList, id int64) (word, error) {
	var w word
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		all, one, err := s.lockOne(ctx, tx, l, id, nil)
		if err != nil {
			return err
		}
		w = one
		used, err := s.usage(ctx, tx, l, id)
		if err != nil {
			return err
		}
		if used != (usage{}) {
			return errInUse(w, used)
		}
		if err := complete(l, slices.DeleteFunc(all.of(l), func(o word) bool { return o.ID == id }), "name"); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Table(l.table).Where("id = ?", id).Exec(ctx); err != nil {
			return fmt.Errorf("delete a %s: %w", l.noun, err)
		}
		tx.Changed(s.change(w, "deleted the "+l.noun))
		return nil
	})
	return w, err
}
