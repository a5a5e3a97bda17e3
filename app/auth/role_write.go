package auth

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portal/app/data"
	"portal/app/fault"
)

// RoleForm is what can be said of a role.
type RoleForm struct {
	Name         string // one or more lower-case words
	Notes        string
	Icon         string
	Includes     []string // names of roles
	SecondFactor bool     // who holds it must sign in with a second factor
}

var roleName = regexp.MustCompile(`^[a-z][a-z0-9]*([ -][a-z0-9]+)*$`)

func (f RoleForm) check() error {
	bad := map[string]string{}
	switch {
	case !roleName.MatchString(f.Name) || len(f.Name) > 64:
		bad["name"] = "Write one or more words of lower-case letters, up to 64 characters, such as “shift lead”."
	case f.Name == SignedIn || f.Name == Anyone:
		bad["name"] = "This name stands for people without a role; choose another."
	}
	if utf8.RuneCountInString(f.Notes) > 500 {
		bad["notes"] = "Write at most 500 characters."
	}
	if len(f.Icon) > 60 {
		bad["icon"] = "Choose from the list."
	}
	return faultAt(bad)
}

func (f RoleForm) tidy() RoleForm {
	f.Name, f.Notes = strings.Join(strings.Fields(f.Name), " "), strings.TrimSpace(f.Notes)
	f.Includes = slices.DeleteFunc(slices.Clone(f.Includes), func(s string) bool { return s == "" })
	slices.Sort(f.Includes)
	f.Includes = slices.Compact(f.Includes)
	return f
}

func roleChange(row roleRow, what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "admin", Kind: "role", ID: row.ID, Version: row.Version, What: what, Title: row.Name,
		URL: "/admin/roles/" + strconv.FormatInt(row.ID, 10), Fields: fields, Stale: []string{AccessKey},
	}
}

// Create makes a role.
// Errors: fault.Invalid at the field that is wrong or taken; "includes" for a loop, which it names.
func (r *Roles) Create(ctx context.Context, f RoleForm) (int64, error) {
	f = f.tidy()
	if err := f.check(); err != nil {
		return 0, err
	}
	var row roleRow
	err := r.db.Write(ctx, func(tx *data.Tx) error {
		watch, err := watchAdmins(ctx, tx)
		if err != nil {
			return err
		}
		row = roleRow{Name: f.Name, Notes: f.Notes, Icon: f.Icon, SecondFactor: f.SecondFactor, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); data.Duplicate(err) {
			return fault.Field("name", "There is a role %s already.", f.Name)
		} else if err != nil {
			return fmt.Errorf("make role: %w", err)
		}
		if _, err := setIncludes(ctx, tx, row, f.Includes); err != nil {
			return err
		}
		tx.Changed(roleChange(row, "made the role"))
		return watch.check(ctx, tx)
	})
	return row.ID, err
}

// Edit writes what is said of a role, if it is still at the version.
// Errors: fault.NotFound; fault.Invalid; fault.Conflict when somebody else was faster, or when nobody would be left
// who administrates the portal.
func (r *Roles) Edit(ctx context.Context, id, version int64, f RoleForm) error {
	f = f.tidy()
	if err := f.check(); err != nil {
		return err
	}
	return r.db.Write(ctx, func(tx *data.Tx) error { return editRole(ctx, tx, roleRow{ID: id, Version: version}, f) })
}

// editRole writes what is said of the role with at's id, if it is at its version.
func editRole(ctx context.Context, tx *data.Tx, at roleRow, f RoleForm) error {
	watch, err := watchAdmins(ctx, tx)
	if err != nil {
		return err
	}
	was, err := roleByID(ctx, tx, at.ID)
	if err != nil {
		return err
	}
	if was.Version != at.Version {
		return fault.New(fault.Conflict, "Somebody else changed the role %s meanwhile. Below is what it is now; your change is not saved.", was.Name)
	}
	if err := mayGive(ctx, tx, at.ID); err != nil {
		return err
	}
	if f.Name != was.Name && isBuiltIn(was.Name) {
		return fault.Field("name", "The role %s comes with the portal and keeps its name.", was.Name)
	}
	before, err := setIncludes(ctx, tx, was, f.Includes)
	if err != nil {
		return err
	}
	fields := roleFields(was, before, f)
	if len(fields) == 0 {
		tx.Unchanged()
		return nil
	}
	if err := saveRole(ctx, tx, was, f, fields); err != nil {
		return err
	}
	return watch.check(ctx, tx)
}

func saveRole(ctx context.Context, tx *data.Tx, was roleRow, f RoleForm, fields []data.Field) error {
	row := was
	row.Name, row.Notes, row.Icon, row.SecondFactor = f.Name, f.Notes, f.Icon, f.SecondFactor
	row.Version, row.UpdatedAt = was.Version+1, tx.Now
	ours, err := tx.UpdateIf(ctx, &row, was.Version, "name", "notes", "icon", "second_factor", "version", "updated_at")
	switch {
	case data.Duplicate(err):
		return fault.Field("name", "There is a role %s already.", f.Name)
	case err != nil:
		return fmt.Errorf("change role %d: %w", row.ID, err)
	case !ours:
		return fault.New(fault.Conflict, "Somebody else changed the role %s at the same moment. Please try again.", was.Name)
	}
	tx.Changed(roleChange(row, changedSaid(fields), fields...))
	return nil
}

