package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/mail"
)

// Listed is somebody of whom the directory has just found name and password to be right.
type Listed struct {
	Username, Name, Email, Phone string
	Roles                        []string // that their groups give
	Given                        []string // that groups give at all: of these alone one that is not in Roles is taken
}

// fromLDAP is the origin of grants that the directory gave, and takes again.
const fromLDAP = "ldap"

// FromDirectory makes the account of who signs in for the first time, or brings it up to what the directory says.
// A locked account stays as it is.
// Errors: fault.Conflict, and nothing is changed, when the name is a local account's or reads like another person's.
func (u *Users) FromDirectory(ctx context.Context, who Listed) (User, error) {
	if !username.MatchString(who.Username) || len(who.Username) > 60 {
		return User{}, fault.New(fault.Conflict, "The user name that the directory has for you can't be used here. Please tell an administrator.")
	}
	if who.Email != "" && !mail.Good(who.Email) {
		who.Email = "" // the rest is no worse for it
	}
	row, err := u.fromDirectory(ctx, who)
	if errors.Is(err, errFaster) { // and so there is an account now
		row, err = u.fromDirectory(ctx, who)
	}
	return row, err
}

// errFaster means that the account has been made since it was looked up.
var errFaster = errors.New("auth: the account is there already")

// fromDirectory looks the account up before it begins to write: a row that is not there can't be locked on MySQL, only
// the gap where it would be, and two that both hold the gap wait for each other.
func (u *Users) fromDirectory(ctx context.Context, who Listed) (User, error) {
	have, err := u.ByName(ctx, who.Username)
	first := fault.Is(err, fault.NotFound)
	if err != nil && !first {
		return have, err
	}
	makes, err := u.givesAdmin(ctx, who)
	if err != nil {
		return have, err
	}
	var row User
	err = u.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		var err error
		if makes {
			if _, err := watchAdmins(ctx, tx); err != nil {
				return err
			}
		}
		if first {
			row, err = u.firstFromDirectory(ctx, tx, who)
		} else {
			row, err = u.againFromDirectory(ctx, tx, have.ID, who)
		}
		if err != nil || row.LockedAt != nil {
			return err
		}
		return u.grantListed(ctx, tx, row, who)
	})
	return row, err
}

// givesAdmin reports whether a group of the directory gives the role admin, or one that includes it.
func (u *Users) givesAdmin(ctx context.Context, who Listed) (bool, error) {
	if len(who.Given) == 0 {
		return false, nil
	}
	ids, err := roleIDs(ctx, u.db.Read)
	if err != nil {
		return false, err
	}
	makes, err := adminRoles(ctx, u.db.Read)
	return slices.ContainsFunc(who.Given, func(name string) bool { return slices.Contains(makes, ids[name]) }), err
}

// errTaken is the fault of who signs in by the directory with a name that is another account's here.
func errTaken(name string) error {
	return fault.New(fault.Conflict, "The name %s is another account's on this portal, which the directory can't sign you in to. Please tell an administrator.", name)
}

func (u *Users) firstFromDirectory(ctx context.Context, tx *data.Tx, who Listed) (User, error) {
	row := User{
		Username: who.Username, Name: who.Name, Email: who.Email, Phone: who.Phone, DirectoryID: who.Username, Source: ldap,
		Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	row.Fill()
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); data.Duplicate(err) {
		return row, errFaster
	} else if err != nil {
		return row, fmt.Errorf("make account: %w", err)
	}
	tx.Changed(u.change(row, "made the account from the directory"))
	return row, nil
}

func (u *Users) againFromDirectory(ctx context.Context, tx *data.Tx, id int64, who Listed) (User, error) {
	row, err := u.hold(ctx, tx, id)
	if err != nil {
		return row, err
	}
	if row.Local() || !strings.EqualFold(row.DirectoryID, who.Username) {
		return row, errTaken(who.Username)
	}
	if row.LockedAt != nil {
		return row, nil
	}
	var fields []data.Field
	for _, f := range []struct {
		name string
		is   *string
		now  string
	}{{"name", &row.Name, who.Name}, {"email", &row.Email, who.Email}, {"phone", &row.Phone, who.Phone}} {
		if *f.is != f.now {
			fields = append(fields, data.Field{Name: f.name, Old: *f.is, New: f.now})
			*f.is = f.now
		}
	}
	if len(fields) == 0 {
		return row, nil
	}
	row.Fill()
	row.UpdatedAt = tx.Now
	row.Version++
	if _, err := tx.NewUpdate().Model(&row).Column("name", "email", "phone", "email_key", "search_text", "updated_at", "version").WherePK().Exec(ctx); err != nil {
		return row, fmt.Errorf("bring account %d up to the directory: %w", id, err)
	}
	tx.Changed(u.change(row, "was brought up to the directory", fields...))
	return row, nil
}

// grantListed gives the roles that the person's groups give, and takes those that a group gave once and gives no more.
// What somebody else granted stays; so does the last administrator.
func (u *Users) grantListed(ctx context.Context, tx *data.Tx, row User, who Listed) error {
	ids, err := roleIDs(ctx, tx)
	if err != nil {
		return err
	}
	var have []grantRow
	if err := tx.NewSelect().Model(&have).Where("user_id = ?", row.ID).Scan(ctx); err != nil {
		return fmt.Errorf("look up roles of %d: %w", row.ID, err)
	}
	for _, name := range who.Given {
		id := ids[name]
		at := slices.IndexFunc(have, func(g grantRow) bool { return g.RoleID == id })
		switch given := slices.Contains(who.Roles, name); {
		case id == 0: // the settings name a role that is not there
		case given && at < 0:
			pair := grantRow{UserID: row.ID, RoleID: id, GrantedAt: tx.Now, Origin: fromLDAP, Reason: "group of the directory"}
			if _, err := tx.NewInsert().Model(&pair).Exec(ctx); err != nil {
				return fmt.Errorf("grant %s: %w", name, err)
			}
			have = append(have, pair)
			tx.Changed(u.change(row, "granted the role "+name+" by the directory", data.Field{Name: "role", New: name}))
		case !given && at >= 0 && have[at].Origin == fromLDAP:
			if err := u.takeListed(ctx, tx, row, name, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeListed takes a role that the directory gave, unless nobody would be left to administrate the portal.
func (u *Users) takeListed(ctx context.Context, tx *data.Tx, row User, name string, id int64) error {
	makes, err := adminRoles(ctx, tx)
	if err != nil {
		return err
	}
	if slices.Contains(makes, id) {
		left, err := administrators(ctx, tx)
		if err != nil {
			return err
		}
		if delete(left.any, row.ID); len(left.any) == 0 {
			return nil
		}
	}
	if _, err := tx.NewDelete().Table("user_roles").Where("user_id = ?", row.ID).Where("role_id = ?", id).Where("origin = ?", fromLDAP).Exec(ctx); err != nil {
		return fmt.Errorf("take %s: %w", name, err)
	}
	tx.Changed(u.change(row, "took the role "+name+" by the directory", data.Field{Name: "role", Old: name}))
	return nil
}
