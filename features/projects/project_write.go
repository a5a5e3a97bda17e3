package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/formresult"
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
		sent := formresult.Form{Makes: "project", Once: f.Once}
		if made, err := sent.Before(ctx, tx); err != nil || made != 0 {
			tx.Unchanged()
			p.ID = made
			return err
		}
		me := auth.From(ctx).ID
		p = Project{WaitsRule: waitsRefuse, CreatedBy: data.Optional(me), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
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
		if err := sent.Keep(ctx, tx, p.ID); err != nil {
			return err
		}
		if _, err := setTeam(ctx, tx, p.ID, Team{}, f.team(), v); err != nil {
			return err
		}
		tx.Changed(p.change("made the project"))
		return keepMentions(ctx, tx, source{project: p.ID}, "", p.Description)
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
	for n := 1; ; n++ {
		p.TaskKey = numbered(base, n)
		if !slices.Contains(taken, p.TaskKey) {
			p.fill()
			_, err := tx.NewInsert().Model(p).Exec(ctx)
			if err == nil {
				return nil
			}
			if !data.Duplicate(err) { // else somebody took the key at the same moment
				return fmt.Errorf("make project: %w", err)
			}
		}
		if chosen {
			return fault.Field("task_key", "Another project has this key.")
		}
	}
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
		h, err := s.lock(ctx, tx, id, false)
		if err != nil {
			return err
		}
		p = h.Project
		mine := p
		if err := f.into(&mine, v, set(names)); err != nil {
			return err
		}
		theirs := slices.Concat(v.edited(p), v.editedTeam(h.Team))
		wanted := slices.DeleteFunc(slices.Concat(v.edited(mine), v.editedTeam(f.team())), func(e data.Edited) bool { return !slices.Contains(names, e.Name) })
		write, err := tx.Merge(ctx, "projects.project", id, f.Version, theirs, wanted)
		if err != nil {
			return withVersion(err, p.Version)
		}
		if len(write) == 0 {
			tx.Unchanged()
			return nil
		}
		team, err := setTeam(ctx, tx, id, h.Team, f.team().only(h.Team, write), v)
		if err != nil {
			return err
		}
		if err := f.into(&p, v, set(write)); err != nil {
			return err
		}
		if err := rekey(ctx, tx, id, h.Project.TaskKey, p.TaskKey); err != nil {
			return err
		}
		if err := s.save(ctx, tx, &p, append(data.Changed(v.edited(h.Project), v.edited(p)), team...)); err != nil {
			return err
		}
		return keepMentions(ctx, tx, source{project: id}, h.Project.Description, p.Description)
	})
	return p, err
}

// rekey lets the project's tasks be found by its new key.
func rekey(ctx context.Context, tx *data.Tx, project int64, was, now string) error {
	if was == now {
		return nil
	}
	_, err := tx.NewUpdate().Table("tasks").Set("search_text = SUBSTR(CONCAT(?, SUBSTR(search_text, ?)), 1, 800)", data.Fold(now), len(data.Fold(was))+1).
		Where("project_id = ?", project).Exec(ctx)
	if err != nil {
		return fmt.Errorf("new key of the tasks of project %d: %w", project, err)
	}
	return touchTasks(ctx, tx, "t.project_id = ?", project)
}

// circle are the fields that decide who knows of a private project.
var circle = map[string]bool{"private": true, "lead": true, "watchers": true, "stakeholders": true, "shareholders": true, "roles": true}

// save writes the row with its next version and says what changed.
func (s *projectStore) save(ctx context.Context, tx *data.Tx, p *Project, fields []data.Field) error {
	was := p.Version
	p.Version, p.UpdatedAt = was+1, tx.Now
	ours, err := tx.UpdateIf(ctx, p, was, "name", "task_key", "summary", "description", "icon", "status_id", "priority_id", "percent_set",
		"private", "lead_id", "notify_created", "notify_done", "notify_comment", "waits_rule", "template", "search_text", "name_key", "archived_at", "deleted_at", "version", "updated_at")
	switch {
	case data.Duplicate(err):
		return fault.Field("task_key", "Another project has this key.")
	case err != nil:
		return fmt.Errorf("save project %d: %w", p.ID, err)
	case !ours:
		return fault.New(fault.Conflict, "Somebody else changed “%s” at the same moment. Please try again.", p.Name)
	}
	c := p.change(sentence(fields), fields...)
	if slices.ContainsFunc(fields, func(f data.Field) bool { return circle[f.Name] }) {
		c.Guard = "" // who no longer knows of the project has it on screen still: their list asks anew
	}
	tx.Changed(c)
	return relinkProject(ctx, tx, p.ID, 0)
}

