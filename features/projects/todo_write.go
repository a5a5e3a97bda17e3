package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// Bounds of todos: characters of one, and how many lines make todos at a time.
const (
	todoMost  = 500
	todosOnce = 100
)

// todoLines are the todos that a text makes: one a line, without the marks that lists begin with.
// Errors: fault.Invalid at the field text.
func todoLines(text string) ([]string, error) {
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"- [ ] ", "- [x] ", "* [ ] ", "- ", "* ", "• "} {
			if rest, ok := strings.CutPrefix(line, mark); ok {
				line = strings.TrimSpace(rest)
				break
			}
		}
		if line == "" || line == "-" || line == "*" {
			continue
		}
		if n := utf8.RuneCountInString(line); n > todoMost {
			return nil, fault.Field("text", "At most %d characters. “%s …” has %d.", todoMost, data.Cut(line, 30), n)
		}
		all = append(all, line)
	}
	switch {
	case len(all) == 0:
		return nil, fault.Field("text", "This is needed.")
	case len(all) > todosOnce:
		return nil, fault.Field("text", "At most %d todos at a time; these are %d.", todosOnce, len(all))
	}
	return all, nil
}

// todoEdit is the form of a todo that there is.
type todoEdit struct {
	Text     string `form:"text" validate:"required,max=500"`
	DueOn    string `form:"due_on" validate:"max=40"`
	Assignee int64  `form:"assignee"`
	Version  int64  `form:"version"`
}

func todoEditOf(d Todo) todoEdit {
	return todoEdit{Text: d.Text, DueOn: string(d.DueOn), Assignee: data.OrZero(d.AssigneeID), Version: d.Version}
}

// editedTodo are a todo's fields as a form sends them and as people read them.
func (v view) editedTodo(d Todo) []data.Edited {
	return []data.Edited{
		edited("text", d.Text), edited("due_on", string(d.DueOn)),
		{Name: "assignee", Label: labels["assignee"], Value: id(data.OrZero(d.AssigneeID)), Shown: v.exactName(data.OrZero(d.AssigneeID))},
	}
}

// into writes the form into the row.
// Errors: fault.Invalid at the field that is wrong.
func (f todoEdit) into(d *Todo, v view, today clock.Day) error {
	text := strings.Join(strings.Fields(f.Text), " ")
	day, err := clock.ParseDay(f.DueOn, today)
	switch {
	case text == "":
		return fault.Field("text", "This is needed.")
	case err != nil:
		return fault.Field("due_on", "%s.", err)
	case f.Assignee != 0 && f.Assignee != data.OrZero(d.AssigneeID) && v.people.ByID(f.Assignee).ID == 0:
		return fault.Field("assignee", "Choose a person from the list.")
	}
	d.Text, d.DueOn, d.AssigneeID = text, day, data.Optional(f.Assignee)
	return nil
}

// todoField begins the names of a todo's fields in the history of what it hangs on.
const todoField = "todo "

// EditTodo changes a todo's text, due date and assignee.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid; *data.Clash when it has been changed otherwise since the form's version.
func (s *noteStore) EditTodo(ctx context.Context, o owner, id int64, f todoEdit) error {
	v, err := s.tasks.projects.view(ctx)
	if err != nil {
		return err
	}
	return s.changeTodo(ctx, o, id, false, func(tx *data.Tx, d *Todo) (string, []data.Field, error) {
		was, mine := *d, *d
		if err := f.into(&mine, v, at(ctx, tx.Now).today); err != nil {
			return "", nil, err
		}
		fields := data.Changed(v.editedTodo(was), v.editedTodo(mine))
		if len(fields) == 0 {
			return "", nil, nil
		}
		if was.Version != f.Version {
			return "", nil, todoClash(v, was, mine)
		}
		*d = mine
		for i := range fields {
			fields[i].Name = todoField + fields[i].Name
		}
		return "changed the todo “" + d.Text + "”", fields, nil
	})
}

