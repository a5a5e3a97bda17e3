package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

// handovers are what a person may hold of projects: what lies in the trash is not handed over.
func handovers(db *data.DB) []feature.Holding {
	list := func(q func(*bun.SelectQuery, int64) *bun.SelectQuery, line func(heldRow) feature.Held) func(context.Context, int64) ([]feature.Held, error) {
		return func(ctx context.Context, user int64) ([]feature.Held, error) {
			var rows []heldRow
			if err := q(db.Read.NewSelect(), user).OrderExpr("p.name_key, p.id").Scan(ctx, &rows); err != nil {
				return nil, err
			}
			var all []feature.Held
			for _, r := range rows {
				all = append(all, line(r))
			}
			return all, nil
		}
	}
	project := func(r heldRow) feature.Held { return feature.Held{Title: r.Project, URL: projectPath(r.ProjectID)} }
	return []feature.Holding{
		{Label: "Projects they lead", Held: list(ledBy, project), Move: moveLeads},
		{Label: "Memberships of projects' teams", Held: list(memberOf, project), Move: moveMemberships},
		{Label: "Open tasks", Move: moveTasks, Held: list(openTasks, func(r heldRow) feature.Held {
			return feature.Held{Title: fmt.Sprintf("%s-%d %s", r.TaskKey, r.Number, r.Text), URL: taskPath(r.ProjectID, r.Number)}
		})},
		{Label: "Open todos", Move: moveTodos, Held: list(openTodos, func(r heldRow) feature.Held {
			to := feature.Held{Title: r.Text + " (" + r.Project + ")", URL: projectPath(r.ProjectID) + "/todos"}
			if r.Number != 0 {
				to.URL = taskPath(r.ProjectID, r.Number)
			}
			return to
		})},
	}
}

// heldRow is a thing that a person holds, and where it is.
type heldRow struct {
	ProjectID int64
	Project   string
	TaskKey   string
	Number    int64 // of a task, 0 for none
	Text      string
}

func ledBy(q *bun.SelectQuery, user int64) *bun.SelectQuery {
	return q.TableExpr("projects AS p").ColumnExpr("p.id AS project_id, p.name AS project").
		Where("p.lead_id = ?", user).Where("p.deleted_at IS NULL")
}

func memberOf(q *bun.SelectQuery, user int64) *bun.SelectQuery {
	return q.TableExpr("projects AS p").ColumnExpr("p.id AS project_id, p.name AS project").
		Where("p.id IN (SELECT pp.project_id FROM project_people AS pp WHERE pp.user_id = ?)", user).Where("p.deleted_at IS NULL")
}

func openTasks(q *bun.SelectQuery, user int64) *bun.SelectQuery {
	return q.TableExpr("tasks AS t").Join("JOIN projects AS p ON p.id = t.project_id").
		ColumnExpr("p.id AS project_id, p.name AS project, p.task_key, t.number, t.name AS text").
		Where("t.assignee_id = ?", user).Where("t.open = TRUE").Where("t.deleted_at IS NULL").Where("p.deleted_at IS NULL")
}

func openTodos(q *bun.SelectQuery, user int64) *bun.SelectQuery {
	return q.TableExpr("todos AS d").Join("JOIN projects AS p ON p.id = d.project_id").Join("LEFT JOIN tasks AS t ON t.id = d.task_id").
		ColumnExpr("p.id AS project_id, p.name AS project, d.text, COALESCE(t.number, 0) AS number").
		Where("d.assignee_id = ?", user).Where("d.done_at IS NULL").Where("d.deleted_at IS NULL").
		Where("p.deleted_at IS NULL").Where("t.deleted_at IS NULL")
}

// moveLeads gives the projects that the person leads to another.
func moveLeads(ctx context.Context, tx *data.Tx, h feature.HandOver) error {
	var rows []Project
	q := tx.NewSelect().Model(&rows).Where("p.lead_id = ?", h.From.ID).Where("p.deleted_at IS NULL").OrderExpr("p.id")
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return err
	}
	for _, p := range rows {
		p.LeadID = &h.To.ID
		if err := touch(ctx, tx, &p, h, data.Field{Name: "lead", Old: h.From.Name, New: h.To.Name}); err != nil {
			return err
		}
	}
	return nil
}

