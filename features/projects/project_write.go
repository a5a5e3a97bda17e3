package projects

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Create makes a project, led by who makes it unless the form says otherwise.
// Errors: fault.Invalid at the field that is wrong.
func (s *projectStore) Create(ctx context.Context, f projectForm) (Project, error) {
	v, err := s.view(ctx)
	if err != nil {
		return Project{}, err
	}
	var p Project
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		if made, err := doneBefore(ctx, tx, f.Once); err != nil || made != 0 {
			tx.Unchanged()
			p.ID = made
			return err
		}
		me := auth.From(ctx).ID
		p = Project{CreatedBy: optional(me), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		all := map[string]bool{}
		for name := range labels {
			all[name] = true
		}
		if err := f.into(&p, v, all); err != nil {
			return err
		}
		if p.Icon == "" {
			p.Icon = icons[0]
		}
		if err := s.insert(ctx, tx, &p); err != nil {
			return err
		}
		if err := keepDone(ctx, tx, f.Once, p.ID); err != nil {
			return err
		}
		if _, err := setTeam(ctx, tx, p.ID, Team{}, f.team(), v); err != nil {
			return err
		}
		tx.Changed(p.change("made the project"))
		return nil
	})
	return p, err
}

// insert finds a task key that is free, if none was chosen.
func (s *projectStore) insert(ctx context.Context, tx *data.Tx, p *Project) error {
	chosen := p.TaskKey != ""
	base := p.TaskKey
	if !chosen {
		base = keyFrom(p.Name)
	}
	var taken []string
	if err := tx.NewSelect().Table("projects").Column("task_key").Where("task_key LIKE ? ESCAPE '!'", strings.TrimPrefix(data.Like(base), "%")).Scan(ctx, &taken); err != nil {
		return err
	}
	p.TaskKey = base
	for n := 2; slices.Contains(taken, p.TaskKey); n++ {
		if chosen {
			return fault.Field("task_key", "Another project has this key.")
		}
		p.TaskKey = numbered(base, n)
	}
	p.fill()
	if _, err := tx.NewInsert().Model(p).Exec(ctx); err != nil {
		return fmt.Errorf("make project: %w", err)
	}
	return nil
}

// Update writes the fields of the form that it names, merged with what others saved meanwhile.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid; *data.Clash when both changed the same field.
func (s *projectStore) Update(ctx context.Context, id int64, f projectForm, names []string) (Project, error) {
	v, err := s.view(ctx)
	if err != nil {
		return Project{}, err
	}
	var p Project
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lock(ctx, tx, id)
		if err != nil {
			return err
		}
		p = h.Project
		mine := p
		if err := f.into(&mine, v, set(names)); err != nil {
			return err
		}
		theirs := v.edited(p)
		var wanted []data.Edited
		for _, e := range v.edited(mine) {
			if slices.Contains(names, e.Name) {
				wanted = append(wanted, e)
			}
		}
		write, err := tx.Merge(ctx, "projects.project", id, f.Version, theirs, wanted)
		if err != nil {
			return withVersion(err, p.Version)
		}
		fields, err := s.teamFields(ctx, tx, id, h.Team, f, names, v)
		if err != nil {
			return err
		}
		if len(write)+len(fields) == 0 {
			tx.Unchanged()
			return nil
		}
		if err := f.into(&p, v, set(write)); err != nil {
			return err
		}
		return s.save(ctx, tx, &p, append(changed(theirs, v.edited(p)), fields...))
	})
	return p, err
}