// todoClash says what of a todo two people changed to different values.
func todoClash(v view, theirs, mine Todo) *data.Clash {
	c := &data.Clash{Fault: fault.New(fault.Conflict, "Somebody else changed this todo while you were writing."), Version: theirs.Version}
	other := v.editedTodo(mine)
	for i, e := range v.editedTodo(theirs) {
		if e.Value == other[i].Value {
			c.Theirs = append(c.Theirs, e)
			continue
		}
		c.Fields = append(c.Fields, data.ClashField{Theirs: e, Mine: other[i]})
	}
	return c
}

// MoveTodo puts a todo before the one of that id, or to the end of the owner's list for 0; up and down, as words, by one place.
// Errors: fault.NotFound; fault.Forbidden.
func (s *noteStore) MoveTodo(ctx context.Context, o owner, id, before int64, way string) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.work(ctx, tx, o)
		if err != nil {
			return err
		}
		d, err := s.todo(ctx, tx, h, id, false)
		if err != nil {
			return err
		}
		var rows []Todo
		if err := tx.NewSelect().Model(&rows).Column("id", "position").ApplyQueryBuilder(of(h, false)).OrderExpr("position, id").Scan(ctx); err != nil {
			return fmt.Errorf("order of todos: %w", err)
		}
		order := moved(rows, id, before, way)
		if slices.EqualFunc(order, rows, func(a, b Todo) bool { return a.ID == b.ID }) {
			tx.Unchanged()
			return nil
		}
		if err := s.reorder(ctx, tx, order, id); err != nil {
			return err
		}
		tx.Changed(h.change("moved the todo “" + d.Text + "”"))
		return nil
	})
}

// moved is the order with the todo at its new place.
func moved(rows []Todo, id, before int64, way string) []Todo {
	from := slices.IndexFunc(rows, func(d Todo) bool { return d.ID == id })
	one := rows[from]
	rest := slices.Delete(slices.Clone(rows), from, from+1)
	to := len(rest)
	switch way {
	case "up":
		to = max(0, from-1)
	case "down":
		to = min(len(rest), from+1)
	default:
		if i := slices.IndexFunc(rest, func(d Todo) bool { return d.ID == before }); i >= 0 {
			to = i
		}
	}
	return slices.Insert(rest, to, one)
}

// reorder gives the moved todo a position between its neighbours, and all of them new ones when there is no room.
func (s *noteStore) reorder(ctx context.Context, tx *data.Tx, order []Todo, id int64) error {
	i := slices.IndexFunc(order, func(d Todo) bool { return d.ID == id })
	low := int64(0)
	if i > 0 {
		low = order[i-1].Position
	}
	high := low + 2*gap
	if i < len(order)-1 {
		high = order[i+1].Position
	}
	if high-low > 1 {
		return s.put(ctx, tx, id, low+(high-low)/2)
	}
	for n, d := range order {
		if err := s.put(ctx, tx, d.ID, int64(n+1)*gap); err != nil {
			return err
		}
	}
	return nil
}

func (s *noteStore) put(ctx context.Context, tx *data.Tx, todo, position int64) error {
	_, err := tx.NewUpdate().Table("todos").Set("position = ?", position).Where("id = ?", todo).Exec(ctx)
	if err != nil {
		return fmt.Errorf("put todo %d in its place: %w", todo, err)
	}
	return nil
}

// insertTodos puts todos at the end of the owner's list.
func insertTodos(ctx context.Context, tx *data.Tx, h held, texts []string) ([]Todo, error) {
	var last *int64
	if err := tx.NewSelect().Table("todos").ColumnExpr("MAX(position)").ApplyQueryBuilder(of(h, false)).Scan(ctx, &last); err != nil {
		return nil, err
	}
	rows := make([]Todo, 0, len(texts))
	for i, text := range texts {
		row := Todo{
			ProjectID: h.Project.ID, TaskID: h.taskID(), Text: text, Position: data.OrZero(last) + int64(i+1)*gap, CreatedBy: data.Optional(auth.From(ctx).ID),
			Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return nil, fmt.Errorf("add todo: %w", err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Overdue reports whether it is open and its day has passed.
func (d Todo) Overdue(today clock.Day) bool {
	return d.DoneAt == nil && d.DueOn != "" && d.DueOn < today
}
