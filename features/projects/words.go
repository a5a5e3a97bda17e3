package projects

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/cache"
	"portal/app/data"
	"portal/components"
)

// Stage alone decides what "open" and "completed" mean, whatever a status is called.
type Stage string

// The stages, in the order work goes through them.
const (
	StageTodo      Stage = "todo"
	StageProgress  Stage = "in-progress"
	StageReview    Stage = "review"
	StageDone      Stage = "done"
	StageCancelled Stage = "cancelled"
)

// Open reports whether work remains.
func (s Stage) Open() bool { return s != StageDone && s != StageCancelled }

// Status is a row of statuses: where a project or a task stands.
type Status struct {
	bun.BaseModel `bun:"table:statuses"`
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	NameKey       string
	Tone          string
	Stage         Stage
	Position      int64
	Version       int64
	UpdatedAt     time.Time
}

// Priority is a row of priorities.
type Priority struct {
	bun.BaseModel `bun:"table:priorities"`
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	NameKey       string
	Tone          string
	Position      int64 // 1 is the least urgent
	Version       int64
	UpdatedAt     time.Time
}

// words are all statuses and priorities, in their order.
type words struct {
	Statuses   []Status
	Priorities []Priority
	statuses   map[int64]Status
	priorities map[int64]Priority
	steps      map[step][]int64 // roles that may take it; a step that is not in it may everybody take
}

// step is the way of a task from one status to another.
type step struct{ from, to int64 }

// Status is the status with that id; the zero Status when there is none.
func (w *words) Status(id int64) Status { return w.statuses[id] }

// Priority is the priority with that id; the zero Priority when there is none.
func (w *words) Priority(id int64) Priority { return w.priorities[id] }

// stage is the first status of that stage.
func (w *words) stage(s Stage) Status {
	for _, st := range w.Statuses {
		if st.Stage == s {
			return st
		}
	}
	return w.Statuses[0]
}

// usual is the priority of things nobody has said one for: the second of them.
func (w *words) usual() Priority { return w.Priorities[min(1, len(w.Priorities)-1)] }

func (w *words) statusOptions() []components.Option {
	var all []components.Option
	for _, s := range w.Statuses {
		all = append(all, components.Option{Value: id(s.ID), Label: s.Name})
	}
	return all
}

func (w *words) priorityOptions() []components.Option {
	var all []components.Option
	for _, p := range w.Priorities {
		all = append(all, components.Option{Value: id(p.ID), Label: p.Name})
	}
	return all
}

// wordStore reads statuses and priorities.
type wordStore struct {
	db   *data.DB
	held *cache.Value[*words]
}

func newWordStore(db *data.DB, c *cache.Cache) *wordStore {
	return &wordStore{db, cache.NewValue[*words](c, "projects.words")}
}

// All are the statuses and priorities. It runs no query while they are held.
func (s *wordStore) All(ctx context.Context) (*words, error) {
	return s.held.Get(ctx, func(ctx context.Context) (*words, error) { return loadWords(ctx, s.db.Read) })
}

// loadWords reads both in one query: they are asked for together, by pages that may not ask often.
func loadWords(ctx context.Context, db bun.IDB) (*words, error) {
	w := &words{statuses: map[int64]Status{}, priorities: map[int64]Priority{}}
	var rows []struct {
		Status   `bun:",extend"`
		Priority bool
	}
	const columns = "id, name, name_key, tone, position, version, updated_at"
	statuses := db.NewSelect().Table("statuses").ColumnExpr(columns + ", stage, 0 AS priority")
	priorities := db.NewSelect().Table("priorities").ColumnExpr(columns + ", '' AS stage, 1 AS priority")
	err := db.NewSelect().TableExpr("(?) AS w", statuses.UnionAll(priorities)).OrderExpr("w.position, w.id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("load statuses and priorities: %w", err)
	}
	for _, r := range rows {
		if !r.Priority {
			w.Statuses, w.statuses[r.ID] = append(w.Statuses, r.Status), r.Status
			continue
		}
		p := Priority{ID: r.ID, Name: r.Name, NameKey: r.NameKey, Tone: r.Tone, Position: r.Position, Version: r.Version, UpdatedAt: r.UpdatedAt}
		w.Priorities, w.priorities[r.ID] = append(w.Priorities, p), p
	}
	w.steps, err = loadSteps(ctx, db)
	return w, err
}

// seed writes the statuses and priorities of a new install.
func seed(ctx context.Context, tx *data.Tx) error {
	have, err := tx.NewSelect().Table("statuses").Count(ctx)
	if err != nil || have > 0 {
		return err
	}
	statuses := []Status{
		{Name: "To do", Tone: "slate", Stage: StageTodo}, {Name: "In progress", Tone: "blue", Stage: StageProgress},
		{Name: "Blocked", Tone: "red", Stage: StageProgress}, {Name: "Review", Tone: "violet", Stage: StageReview},
		{Name: "Done", Tone: "green", Stage: StageDone}, {Name: "Cancelled", Tone: "gray", Stage: StageCancelled},
	}
	for i := range statuses {
		s := &statuses[i]
		s.NameKey, s.Position, s.Version, s.UpdatedAt = data.Fold(s.Name), int64(i+1)*10, 1, tx.Now
	}
	if _, err := tx.NewInsert().Model(&statuses).Exec(ctx); err != nil {
		return err
	}
	priorities := []Priority{
		{Name: "Low", Tone: "slate"}, {Name: "Medium", Tone: "blue"}, {Name: "High", Tone: "orange"}, {Name: "Critical", Tone: "red"},
	}
	for i := range priorities {
		p := &priorities[i]
		p.NameKey, p.Position, p.Version, p.UpdatedAt = data.Fold(p.Name), int64(i+1)*10, 1, tx.Now
	}
	_, err = tx.NewInsert().Model(&priorities).Exec(ctx)
	return err
}