// save writes the row with its next version and says what changed.
func (s *projectStore) save(ctx context.Context, tx *data.Tx, p *Project, fields []data.Field) error {
	was := p.Version
	p.Version, p.UpdatedAt = was+1, tx.Now
	ours, err := tx.UpdateIf(ctx, p, was, "name", "task_key", "summary", "description", "icon", "status_id", "priority_id", "percent_set",
		"private", "lead_id", "notify_created", "notify_done", "notify_comment", "search_text", "name_key", "archived_at", "deleted_at", "version", "updated_at")
	switch {
	case data.Duplicate(err):
		return fault.Field("task_key", "Another project has this key.")
	case err != nil:
		return fmt.Errorf("save project %d: %w", p.ID, err)
	case !ours:
		return fault.New(fault.Conflict, "Somebody else changed “%s” at the same moment. Please try again.", p.Name)
	}
	tx.Changed(p.change(sentence(fields), fields...))
	return nil
}

// lock reads the project for writing, if the viewer may change it.
func (s *projectStore) lock(ctx context.Context, tx *data.Tx, id int64) (hot, error) {
	h, err := loadHot(ctx, tx, id)
	if err != nil {
		return h, err
	}
	v := auth.From(ctx)
	if !h.mayKnow(v) {
		return h, errNoProject()
	}
	if !h.mayEdit(v) {
		return h, errNotLead()
	}
	q := tx.NewSelect().Model(&h.Project).Where("p.id = ?", id)
	return h, tx.Lock(q).Scan(ctx)
}

// set makes a set of names.
func set(names []string) map[string]bool {
	all := map[string]bool{}
	for _, n := range names {
		all[n] = true
	}
	return all
}

// withVersion tells a clash at which version theirs stands.
func withVersion(err error, version int64) error {
	var clash *data.Clash
	if errors.As(err, &clash) {
		clash.Version = version
	}
	return err
}

// changed are the fields that differ, as the history keeps them.
func changed(before, after []data.Edited) []data.Field {
	var all []data.Field
	for i, b := range before {
		if a := after[i]; a.Shown != b.Shown {
			all = append(all, data.Field{Name: b.Name, Old: b.Shown, New: a.Shown})
		}
	}
	return all
}

// sentence says in the past tense what changed.
func sentence(fields []data.Field) string {
	if len(fields) == 1 && len(fields[0].Old)+len(fields[0].New) < 120 && fields[0].New != "" && fields[0].Old != "" {
		return fmt.Sprintf("changed %s from %s to %s", strings.ToLower(labels[fields[0].Name]), fields[0].Old, fields[0].New)
	}
	var names []string
	for _, f := range fields {
		names = append(names, strings.ToLower(labels[f.Name]))
	}
	return "changed " + strings.Join(names, ", ")
}

// teamFields writes the team that the form names, and returns what changed.
func (s *projectStore) teamFields(ctx context.Context, tx *data.Tx, id int64, was Team, f projectForm, names []string, v view) ([]data.Field, error) {
	if !slices.Contains(names, "watchers") {
		return nil, nil
	}
	return setTeam(ctx, tx, id, was, f.team(), v)
}

// setTeam makes the team what it is now. People who don't exist are refused.
func setTeam(ctx context.Context, tx *data.Tx, project int64, was, now Team, v view) ([]data.Field, error) {
	var fields []data.Field
	for _, k := range []struct{ kind, name string }{{kindWatcher, "watchers"}, {kindStakeholder, "stakeholders"}, {kindShareholder, "shareholders"}} {
		old, wanted := *was.of(k.kind), *now.of(k.kind)
		for _, p := range wanted {
			if v.people.ByID(p).ID == 0 {
				return nil, fault.Field(k.name, "Choose people from the list.")
			}
		}
		if slices.Equal(sorted(old), sorted(wanted)) {
			continue
		}
		if _, err := tx.NewDelete().Table("project_people").Where("project_id = ?", project).Where("kind = ?", k.kind).Exec(ctx); err != nil {
			return nil, err
		}
		for _, p := range sorted(wanted) {
			row := map[string]any{"project_id": project, "user_id": p, "kind": k.kind}
			if _, err := tx.NewInsert().Model(&row).Table("project_people").Exec(ctx); err != nil {
				return nil, fmt.Errorf("add %d to project %d: %w", p, project, err)
			}
		}
		fields = append(fields, data.Field{Name: k.name, Old: v.names(old), New: v.names(wanted)})
	}
	return setRoles(ctx, tx, project, was.Roles, now.Roles, fields)
}

