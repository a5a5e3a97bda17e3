package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// PlanImport says what an import of the file would do; it writes nothing.
// Errors: fault.Invalid at "file" when it can't be read at all. What is wrong with single lines is in the plan.
func (u *Users) PlanImport(ctx context.Context, raw []byte) (ImportPlan, error) {
	rows, err := readImport(raw)
	if err != nil {
		return ImportPlan{}, err
	}
	return u.planImport(ctx, u.db.Read, rows)
}

// Import does what a plan said, all of it or nothing. Sum is the plan's.
// Errors: fault.Invalid when a line is wrong; fault.Conflict when the file or the accounts have changed since the
// plan, and when no lasting administrator would be left.
func (u *Users) Import(ctx context.Context, raw []byte, sum string) (ImportPlan, error) {
	rows, err := readImport(raw)
	if err != nil {
		return ImportPlan{}, err
	}
	var plan ImportPlan
	err = u.db.Write(ctx, func(tx *data.Tx) error {
		watch, err := watchAdmins(ctx, tx)
		if err != nil {
			return err
		}
		if plan, err = u.planImport(ctx, tx, rows); err != nil {
			return err
		}
		switch {
		case plan.Sum != sum:
			return errChangedSince()
		case plan.Count(ImportWrong) > 0:
			return fault.Field("file", "Some lines are wrong. Mend them in the file and check it again.")
		}
		tx.Unchanged() // a file may say nothing new
		for _, l := range plan.Lines {
			if err := u.importLine(ctx, tx, l); err != nil {
				return fmt.Errorf("line %d: %w", l.Line, err)
			}
		}
		return watch.check(ctx, tx)
	})
	return plan, err
}

func errChangedSince() error {
	return fault.New(fault.Conflict, "The file or the accounts have changed since the check. Look at what would happen now.")
}

// importLine does what the plan says of one line.
func (u *Users) importLine(ctx context.Context, tx *data.Tx, l ImportLine) error {
	var row User
	var err error
	switch l.Does {
	case ImportKeeps:
		return nil
	case ImportMakes:
		d := l.details
		row, err = u.insert(ctx, tx, NewUser{
			Username: d.Username, Name: d.Name, Email: d.Email, Phone: d.Phone, EmployeeNumber: d.EmployeeNumber, Zone: d.Zone, Roles: l.roles,
		})
	default:
		if row, err = u.hold(ctx, tx, l.id); err != nil {
			return err
		}
		if row.Version != l.version {
			return errChangedSince()
		}
		if len(differences(DetailsOf(row), l.details)) > 0 {
			err = u.saveDetails(ctx, tx, &row, l.details)
		}
		if err == nil && l.roles != nil {
			err = u.setRoles(ctx, tx, row, l.roles)
		}
	}
	if err != nil || l.locked == nil || *l.locked == (row.LockedAt != nil) {
		return err
	}
	if *l.locked {
		return u.shut(ctx, tx, &row, "")
	}
	return u.unlock(ctx, tx, &row)
}

