package projects

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// nobodysStep is the role of a step's row that lets nobody take it.
const nobodysStep = 0

// allowStatus refuses a step from one status to another that nobody of the viewer's roles may take, and a status or
// priority that has gone since the form was opened. Administrators are bound as all others are, since they may change the
// rule; only the portal itself is not.
func (s *taskStore) allowStatus(ctx context.Context, tx *data.Tx, w wrote) error {
	if err := wordsThere(ctx, tx, w); err != nil {
		return err
	}
	v := auth.From(ctx)
	if w.before == nil || w.before.StatusID == w.after.StatusID || v.IsSystem() {
		return nil
	}
	way := step{w.before.StatusID, w.after.StatusID}
	var roles []int64
	err := tx.NewSelect().Table("status_steps").Column("role_id").Where("from_id = ?", way.from).Where("to_id = ?", way.to).Scan(ctx, &roles)
	if err != nil {
		return fmt.Errorf("who may take a step: %w", err)
	}
	if mayStep(v, roles) {
		return nil
	}
	var names []string
	if err := tx.NewSelect().Table("statuses").Column("name").Where("id IN (?, ?)", way.from, way.to).
		OrderExpr("CASE WHEN id = ? THEN 0 ELSE 1 END", way.from).Scan(ctx, &names); err != nil {
		return fmt.Errorf("names of a step: %w", err)
	}
	return fault.Field("status", "%s", stepSaid(names, s.projects.users.Gate().Access(), roles))
}

// mayStep reports whether one of the viewer's roles may take a step that these roles may take; none: everybody may.
func mayStep(v *auth.Viewer, roles []int64) bool {
	return len(roles) == 0 || slices.ContainsFunc(v.Roles(), func(r int64) bool { return r != nobodysStep && slices.Contains(roles, r) })
}

// stepSaid is the reason of a refused step: from and to are the first two names.
func stepSaid(names []string, a *auth.Access, roles []int64) string {
	var may []string
	for _, r := range roles {
		if name := a.RoleName(r); name != "" {
			may = append(may, name)
		}
	}
	slices.Sort(may)
	who := "Nobody takes"
	if len(may) > 0 {
		who = "Only people with the role " + strings.Join(may, " or ") + " take"
	}
	return fmt.Sprintf("%s a task from %s to %s. Whoever keeps the statuses can change that.", who, names[0], names[1])
}

// wordsThere refuses a status or priority that is not there any more: another may have been merged with it meanwhile.
func wordsThere(ctx context.Context, tx *data.Tx, w wrote) error {
	for _, k := range []struct {
		table    string
		was, now int64
	}{{"statuses", statusBefore(w.before), w.after.StatusID}, {"priorities", priorityOf(w.before), w.after.PriorityID}} {
		if k.was == k.now {
			continue
		}
		query := "SELECT id FROM " + k.table + " WHERE id = ?"
		if tx.MySQL {
			query += " LOCK IN SHARE MODE" // a merge waits for us, or we for it
		}
		var there []int64
		if err := tx.NewRaw(query, k.now).Scan(ctx, &there); err != nil {
			return fmt.Errorf("look for a row of %s: %w", k.table, err)
		}
		if len(there) == 0 {
			return fault.New(fault.Conflict, "Somebody has just changed the lists of statuses and priorities, and what you chose is gone. Reload the page and choose again.")
		}
	}
	return nil
}

func statusBefore(t *Task) int64 {
	if t == nil {
		return 0
	}
	return t.StatusID
}

func priorityOf(t *Task) int64 {
	if t == nil {
		return 0
	}
	return t.PriorityID
}

// stepForm says who may take a step.
type stepForm struct {
	Who   string  `form:"who" validate:"oneof=everyone roles nobody"`
	Roles []int64 `form:"roles"`
	Was   string  `form:"was"` // as stepValue, when the form was opened
}

// stepValue is who may take a step, as a form remembers it: empty for everybody, 0 for nobody, else the roles' ids with commas between.
func stepValue(roles []int64) string { return joined(roles) }

// wanted are the roles that the form asks for.
// Errors: fault.Invalid at the field.
func (f stepForm) wanted(a *auth.Access) ([]int64, error) {
	switch f.Who {
	case "everyone":
		return nil, nil
	case "nobody":
		return []int64{nobodysStep}, nil
	}
	for _, r := range f.Roles {
		if a.RoleName(r) == "" {
			return nil, fault.Field("roles", "Choose roles from the list.")
		}
	}
	if len(f.Roles) == 0 {
		return nil, fault.Field("roles", "Choose at least one role, or “Nobody”.")
	}
	return sorted(f.Roles), nil
}

// errStepMoved is the fault of a step that somebody else has changed since the form was opened.
var errStepMoved = errors.New("somebody else changed the step first")

// SetStep says who may take a step.
// Errors: fault.NotFound; fault.Invalid at the field; fault.Conflict when somebody else has changed it since the form was opened.
func (s *wordStore) SetStep(ctx context.Context, way step, f stepForm, a *auth.Access) error {
	wanted, err := f.wanted(a)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		w, err := lockWords(ctx, tx)
		if err != nil {
			return err
		}
		from, to := w.Status(way.from), w.Status(way.to)
		if from.ID == 0 || to.ID == 0 || from.ID == to.ID {
			return errNoWord()
		}
		was := w.steps[way]
		switch {
		case slices.Equal(sorted(was), wanted):
			tx.Unchanged()
			return nil
		case stepValue(was) != f.Was:
			return fault.New(fault.Conflict, "Somebody else has changed this step first: now %s. Choose again.", lower(stepWho(a, was))).Because(errStepMoved)
		}
		if _, err := tx.NewDelete().Table("status_steps").Where("from_id = ?", way.from).Where("to_id = ?", way.to).Exec(ctx); err != nil {
			return fmt.Errorf("set a step: %w", err)
		}
		for _, r := range wanted {
			row := map[string]any{"from_id": way.from, "to_id": way.to, "role_id": r}
			if _, err := tx.NewInsert().Model(&row).Table("status_steps").Exec(ctx); err != nil {
				return fmt.Errorf("set a step: %w", err)
			}
		}
		c := s.change(word{ID: from.ID, Name: from.Name, Version: from.Version, list: statusList}, fmt.Sprintf("set who takes tasks from %s to %s", from.Name, to.Name))
		c.Fields = []data.Field{{Name: "step", Old: stepWho(a, was), New: stepWho(a, wanted)}}
		tx.Changed(c)
		return nil
	})
}

// stepWho says who may take a step.
func stepWho(a *auth.Access, roles []int64) string {
	if len(roles) == 0 {
		return "Everyone"
	}
	var names []string
	for _, r := range roles {
		if r != nobodysStep {
			names = append(names, known(a.RoleName(r), "a role that is gone"))
		}
	}
	if len(names) == 0 {
		return "Nobody"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
