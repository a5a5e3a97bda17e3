package projects

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/feature"
	"portal/app/legacy"
)

// teamRoleRow is a row of project_roles.
type teamRoleRow struct {
	bun.BaseModel `bun:"table:project_roles"`
	ProjectID     int64
	RoleID        int64
}

func (a *arrival) takeProjects(ctx context.Context) error {
	rows, err := a.Unseen(ctx, "project", feature.ByID)
	if err != nil {
		return err
	}
	ids, err := legacy.NumbersFor(ctx, a.tx, "projects", rows)
	if err != nil {
		return err
	}
	var ours []Project
	if err := a.tx.NewSelect().Model(&ours).ExcludeColumn("description").Scan(ctx); err != nil {
		return fmt.Errorf("read projects: %w", err)
	}
	keys := map[string]bool{}
	for _, p := range ours {
		a.projects[p.ID], keys[p.TaskKey] = p, true
	}
	var fresh []Project
	for _, r := range rows {
		p, mended, err := a.project(ctx, r)
		if err != nil {
			return err
		}
		p.ID = ids.Give(r.ID())
		for n := 1; p.TaskKey == "" || keys[p.TaskKey]; n++ {
			p.TaskKey = numbered(keyFrom(p.Name), n)
		}
		keys[p.TaskKey] = true
		p.fill()
		fresh = append(fresh, p)
		a.projects[p.ID], a.touched[p.ID] = p, true
		a.finish("project", feature.ByID(r), p.ID, mended)
	}
	return legacy.Insert(ctx, a.tx, fresh)
}

// project is what an old row becomes, but for its id and key.
func (a *arrival) project(ctx context.Context, r legacy.Record) (Project, []string, error) {
	var mended []string
	t := textsOf(r, "Project", &mended)
	p := Project{
		Name: t.name, Summary: t.summary, Description: t.description, Private: r.Yes("is_private"), Version: 1,
		NotifyCreated: r.YesUnless("notify_task_created"), NotifyDone: r.YesUnless("notify_task_completed"), NotifyComment: r.YesUnless("notify_comments"), WaitsRule: waitsWarn,
		CreatedBy: a.by(r.Text("created_by")), LeadID: a.who(r, "lead_id", "lead", &mended), Icon: legacy.Icon(r.Text("icon"), icons[0]),
	}
	if !slices.Contains(icons, p.Icon) {
		p.Icon = icons[0]
	}
	status, err := a.status(ctx, r.Line("status"), &mended)
	if err != nil {
		return p, nil, err
	}
	priority, err := a.priority(ctx, r.Line("priority"), &mended)
	if err != nil {
		return p, nil, err
	}
	p.StatusID, p.PriorityID = status.ID, priority.ID
	if percent := r.Int("percent_complete"); r.Has("percent_complete") {
		bounded := min(max(percent, 0), 100)
		if bounded != percent {
			mended = append(mended, fmt.Sprintf("its progress of %d %% is %d %% now", percent, bounded))
		}
		p.PercentSet = &bounded
	}
	p.CreatedAt, p.UpdatedAt = times(r, a.tx.Now, &mended)
	return p, mended, nil
}

func (a *arrival) takeTeams(ctx context.Context) error {
	var ours []memberRow
	if err := a.tx.NewSelect().Model(&ours).Scan(ctx); err != nil {
		return fmt.Errorf("read teams: %w", err)
	}
	have := map[memberRow]bool{}
	for _, t := range ours {
		have[t] = true
	}
	var fresh []memberRow
	for _, k := range []struct{ table, kind string }{
		{"project_watchers", kindWatcher}, {"project_stakeholders", kindStakeholder}, {"project_shareholders", kindShareholder},
	} {
		err := a.pairs(ctx, k.table, "user_id", "user", func(project, user int64) bool {
			row := memberRow{ProjectID: project, UserID: user, Kind: k.kind}
			if have[row] {
				return false
			}
			have[row] = true
			fresh = append(fresh, row)
			return true
		})
		if err != nil {
			return err
		}
	}
	if err := legacy.Insert(ctx, a.tx, fresh); err != nil {
		return err
	}
	return a.takeTeamRoles(ctx)
}

func (a *arrival) takeTeamRoles(ctx context.Context) error {
	var ours []teamRoleRow
	if err := a.tx.NewSelect().Model(&ours).Scan(ctx); err != nil {
		return fmt.Errorf("read roles of projects: %w", err)
	}
	have := map[teamRoleRow]bool{}
	for _, t := range ours {
		have[t] = true
	}
	var fresh []teamRoleRow
	err := a.pairs(ctx, "project_roles", "role_id", "role", func(project, role int64) bool {
		row := teamRoleRow{ProjectID: project, RoleID: role}
		if have[row] {
			return false
		}
		have[row] = true
		fresh = append(fresh, row)
		return true
	})
	if err != nil {
		return err
	}
	return legacy.Insert(ctx, a.tx, fresh)
}

// pairs goes through a table of a project and something else; add reports whether the pair is new.
func (a *arrival) pairs(ctx context.Context, table, column, kind string, add func(project, other int64) bool) error {
	key := func(r legacy.Record) string { return legacy.Key(r.Int("project_id"), r.Int(column)) }
	rows, err := a.Unseen(ctx, table, key)
	if err != nil {
		return err
	}
	for _, r := range rows {
		project, other := a.IDs.Of("project", r.Int("project_id")), a.IDs.Of(kind, r.Int(column))
		switch {
		case project == 0:
			a.Leave(table, key(r), "There is no project %d.", r.Int("project_id"))
		case other == 0:
			a.Leave(table, key(r), "There is no %s %d.", kind, r.Int(column))
		case !add(project, other):
			a.Report.Merge(table, key(r), "The project's team has this already.")
			a.IDs.Keep(table, key(r), project)
		default:
			a.touched[project] = true
			a.finish(table, key(r), project, nil)
		}
	}
	return nil
}

// count makes the counts of the projects anew that tasks have come to.
func (a *arrival) count(ctx context.Context) error {
	var all []int64
	for id := range a.touched {
		all = append(all, id)
	}
	if len(all) == 0 {
		return nil
	}
	highest := bun.Safe("(SELECT COALESCE(MAX(t.number), 0) FROM tasks AS t WHERE t.project_id = projects.id)")
	_, err := a.tx.NewUpdate().TableExpr("projects").Apply(setCounts).
		Set("last_number = CASE WHEN last_number < ? THEN ? ELSE last_number END", highest, highest).Where("id IN (?)", list(sorted(all))).Exec(ctx)
	return err
}