func setRoles(ctx context.Context, tx *data.Tx, project int64, was, now []int64, fields []data.Field) ([]data.Field, error) {
	if slices.Equal(sorted(was), sorted(now)) {
		return fields, nil
	}
	var names []struct {
		ID   int64
		Name string
	}
	if err := tx.NewSelect().Table("roles").Column("id", "name").Where("id IN (?)", bun.In(append(slices.Concat(was, now), 0))).Scan(ctx, &names); err != nil {
		return nil, err
	}
	text := func(ids []int64) string {
		var all []string
		for _, n := range names {
			if slices.Contains(ids, n.ID) {
				all = append(all, n.Name)
			}
		}
		return strings.Join(all, ", ")
	}
	if _, err := tx.NewDelete().Table("project_roles").Where("project_id = ?", project).Exec(ctx); err != nil {
		return nil, err
	}
	for _, n := range names {
		if !slices.Contains(now, n.ID) {
			continue
		}
		row := map[string]any{"project_id": project, "role_id": n.ID}
		if _, err := tx.NewInsert().Model(&row).Table("project_roles").Exec(ctx); err != nil {
			return nil, err
		}
	}
	return append(fields, data.Field{Name: "roles", Old: text(was), New: text(now)}), nil
}

// sorted is a sorted copy without doubles.
func sorted(ids []int64) []int64 {
	all := slices.Clone(ids)
	slices.Sort(all)
	return slices.Compact(all)
}

func (v view) names(ids []int64) string {
	var all []string
	for _, n := range ids {
		all = append(all, v.personName(n))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Shelve archives the project, or takes it back.
func (s *projectStore) Shelve(ctx context.Context, id int64, archived bool) (Project, error) {
	return s.mark(ctx, id, func(tx *data.Tx, p *Project) string {
		if archived {
			p.ArchivedAt = &tx.Now
			return "archived the project"
		}
		p.ArchivedAt = nil
		return "took the project out of the archive"
	})
}

// Delete moves the project to the trash, or takes it back, with all that hangs on it.
func (s *projectStore) Delete(ctx context.Context, id int64, deleted bool) (Project, error) {
	return s.mark(ctx, id, func(tx *data.Tx, p *Project) string {
		if deleted {
			p.DeletedAt = &tx.Now
			return "moved the project to the trash"
		}
		p.DeletedAt = nil
		return "took the project out of the trash"
	})
}

func (s *projectStore) mark(ctx context.Context, id int64, do func(*data.Tx, *Project) string) (Project, error) {
	var p Project
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lock(ctx, tx, id)
		if err != nil {
			return err
		}
		p = h.Project
		what := do(tx, &p)
		was := p.Version
		p.Version, p.UpdatedAt = was+1, tx.Now
		if _, err := tx.UpdateIf(ctx, &p, was, "archived_at", "deleted_at", "version", "updated_at"); err != nil {
			return fmt.Errorf("mark project %d: %w", id, err)
		}
		tx.Changed(p.change(what))
		return nil
	})
	return p, err
}

// doneBefore is the id that a form sent before has made, 0 when it has not been sent.
func doneBefore(ctx context.Context, tx *data.Tx, once string) (int64, error) {
	if once == "" {
		return 0, nil
	}
	var ids []int64
	err := tx.NewSelect().Table("form_results").Column("id").Where("once = ?", once).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// keepDone keeps what a form has made, so that the same form sent again makes nothing.
func keepDone(ctx context.Context, tx *data.Tx, once string, id int64) error {
	if once == "" {
		return nil
	}
	row := map[string]any{"once": once, "id": id, "created_at": tx.Now}
	_, err := tx.NewInsert().Model(&row).Table("form_results").Exec(ctx)
	return err
}
