package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

// newLabels makes the labels that a task's form names and the project does not have, and gives all it names to the form.
// Errors: fault.Invalid at the field, also for who is not of the project's team.
func (s *taskStore) newLabels(ctx context.Context, tx *data.Tx, h heldProject, f taskForm) (heldProject, taskForm, error) {
	f.Labels = slices.Clone(f.Labels)
	h.Labels = slices.Clone(h.Labels)
	for typed := range strings.SplitSeq(f.NewLabels, ",") {
		name := strings.Join(strings.Fields(typed), " ")
		if name == "" {
			continue
		}
		at := slices.IndexFunc(h.Labels, func(l Label) bool { return data.Key(l.Name) == data.Key(name) })
		if at < 0 {
			if !h.mayWork(auth.From(ctx)) {
				return h, f, fault.Field("labels", "Only the project's team makes new labels. Choose from the list.")
			}
			l, err := addLabel(ctx, tx, h, Label{Name: name})
			if err != nil {
				return h, f, err
			}
			h.Labels, at = append(h.Labels, l), len(h.Labels)
		}
		add(&f.Labels, h.Labels[at].ID)
	}
	slices.SortStableFunc(h.Labels, func(a, b Label) int { return strings.Compare(data.Key(a.Name), data.Key(b.Name)) })
	return h, f, nil
}

// labelsOfProject is how many labels a project may have: all of them stand in every form of its tasks.
const labelsOfProject = 100

// addLabel writes a new label of the project. One of the same name that lies in the trash is gone for good then.
// Errors: fault.Invalid at the field.
func addLabel(ctx context.Context, tx *data.Tx, h heldProject, l Label) (Label, error) {
	switch {
	case len([]rune(l.Name)) > 60:
		return l, fault.Field("labels", "A label has at most 60 characters.")
	case len(h.Labels) >= labelsOfProject:
		return l, fault.Field("labels", "A project has at most %d labels. Merge or delete some of them first.", labelsOfProject)
	}
	l.ProjectID, l.NameKey, l.Version, l.CreatedAt, l.UpdatedAt = h.Project.ID, data.Key(l.Name), 1, tx.Now, tx.Now
	if l.Tone == "" {
		l.Tone = h.nextTone(0)
	}
	if err := forgetLabel(ctx, tx, l); err != nil {
		return l, err
	}
	if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
		return l, fmt.Errorf("make label of project %d: %w", h.Project.ID, err)
	}
	tx.Changed(l.change(h.Project, "made the label"))
	return l, nil
}

// nextTone is the colour of a label for which nobody chooses one, if so many others are made before it.
func (h heldProject) nextTone(before int) string {
	return tones[(len(h.Labels)+before)%len(tones)].Value
}

// forgetLabel removes a label of the same name that lies in the trash.
func forgetLabel(ctx context.Context, tx *data.Tx, l Label) error {
	_, err := tx.NewDelete().Table("labels").Where("project_id = ?", l.ProjectID).Where("name_key = ?", l.NameKey).
		Where("id <> ?", l.ID).Where("deleted_at IS NOT NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget a label of project %d: %w", l.ProjectID, err)
	}
	return nil
}

// keepLabels writes which labels a task has as rows, which is what they are found and counted by.
func (s *taskStore) keepLabels(ctx context.Context, tx *data.Tx, w wrote) error {
	if w.before == nil && w.after.LabelIDs == "" || w.before != nil && w.before.LabelIDs == w.after.LabelIDs {
		return nil
	}
	if w.before != nil {
		// Those in the trash stay: a label that comes back comes back to its tasks.
		if _, err := tx.NewDelete().Table("task_labels").Where("task_id = ?", w.after.ID).
			Where("label_id IN (SELECT l.id FROM labels AS l WHERE l.project_id = ? AND l.deleted_at IS NULL)", w.after.ProjectID).Exec(ctx); err != nil {
			return fmt.Errorf("labels of task %d: %w", w.after.ID, err)
		}
	}
	var rows []taskLabel
	for _, n := range w.after.Labels() {
		rows = append(rows, taskLabel{TaskID: w.after.ID, LabelID: n})
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("labels of task %d: %w", w.after.ID, err)
	}
	return nil
}

// lockLabels reads the project for a write to its labels, by whoever works on its tasks.
func (s *taskStore) lockLabels(ctx context.Context, tx *data.Tx, project int64) (heldProject, error) {
	h, err := s.lockProject(ctx, tx, project)
	if err == nil && !h.mayWork(auth.From(ctx)) {
		err = errNotTeam()
	}
	return h, err
}

func errNoLabel() error { return fault.New(fault.NotFound, "There is no such label in this project.") }

// AddLabel makes a label of the project.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field.
func (s *taskStore) AddLabel(ctx context.Context, project int64, f labelForm) (Label, error) {
	var l Label
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lockLabels(ctx, tx, project)
		if err != nil {
			return err
		}
		if l, err = f.label(Label{ProjectID: project}); err != nil {
			return err
		}
		if h.named(l) {
			return fault.Field("name", "The project has a label of this name already.")
		}
		l, err = addLabel(ctx, tx, h, l)
		return err
	})
	return l, err
}

