package projects

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portal/app/data"
	"portal/app/fault"
)

// teamNames are the team's fields.
var teamNames = []string{"watchers", "stakeholders", "shareholders", "roles"}

// editedTeam are the team's fields as a form sends them and as people read them.
func (v view) editedTeam(t Team) []data.Edited {
	return labelled([]data.Edited{
		{Name: "watchers", Value: joined(t.Watchers), Shown: v.names(t.Watchers)},
		{Name: "stakeholders", Value: joined(t.Stakeholders), Shown: v.names(t.Stakeholders)},
		{Name: "shareholders", Value: joined(t.Shareholders), Shown: v.names(t.Shareholders)},
		{Name: "roles", Value: joined(t.Roles), Shown: v.roleNames(t.Roles)},
	})
}

// joined are ids in one value of a form.
func joined(ids []int64) string {
	var all []string
	for _, n := range sorted(ids) {
		all = append(all, strconv.FormatInt(n, 10))
	}
	return strings.Join(all, ",")
}

// only is the team with the fields of those names; the others are as they were.
func (t Team) only(was Team, names []string) Team {
	if !slices.Contains(names, "watchers") {
		t.Watchers = was.Watchers
	}
	if !slices.Contains(names, "stakeholders") {
		t.Stakeholders = was.Stakeholders
	}
	if !slices.Contains(names, "shareholders") {
		t.Shareholders = was.Shareholders
	}
	if !slices.Contains(names, "roles") {
		t.Roles = was.Roles
	}
	return t
}

// setTeam makes the team what it is now, and returns what changed. People and roles that don't exist are refused.
func setTeam(ctx context.Context, tx *data.Tx, project int64, was, now Team, v view) ([]data.Field, error) {
	for _, k := range []struct{ kind, name string }{{kindWatcher, "watchers"}, {kindStakeholder, "stakeholders"}, {kindShareholder, "shareholders"}} {
		old, wanted := *was.of(k.kind), *now.of(k.kind)
		if slices.Equal(sorted(old), sorted(wanted)) {
			continue
		}
		for _, p := range wanted {
			if v.people.ByID(p).ID == 0 {
				return nil, fault.Field(k.name, "Choose people from the list.")
			}
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
	}
	if err := setRoles(ctx, tx, project, was.Roles, now.Roles, v); err != nil {
		return nil, err
	}
	return data.Changed(v.editedTeam(was), v.editedTeam(now)), nil
}

func setRoles(ctx context.Context, tx *data.Tx, project int64, was, now []int64, v view) error {
	if slices.Equal(sorted(was), sorted(now)) {
		return nil
	}
	for _, r := range now {
		if v.access.RoleName(r) == "" {
			return fault.Field("roles", "Choose roles from the list.")
		}
	}
	if _, err := tx.NewDelete().Table("project_roles").Where("project_id = ?", project).Exec(ctx); err != nil {
		return err
	}
	for _, r := range sorted(now) {
		row := map[string]any{"project_id": project, "role_id": r}
		if _, err := tx.NewInsert().Model(&row).Table("project_roles").Exec(ctx); err != nil {
			return fmt.Errorf("add role %d to project %d: %w", r, project, err)
		}
	}
	return nil
}

// sorted is a sorted copy without doubles.
func sorted(ids []int64) []int64 {
	all := slices.Clone(ids)
	slices.Sort(all)
	return slices.Compact(all)
}

// names are people's names in one text.
func (v view) names(ids []int64) string {
	var all []string
	for _, n := range sorted(ids) {
		all = append(all, v.exactName(n))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// exactName is a person's name, with the user name when others are called the same.
func (v view) exactName(id int64) string {
	one := v.people.ByID(id)
	if id != 0 && one.ID == 0 {
		return "#" + strconv.FormatInt(id, 10)
	}
	for _, p := range v.people.List {
		if p.Name == one.Name && p.ID != one.ID {
			return one.Name + " (" + one.Username + ")"
		}
	}
	return one.Name
}

func (v view) roleNames(ids []int64) string {
	var all []string
	for _, n := range sorted(ids) {
		name := v.access.RoleName(n)
		if name == "" {
			name = "#" + strconv.FormatInt(n, 10)
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