// touch writes a project's lead with its next version, and says that it was handed over.
func touch(ctx context.Context, tx *data.Tx, p *Project, h feature.HandOver, fields ...data.Field) error {
	was := p.Version
	p.Version, p.UpdatedAt = was+1, tx.Now
	ours, err := tx.UpdateIf(ctx, p, was, "lead_id", "version", "updated_at")
	if err == nil && !ours {
		err = errMeanwhile(p.Name)
	}
	if err != nil {
		return err
	}
	c := p.change(h.Said(), fields...)
	c.Guard = "" // who no longer knows of the project has it on screen still: their list asks anew
	tx.Changed(c)
	return nil
}

func errMeanwhile(name string) error {
	return fault.New(fault.Conflict, "“%s” was changed at the same moment, so nothing is handed over. Please try again.", name)
}

// moveMemberships puts another person into the person's place in every team.
func moveMemberships(ctx context.Context, tx *data.Tx, h feature.HandOver) error {
	var rows []Project
	q := tx.NewSelect().Model(&rows).Where("p.id IN (SELECT pp.project_id FROM project_people AS pp WHERE pp.user_id = ?)", h.From.ID).
		Where("p.deleted_at IS NULL").OrderExpr("p.id")
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return err
	}
	for _, p := range rows {
		before, err := teamOf(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		var fields []data.Field
		for kind, field := range map[string]string{kindWatcher: "watchers", kindStakeholder: "stakeholders", kindShareholder: "shareholders"} {
			if !slices.ContainsFunc(before[kind], func(one auth.Person) bool { return one.ID == h.From.ID }) {
				continue
			}
			after, err := replace(ctx, tx, p.ID, kind, before[kind], h)
			if err != nil {
				return err
			}
			fields = append(fields, data.Field{Name: field, Old: namesOf(before[kind]), New: namesOf(after)})
		}
		slices.SortFunc(fields, func(a, b data.Field) int { return strings.Compare(a.Name, b.Name) })
		if err := touch(ctx, tx, &p, h, fields...); err != nil {
			return err
		}
	}
	return nil
}

// teamOf are the people of a project's team by the kind of their place.
func teamOf(ctx context.Context, tx *data.Tx, project int64) (map[string][]auth.Person, error) {
	var rows []struct {
		Kind string
		ID   int64
		Name string
	}
	err := tx.NewSelect().TableExpr("project_people AS pp").Join("JOIN users AS u ON u.id = pp.user_id").ColumnExpr("pp.kind, u.id, u.name").
		Where("pp.project_id = ?", project).Scan(ctx, &rows)
	all := map[string][]auth.Person{}
	for _, r := range rows {
		all[r.Kind] = append(all[r.Kind], auth.Person{ID: r.ID, Name: r.Name})
	}
	return all, err
}

// replace puts another person into a place of a team, if they are not there already.
func replace(ctx context.Context, tx *data.Tx, project int64, kind string, team []auth.Person, h feature.HandOver) ([]auth.Person, error) {
	after := slices.DeleteFunc(slices.Clone(team), func(one auth.Person) bool { return one.ID == h.From.ID })
	if _, err := tx.NewDelete().Table("project_people").Where("project_id = ?", project).Where("kind = ?", kind).
		Where("user_id = ?", h.From.ID).Exec(ctx); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(after, func(one auth.Person) bool { return one.ID == h.To.ID }) {
		return after, nil
	}
	row := map[string]any{"project_id": project, "user_id": h.To.ID, "kind": kind}
	_, err := tx.NewInsert().Model(&row).Table("project_people").Exec(ctx)
	return append(after, h.To), err
}

func namesOf(team []auth.Person) string {
	var all []string
	for _, one := range team {
		all = append(all, one.Name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