// SaveLabel gives a label another name or colour, or both.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field; *data.Clash when both changed the same field.
func (s *taskStore) SaveLabel(ctx context.Context, project, label int64, f labelForm) (Label, error) {
	var l Label
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lockLabels(ctx, tx, project)
		if err != nil {
			return err
		}
		was := h.label(label)
		if was.ID == 0 {
			return errNoLabel()
		}
		mine, err := f.label(was)
		if err != nil {
			return err
		}
		write, err := tx.Merge(ctx, "projects.label", label, f.Version, was.edited(), mine.edited())
		if err != nil {
			return withVersion(err, was.Version)
		}
		if len(write) == 0 {
			tx.Unchanged()
			return nil
		}
		l = was
		if slices.Contains(write, "name") {
			l.Name, l.NameKey = mine.Name, mine.NameKey
		}
		if slices.Contains(write, "colour") {
			l.Tone = mine.Tone
		}
		if h.named(l) {
			return fault.Field("name", "The project has a label of this name already. Merge the two instead.")
		}
		return writeLabel(ctx, tx, h, l)
	})
	return l, err
}

// writeLabel writes the row and says what changed, and writes the order of the labels of tasks that have it.
func writeLabel(ctx context.Context, tx *data.Tx, h heldProject, l Label) error {
	l.NameKey = data.Key(l.Name)
	fields := data.Changed(h.label(l.ID).edited(), l.edited())
	if err := forgetLabel(ctx, tx, l); err != nil {
		return err
	}
	was := l.Version
	l.Version, l.UpdatedAt = was+1, tx.Now
	ours, err := tx.UpdateIf(ctx, &l, was, "name", "name_key", "tone", "version", "updated_at")
	if err == nil && !ours {
		err = fault.New(fault.Conflict, "Somebody else changed this label at the same moment. Please try again.")
	}
	if err != nil {
		return fmt.Errorf("save label %d: %w", l.ID, err)
	}
	stale, err := relabel(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	c := l.change(h.Project, sentence(fields), fields...)
	c.Stale = append(c.Stale, stale...)
	tx.Changed(c)
	return nil
}

// MarkLabel moves a label to the trash, off all its tasks, or brings it back to them.
// Errors: fault.NotFound; fault.Forbidden.
func (s *taskStore) MarkLabel(ctx context.Context, project, label int64, deleted bool) (Label, error) {
	var l Label
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lockLabels(ctx, tx, project)
		if err != nil {
			return err
		}
		var rows []Label
		if err := tx.NewSelect().Model(&rows).Where("l.id = ?", label).Where("l.project_id = ?", project).Scan(ctx); err != nil {
			return fmt.Errorf("label %d: %w", label, err)
		}
		if len(rows) == 0 || (rows[0].DeletedAt != nil) == deleted {
			return errNoLabel()
		}
		l = rows[0]
		what := "brought back the label"
		l.DeletedAt, l.Version, l.UpdatedAt = nil, l.Version+1, tx.Now
		if deleted {
			what, l.DeletedAt = "deleted the label", &tx.Now
		}
		if _, err := tx.NewUpdate().Model(&l).Column("deleted_at", "version", "updated_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("mark label %d: %w", label, err)
		}
		stale, err := relabel(ctx, tx, label)
		if err != nil {
			return err
		}
		c := l.change(h.Project, what)
		c.Stale = append(c.Stale, stale...)
		tx.Changed(c)
		return nil
	})
	return l, err
}

// MergeLabel gives another label to all tasks of one, which is gone then.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field.
func (s *taskStore) MergeLabel(ctx context.Context, project, label, into int64) (from, to Label, err error) {
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lockLabels(ctx, tx, project)
		if err != nil {
			return err
		}
		if from, to = h.label(label), h.label(into); from.ID == 0 {
			return errNoLabel()
		}
		if to.ID == 0 || to.ID == from.ID {
			return fault.Field("into", "Choose another label of the project.")
		}
		if _, err := tx.NewRaw("INSERT INTO task_labels (task_id, label_id) SELECT x.task_id, ? FROM task_labels AS x WHERE x.label_id = ? "+
			"AND NOT EXISTS (SELECT 1 FROM task_labels AS y WHERE y.task_id = x.task_id AND y.label_id = ?)", to.ID, from.ID, to.ID).Exec(ctx); err != nil {
			return fmt.Errorf("merge label %d: %w", label, err)
		}
		if _, err := tx.NewDelete().Table("labels").Where("id = ?", from.ID).Exec(ctx); err != nil {
			return fmt.Errorf("merge label %d: %w", label, err)
		}
		stale, err := relabel(ctx, tx, to.ID)
		if err != nil {
			return err
		}
		c := to.change(h.Project, fmt.Sprintf("merged the label %s into %s", from.Name, to.Name))
		c.Stale = append(c.Stale, stale...)
		tx.Changed(c)
		return nil
	})
	return from, to, err
}

// relabel writes the labels of all tasks that have this one anew, in their order, and returns the cache keys that no longer hold.
func relabel(ctx context.Context, tx *data.Tx, label int64) ([]string, error) {
	var tasks []int64
	if err := tx.NewSelect().Table("task_labels").Column("task_id").Where("label_id = ?", label).Scan(ctx, &tasks); err != nil {
		return nil, fmt.Errorf("tasks of label %d: %w", label, err)
	}
	_, err := tx.NewUpdate().Table("tasks").
		Set("label_ids = COALESCE((SELECT GROUP_CONCAT(x.label_id ORDER BY l.name_key, l.id) FROM task_labels AS x JOIN labels AS l ON l.id = x.label_id "+
			"WHERE x.task_id = tasks.id AND l.deleted_at IS NULL), '')").
		Where("id IN (SELECT x.task_id FROM task_labels AS x WHERE x.label_id = ?)", label).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("label the tasks of label %d: %w", label, err)
	}
	if len(tasks) > staleMost {
		return []string{feature.ClearPrefix + "projects.task"}, nil
	}
	keys := make([]string, len(tasks))
	for i, n := range tasks {
		keys[i] = taskKey(n)
	}
	return keys, nil
}

// staleMost is how many rows a change drops from the cache one by one; of more, their whole region is dropped.
const staleMost = 500
