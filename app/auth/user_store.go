package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/cache"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/mail"
)

// Users are the accounts: read, made and changed.
type Users struct {
	db      *data.DB
	gate    *Gate
	members cache.Region[member]
	people  *cache.Value[*People]
	outbox  *mail.Outbox  // nil: nobody is told anything
	zone    func() string // of people without one; nil for UTC
}

// Person is what lists and menus show of somebody.
type Person struct {
	ID       int64
	Username string
	Name     string
	Avatar   int64 // version of the picture, 0 for none
	Locked   bool  // may not sign in
}

// People are all persons, by name and by id.
type People struct {
	List []Person // by name
	byID map[int64]Person
}

// ByID is the person with that id; the zero Person when there is none.
func (p *People) ByID(id int64) Person { return p.byID[id] }

// AvatarURL is the address of a person's picture, empty for none.
func AvatarURL(id, version int64) string {
	if version == 0 {
		return ""
	}
	return fmt.Sprintf("/people/%d/avatar?v=%d", id, version)
}

// NewUsers makes the store.
func NewUsers(db *data.DB, c *cache.Cache, gate *Gate) *Users {
	return &Users{db: db, gate: gate, members: cache.Rows[member](c, "auth.member"), people: cache.NewValue[*People](c, "auth.people")}
}

// TellBy sets the outbox by which people are told of what happens to their accounts.
func (u *Users) TellBy(o *mail.Outbox) { u.outbox = o }

// SetZone says where the IANA name of the zone comes from that people without one of their own have.
func (u *Users) SetZone(zone func() string) { u.zone = zone }

// Caches are the regions kept here.
func (u *Users) Caches() []string { return []string{"auth.member", "auth.people"} }

// Viewer is the person with that id, as who is asking.
// Errors: fault.SignIn when there is no such person, or they may not sign in any more.
func (u *Users) Viewer(ctx context.Context, id int64) (*Viewer, error) {
	m, err := u.members.Get(ctx, id, func(ctx context.Context) (member, error) { return u.load(ctx, id) })
	if err != nil {
		return nil, err
	}
	if m.ID == 0 || m.Locked {
		return nil, NeedSignIn()
	}
	if m.Zone == "" && u.zone != nil {
		m.Zone = u.zone()
	}
	return m.viewer(u.gate.Access(), u.db.Now()), nil
}

func (u *Users) load(ctx context.Context, id int64) (member, error) {
	var rows []struct {
		User    `bun:",extend"`
		RoleID  *int64
		UntilAt *time.Time
		Factor  bool
	}
	err := u.db.Read.NewSelect().TableExpr("users AS u").ColumnExpr("u.id, u.username, u.name, u.email, u.zone, u.theme, u.avatar_version, u.locked_at").
		ColumnExpr("r.role_id, r.until_at, f.user_id IS NOT NULL AS factor").Join("LEFT JOIN user_roles AS r ON r.user_id = u.id").
		Join("LEFT JOIN second_factors AS f ON f.user_id = u.id").Where("u.id = ?", id).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return member{}, err
	}
	row := rows[0]
	m := member{
		ID: row.ID, Username: row.Username, Name: row.Name, Email: row.Email, Zone: row.Zone, Theme: row.Theme,
		Avatar: row.AvatarVersion, Locked: row.LockedAt != nil, Factor: row.Factor,
	}
	for _, g := range rows {
		if g.RoleID == nil {
			continue
		}
		one := grant{Role: *g.RoleID}
		if g.UntilAt != nil {
			one.Until = *g.UntilAt
		}
		m.Grants = append(m.Grants, one)
	}
	return m, nil
}

// stale are the cache keys that a change of the account ends.
func (u *Users) stale(id int64) []string { return []string{u.members.Key(id), u.people.Key()} }

// People are all persons. It runs no query while the list is held.
func (u *Users) People(ctx context.Context) (*People, error) {
	return u.people.Get(ctx, func(ctx context.Context) (*People, error) {
		p := &People{byID: map[int64]Person{}}
		err := u.db.Read.NewSelect().Table("users").Column("id", "username", "name").ColumnExpr("avatar_version AS avatar").
			ColumnExpr("locked_at IS NOT NULL AS locked").OrderExpr("search_text, id").Scan(ctx, &p.List)
		for _, one := range p.List {
			p.byID[one.ID] = one
		}
		return p, err
	})
}

// PeopleSerial is another number whenever People are others, see cache.Value.Serial.
func (u *Users) PeopleSerial() uint64 { return u.people.Serial() }

// ByID is the account with that id.
// Errors: fault.NotFound when there is none.
func (u *Users) ByID(ctx context.Context, id int64) (User, error) {
	return u.one(ctx, u.db.Read, fmt.Sprint(id), "id = ?", id)
}

// ByName is the account with that user name, however it is written.
// Errors: fault.NotFound when there is none.
func (u *Users) ByName(ctx context.Context, name string) (User, error) {
	return u.one(ctx, u.db.Read, name, "username_key = ?", data.Fold(name))
}

// ByLogin is the account that somebody means who types a user name or an e-mail address.
// An address that several accounts share means none of them.
// Errors: fault.NotFound when there is none.
func (u *Users) ByLogin(ctx context.Context, typed string) (User, error) {
	row, err := u.ByName(ctx, typed)
	if err == nil || !fault.Is(err, fault.NotFound) || !strings.Contains(typed, "@") {
		return row, err
	}
	var rows []User
	if err := u.db.Read.NewSelect().Model(&rows).Where("email_key = ?", data.Key(typed)).Limit(2).Scan(ctx); err != nil {
		return User{}, fmt.Errorf("look up e-mail: %w", err)
	}
	if len(rows) != 1 {
		return User{}, fault.New(fault.NotFound, "There is no account with that name.")
	}
	return rows[0], nil
}

func (u *Users) one(ctx context.Context, db bun.IDB, said, where string, arg any) (User, error) {
	var row User
	err := db.NewSelect().Model(&row).Where(where, arg).Scan(ctx)
	return row, found(err, said)
}

// found is what became of looking an account up.
func found(err error, said string) error {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.NotFound, "There is no account %s.", said)
	case err != nil:
		return fmt.Errorf("look up account %s: %w", said, err)
	}
	return nil
}

// None reports whether there is no administrator yet, so that the first one can be made by a link.
func (u *Users) None(ctx context.Context) (bool, error) {
	return u.none(ctx, u.db.Read)
}

func (u *Users) none(ctx context.Context, db bun.IDB) (bool, error) {
	all, err := administrators(ctx, db)
	return len(all.any) == 0, err
}

// Account is a user with their roles, for lists.
type Account struct {
	User
	Roles  []string // held now, by name
	Grants []Grant  // the same with their ends and reasons
}

// All are all accounts with their roles, by user name.
func (u *Users) All(ctx context.Context) ([]Account, error) {
	var rows []User
	if err := u.db.Read.NewSelect().Model(&rows).ExcludeColumn("password_hash").OrderExpr("username_key").Scan(ctx); err != nil {
		return nil, err
	}
	grants, err := u.Grants(ctx)
	if err != nil {
		return nil, err
	}
	now := u.db.Now()
	all := make([]Account, 0, len(rows))
	for _, r := range rows {
		a := Account{User: r}
		for _, g := range grants[r.ID] {
			if g.Ended(now) {
				continue
			}
			a.Roles, a.Grants = append(a.Roles, g.Role), append(a.Grants, g)
		}
		all = append(all, a)
	}
	return all, nil
}

// Gate holds the access in force.
func (u *Users) Gate() *Gate { return u.gate }
