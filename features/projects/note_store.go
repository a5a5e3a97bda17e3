package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/formresult"
)

// noteStore reads and writes todos and comments, of projects and of tasks.
type noteStore struct {
	db    *data.DB
	tasks *taskStore
}

// owner is what a todo or a comment hangs on: a project, or one of its tasks.
type owner struct {
	project int64
	number  int64 // the task's number, 0 for the project itself
}

// held is an owner as found for a write.
type held struct {
	heldProject
	task *Task
}

func (h held) taskID() *int64 {
	if h.task == nil {
		return nil
	}
	return &h.task.ID
}

// change is the sentence a write to a todo or a comment says: it is part of the owner's history.
func (h held) change(what string, fields ...data.Field) data.Change {
	if h.task != nil {
		return h.task.change(h.Project, what, fields...)
	}
	return h.Project.change(what, fields...)
}

// makes names what a form on the owner makes.
func (h held) makes(what string) string {
	if h.task != nil {
		return what + " of task " + id(h.task.ID)
	}
	return what + " of project " + id(h.Project.ID)
}

// mayWork reports whether the viewer may change the owner's todos.
func (h held) mayWork(v *auth.Viewer) bool {
	if h.task != nil {
		return h.mayTask(v, *h.task)
	}
	return h.heldProject.mayWork(v)
}

func (s *noteStore) hold(ctx context.Context, tx *data.Tx, o owner) (held, error) {
	h, err := s.tasks.lockProject(ctx, tx, o.project)
	if err != nil {
		return held{}, err
	}
	if o.number == 0 {
		return held{h, nil}, nil
	}
	var t Task
	err = tx.NewSelect().Model(&t).Where("t.project_id = ?", o.project).Where("t.number = ?", o.number).Where("t.deleted_at IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return held{}, errNoTask()
	}
	return held{h, &t}, err
}

// work is hold for who may work on the owner.
func (s *noteStore) work(ctx context.Context, tx *data.Tx, o owner) (held, error) {
	h, err := s.hold(ctx, tx, o)
	if err == nil && !h.mayWork(auth.From(ctx)) {
		err = errNotTeam()
	}
	return h, err
}

// of limits a query to the owner's own rows.
func of(h held, deleted bool) func(bun.QueryBuilder) bun.QueryBuilder {
	return func(q bun.QueryBuilder) bun.QueryBuilder {
		q = q.Where("project_id = ?", h.Project.ID)
		if h.task != nil {
			q = q.Where("task_id = ?", h.task.ID)
		} else {
			q = q.Where("task_id IS NULL")
		}
		if deleted {
			return q.Where("deleted_at IS NOT NULL")
		}
		return q.Where("deleted_at IS NULL")
	}
}

// Todos are a project's own todos.
func (s *noteStore) Todos(ctx context.Context, project int64) ([]Todo, error) {
	var rows []Todo
	err := s.db.Read.NewSelect().Model(&rows).Where("project_id = ?", project).Where("task_id IS NULL").Where("deleted_at IS NULL").
		OrderExpr("position, id").Limit(1000).Scan(ctx)
	return rows, err
}

// shownNotes is how many comments of a project its page shows: the newest.
const shownNotes = 1000

// AddTodo puts a todo for each line of the text at the end of the owner's list.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field text.
func (s *noteStore) AddTodo(ctx context.Context, o owner, text, once string) error {
	texts, err := todoLines(text)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.work(ctx, tx, o)
		if err != nil {
			return err
		}
		sent := formresult.Form{Makes: h.makes("todo"), Once: once}
		if made, err := sent.Before(ctx, tx); err != nil || made != 0 {
			tx.Unchanged()
			return err
		}
		rows, err := insertTodos(ctx, tx, h, texts)
		if err != nil {
			return err
		}
		if err := sent.Keep(ctx, tx, rows[0].ID); err != nil {
			return err
		}
		what := "added the todo “" + texts[0] + "”"
		if len(texts) > 1 {
			what = fmt.Sprintf("added %d todos, the first “%s”", len(texts), texts[0])
		}
		tx.Changed(h.change(what))
		return nil
	})
}

func (s *noteStore) todo(ctx context.Context, tx *data.Tx, h held, id int64, deleted bool) (Todo, error) {
	var d Todo
	err := tx.NewSelect().Model(&d).Where("id = ?", id).ApplyQueryBuilder(of(h, deleted)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && data.TrashOver(d.DeletedAt, tx.Now) {
		err = fault.New(fault.NotFound, "There is no such todo any more.")
	}
	return d, err
}

// changeTodo writes one todo, and says in the owner's history what do says.
func (s *noteStore) changeTodo(ctx context.Context, o owner, id int64, deleted bool, do func(*data.Tx, *Todo) (string, []data.Field, error)) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.work(ctx, tx, o)
		if err != nil {
			return err
		}
		d, err := s.todo(ctx, tx, h, id, deleted)
		if err != nil {
			return err
		}
		what, fields, err := do(tx, &d)
		if err != nil {
			return err
		}
		if what == "" {
			tx.Unchanged()
			return nil
		}
		d.Version, d.UpdatedAt = d.Version+1, tx.Now
		if _, err := tx.NewUpdate().Model(&d).Column("text", "done_at", "done_by", "due_on", "assignee_id", "deleted_at", "version", "updated_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("change todo %d: %w", id, err)
		}
		tx.Changed(h.change(what, fields...))
		return nil
	})
}

// Tick marks a todo done, or open again.
func (s *noteStore) Tick(ctx context.Context, o owner, id int64, done bool) error {
	return s.changeTodo(ctx, o, id, false, func(tx *data.Tx, d *Todo) (string, []data.Field, error) {
		switch {
		case done == (d.DoneAt != nil):
			return "", nil, nil
		case done:
			d.DoneAt, d.DoneBy = &tx.Now, data.Optional(auth.From(ctx).ID)
			return "ticked the todo “" + d.Text + "”", nil, nil
		}
		d.DoneAt, d.DoneBy = nil, nil
		return "opened the todo “" + d.Text + "” again", nil, nil
	})
}

// DeleteTodo moves a todo to the trash, or takes it back.
func (s *noteStore) DeleteTodo(ctx context.Context, o owner, id int64, deleted bool) error {
	return s.changeTodo(ctx, o, id, !deleted, func(tx *data.Tx, d *Todo) (string, []data.Field, error) {
		if deleted {
			d.DeletedAt = &tx.Now
			return "deleted the todo “" + d.Text + "”", nil, nil
		}
		d.DeletedAt = nil
		return "brought back the todo “" + d.Text + "”", nil, nil
	})
}