func roleFields(was roleRow, includes []string, f RoleForm) []data.Field {
	var all []data.Field
	for _, p := range []data.Field{
		{Name: "name", Old: was.Name, New: f.Name}, {Name: "notes", Old: was.Notes, New: f.Notes}, {Name: "icon", Old: was.Icon, New: f.Icon},
		{Name: "second_factor", Old: needed(was.SecondFactor), New: needed(f.SecondFactor)},
		{Name: "includes", Old: strings.Join(includes, ", "), New: strings.Join(f.Includes, ", ")},
	} {
		if p.Old != p.New {
			all = append(all, p)
		}
	}
	return all
}

func needed(on bool) string {
	if on {
		return "needed"
	}
	return "not needed"
}

// setIncludes makes a role include these and no others, and returns the names of those it included before, sorted.
// Errors: fault.Invalid at "includes" for a role that is not there, and for a loop, which it names.
func setIncludes(ctx context.Context, tx *data.Tx, row roleRow, wanted []string) ([]string, error) {
	ids, err := roleIDs(ctx, tx)
	if err != nil {
		return nil, err
	}
	pairs, err := includes(ctx, tx)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for name, id := range ids {
		names[id] = name
	}
	var before []string
	others := slices.DeleteFunc(slices.Clone(pairs), func(p include) bool { return p.RoleID == row.ID })
	for _, p := range pairs {
		if p.RoleID == row.ID {
			before = append(before, names[p.IncludedID])
		}
	}
	slices.Sort(before)
	var rows []include
	for _, name := range wanted {
		if err := mayGive(ctx, tx, ids[name]); err != nil {
			return nil, err
		}
		if ids[name] == 0 {
			return nil, fault.Field("includes", "There is no role %s; there are %s.", name, strings.Join(sortedKeys(ids), ", "))
		}
		if loop := pathTo(others, ids[name], row.ID); loop != nil {
			return nil, fault.Field("includes", "That would be a loop: %s.", loopSaid(append([]int64{row.ID}, loop...), names))
		}
		rows = append(rows, include{RoleID: row.ID, IncludedID: ids[name]})
	}
	if slices.Equal(before, wanted) {
		return before, nil
	}
	if _, err := tx.NewDelete().Model((*include)(nil)).Where("role_id = ?", row.ID).Exec(ctx); err != nil {
		return nil, fmt.Errorf("clear what role %d includes: %w", row.ID, err)
	}
	if len(rows) > 0 {
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return nil, fmt.Errorf("set what role %d includes: %w", row.ID, err)
		}
	}
	return before, nil
}

// pathTo is a way from one role to another by what each includes, both ends in it; nil when there is none.
func pathTo(pairs []include, from, to int64) []int64 {
	came := map[int64]int64{from: 0}
	queue := []int64{from}
	for len(queue) > 0 && queue[0] != to {
		for _, p := range pairs {
			if _, seen := came[p.IncludedID]; p.RoleID == queue[0] && !seen {
				came[p.IncludedID] = queue[0]
				queue = append(queue, p.IncludedID)
			}
		}
		queue = queue[1:]
	}
	if len(queue) == 0 {
		return nil
	}
	var path []int64
	for at := to; at != 0; at = came[at] {
		path = append(path, at)
	}
	slices.Reverse(path)
	return path
}

// loopSaid names a loop: "manager includes lead includes manager".
func loopSaid(path []int64, names map[int64]string) string {
	var words []string
	for _, id := range path {
		words = append(words, names[id])
	}
	return strings.Join(words, " includes ")
}

// Delete deletes a role, and with it that people hold it, that mappings name it and that roles include it.
// Errors: fault.NotFound; fault.Conflict for one that comes with the portal, one that somebody changed meanwhile,
// and when nobody would be left who administrates the portal.
func (r *Roles) Delete(ctx context.Context, id, version int64) error {
	return r.db.Write(ctx, func(tx *data.Tx) error {
		watch, err := watchAdmins(ctx, tx)
		if err != nil {
			return err
		}
		row, err := roleByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := mayGive(ctx, tx, id); err != nil {
			return err
		}
		if isBuiltIn(row.Name) {
			return fault.New(fault.Conflict, "The role %s comes with the portal and can't be deleted.", row.Name)
		}
		if row.Version != version {
			return fault.New(fault.Conflict, "Somebody else changed the role %s meanwhile. Look at it again before you delete it.", row.Name)
		}
		if _, err := tx.NewDelete().Model(&row).WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("delete role %d: %w", id, err)
		}
		row.Version++
		tx.Changed(roleChange(row, "deleted the role", data.Field{Name: "name", Old: row.Name}))
		return watch.check(ctx, tx)
	})
}