// setRoles makes an account hold these roles and no others; those it keeps keep their terms.
func (u *Users) setRoles(ctx context.Context, tx *data.Tx, row User, roles []string) error {
	held, err := grantsOf(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	for _, g := range held[row.ID] {
		if !g.Ended(tx.Now) && !slices.Contains(roles, g.Role) {
			if err := u.take(ctx, tx, row, g.Role); err != nil {
				return err
			}
		}
	}
	for _, r := range roles {
		if err := u.grant(ctx, tx, row, r); err != nil {
			return err
		}
	}
	return nil
}

// planImport reads all accounts once, and says of each line what it does.
func (u *Users) planImport(ctx context.Context, db bun.IDB, rows []importRow) (ImportPlan, error) {
	var accounts []User
	if err := db.NewSelect().Model(&accounts).ExcludeColumn("password_hash").Scan(ctx); err != nil {
		return ImportPlan{}, fmt.Errorf("load accounts: %w", err)
	}
	grants, err := grantsOf(ctx, db)
	if err != nil {
		return ImportPlan{}, err
	}
	ids, err := roleIDs(ctx, db)
	if err != nil {
		return ImportPlan{}, err
	}
	known := map[string]User{}
	for _, a := range accounts {
		known[a.UsernameKey] = a
	}
	now := u.db.Now()
	seen := map[string]int{}
	var plan ImportPlan
	for _, r := range rows {
		key := data.Fold(r.text["username"])
		was := known[key]
		var held []string
		for _, g := range grants[was.ID] {
			if !g.Ended(now) {
				held = append(held, g.Role)
			}
		}
		l := planLine(r, was, held, sortedKeys(ids))
		if before, doubled := seen[key]; doubled {
			l.mistake("username", "Line %d has this user name already.", before)
		} else {
			seen[key] = r.line
		}
		if was.ID != 0 && was.ID == From(ctx).ID && l.locked != nil && *l.locked {
			l.mistake("locked", "You can't lock your own account.")
		}
		plan.Lines = append(plan.Lines, l)
	}
	return plan.sealed(rows)
}

func (l *ImportLine) mistake(column, sentence string, args ...any) {
	if l.Wrong == nil {
		l.Wrong = map[string]string{}
	}
	l.Wrong[column], l.Does = fmt.Sprintf(sentence, args...), ImportWrong
}

// planLine says what a line does with the account of its user name; was is the zero User when there is none.
func planLine(r importRow, was User, held, roles []string) ImportLine {
	l := ImportLine{Line: r.line, Username: r.text["username"], Does: ImportKeeps, id: was.ID, version: was.Version}
	now := Details{r.text["username"], r.text["name"], r.text["email"], r.text["phone"], r.text["employee_number"], r.text["zone"]}
	l.details = now
	if was.ID != 0 {
		var names []string
		for name := range r.has {
			if name != "username" || data.Fold(now.Username) != was.UsernameKey {
				names = append(names, name)
			}
		}
		l.details = now.only(DetailsOf(was), names)
	}
	for column, said := range l.details.wrong() {
		l.mistake(column, "%s", said)
	}
	l.Fields = differences(DetailsOf(was), l.details)
	l.planRoles(r, held, roles)
	l.planLock(r, was)
	switch {
	case l.Does == ImportWrong:
		l.Fields = nil
	case was.ID == 0:
		l.Does = ImportMakes
	case len(l.Fields) > 0:
		l.Does = ImportChanges
	}
	return l
}

// planRoles reads the roles of a line: names with commas, semicolons or bars between.
func (l *ImportLine) planRoles(r importRow, held, roles []string) {
	if !r.has["roles"] {
		return
	}
	l.roles = []string{}
	for _, name := range strings.FieldsFunc(r.text["roles"], func(c rune) bool { return strings.ContainsRune(",;|\n", c) }) {
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case name == "" || slices.Contains(l.roles, name):
		case !slices.Contains(roles, name):
			l.mistake("roles", "There is no role %s; there are %s.", name, strings.Join(roles, ", "))
		default:
			l.roles = append(l.roles, name)
		}
	}
	slices.Sort(l.roles)
	if before, after := strings.Join(held, ", "), strings.Join(l.roles, ", "); before != after {
		l.Fields = append(l.Fields, data.Field{Name: "roles", Old: before, New: after})
	}
}

func (l *ImportLine) planLock(r importRow, was User) {
	var locked bool
	switch strings.ToLower(r.text["locked"]) {
	case "":
		return
	case "yes", "true", "1", "x", "locked":
		locked = true
	case "no", "false", "0", "open":
	default:
		l.mistake("locked", "Write yes or no, or leave it empty.")
		return
	}
	l.locked = &locked
	if state := map[bool]string{true: "locked", false: "open"}; locked != (was.LockedAt != nil) {
		l.Fields = append(l.Fields, data.Field{Name: "state", Old: state[!locked], New: state[locked]})
	}
}