// holdProject reads a project and its team for a write. The lock comes first: on MySQL a transaction sees
// everything as it was at its first plain read. https://dev.mysql.com/doc/refman/8.0/en/innodb-consistent-read.html
func holdProject(ctx context.Context, tx *data.Tx, id int64) (heldProject, error) {
	if tx.MySQL {
		var ids []int64
		if err := tx.Lock(tx.NewSelect().Table("projects").Column("id").Where("id = ?", id)).Scan(ctx, &ids); err != nil {
			return heldProject{}, fmt.Errorf("lock project %d: %w", id, err)
		}
	}
	return loadHeld(ctx, tx, id)
}

// lock reads the project for writing, if the viewer may change it; from the trash when deleted is set.
func (s *projectStore) lock(ctx context.Context, tx *data.Tx, id int64, deleted bool) (heldProject, error) {
	h, err := holdProject(ctx, tx, id)
	if err != nil {
		return h, err
	}
	v := auth.From(ctx)
	if !h.mayKnow(v) || (h.Project.DeletedAt != nil) != deleted || data.TrashOver(h.Project.DeletedAt, tx.Now) {
		return h, errNoProject()
	}
	if !h.mayEdit(v) {
		return h, errNotLead()
	}
	return h, tx.NewSelect().Model(&h.Project).Where("p.id = ?", id).Scan(ctx)
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
	if clash, ok := data.ClashOf(err); ok {
		clash.Version = version
	}
	return err
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

// Shelve archives the project, or takes it back.
func (s *projectStore) Shelve(ctx context.Context, id int64, archived bool) (Project, error) {
	return s.mark(ctx, id, false, func(tx *data.Tx, p *Project) string {
		switch {
		case archived == (p.ArchivedAt != nil):
			return ""
		case archived:
			p.ArchivedAt = &tx.Now
			return "archived the project"
		}
		p.ArchivedAt = nil
		return "took the project out of the archive"
	})
}

// Delete moves the project to the trash, or takes it back, with all that hangs on it.
// Errors: fault.NotFound, also when it is there already.
func (s *projectStore) Delete(ctx context.Context, id int64, deleted bool) (Project, error) {
	return s.mark(ctx, id, !deleted, func(tx *data.Tx, p *Project) string {
		if deleted {
			p.DeletedAt = &tx.Now
			return "moved the project to the trash"
		}
		p.DeletedAt = nil
		return "took the project out of the trash"
	})
}

// mark writes what do does to a project, one in the trash when deleted is set, and says it in the history; nothing for an empty sentence.
func (s *projectStore) mark(ctx context.Context, id int64, deleted bool, do func(*data.Tx, *Project) string) (Project, error) {
	var p Project
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lock(ctx, tx, id, deleted)
		if err != nil {
			return err
		}
		p = h.Project
		gone := p.DeletedAt != nil
		what := do(tx, &p)
		if what == "" {
			tx.Unchanged()
			return nil
		}
		was := p.Version
		p.Version, p.UpdatedAt = was+1, tx.Now
		if _, err := tx.UpdateIf(ctx, &p, was, "archived_at", "deleted_at", "template", "version", "updated_at"); err != nil {
			return fmt.Errorf("mark project %d: %w", id, err)
		}
		tx.Changed(p.change(what))
		switch {
		case gone && p.DeletedAt == nil:
			return relinkProject(ctx, tx, id, 1)
		case !gone && p.DeletedAt != nil:
			return relinkProject(ctx, tx, id, -1)
		}
		return nil
	})
	return p, err
}
