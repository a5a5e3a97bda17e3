package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/legacy"
)

// ImportLegacy brings over the core's part, in one transaction with all other parts.
func ImportLegacy(ctx context.Context, tx *data.Tx, l Legacy) error {
	l.ours = map[int64]User{}
	for _, part := range []struct {
		step string
		do   func(context.Context, *data.Tx) error
	}{
		{"roles", l.roles}, {"people", l.people}, {"roles of people", l.grants}, {"preferences", l.preferences},
		{"menu", l.categories}, {"pages and their roles", l.mappings},
	} {
		l.Step(part.step)
		if err := part.do(ctx, tx); err != nil {
			return fmt.Errorf("%s: %w", part.step, err)
		}
	}
	return nil
}

func (l Legacy) roles(ctx context.Context, tx *data.Tx) error {
	rows, err := l.Rows(ctx, "role")
	if err != nil {
		return err
	}
	ours, err := roleIDs(ctx, tx)
	if err != nil {
		return err
	}
	byKey := map[string]int64{}
	for name, id := range ours {
		byKey[data.Fold(name)] = id
	}
	line := l.Report.Table("role")
	for _, r := range rows {
		line.Read++
		key, name := legacy.Key(r.ID()), strings.ToLower(data.Cut(r.Line("name"), 64))
		switch id := byKey[data.Fold(name)]; {
		case l.IDs.Seen("role", key):
			line.Known++
		case name == "":
			l.Report.Skip("role", key, "The role has no name.")
			l.IDs.Keep("role", key, 0)
		case id != 0:
			l.Report.Merge("role", key, "There is a role %s already; what the old one was given goes to it.", name)
			l.IDs.Keep("role", key, id)
		default:
			id, err := makeRole(ctx, tx, name, data.Cut(r.Text("notes"), 500), legacy.Icon(r.Text("icon"), "user"))
			if err != nil {
				return fmt.Errorf("make role %s: %w", name, err)
			}
			line.Imported++
			byKey[data.Fold(name)] = id
			l.IDs.Keep("role", key, id)
		}
	}
	return nil
}

// arrivals are the people of one run.
type arrivals struct {
	taken  map[string]User // by folded user name: ours, and those that came before in this run
	theirs map[string]bool // folded user names that came from the old portal
	themes map[int64]string
	ids    *legacy.Numbers
	users  []User
	faces  []avatarRow
}

func (l Legacy) people(ctx context.Context, tx *data.Tx) error {
	rows, err := l.Rows(ctx, "user")
	if err != nil {
		return err
	}
	a := arrivals{taken: map[string]User{}, theirs: map[string]bool{}, themes: map[int64]string{}}
	var ours []User
	if err := tx.NewSelect().Model(&ours).Scan(ctx); err != nil {
		return fmt.Errorf("read accounts: %w", err)
	}
	for _, u := range ours {
		a.taken[u.UsernameKey], l.ours[u.ID] = u, u
	}
	if a.ids, err = legacy.NumbersFor(ctx, tx, "users", rows); err != nil {
		return err
	}
	settings, err := l.Rows(ctx, "user_preference")
	if err != nil {
		return err
	}
	for _, p := range preferences(settings) {
		if p.name == "theme" && slices.Contains([]string{"light", "dark", "system"}, p.value) {
			a.themes[p.user] = p.value
		}
	}
	line := l.Report.Table("user")
	for _, r := range rows {
		line.Read++
		if key := legacy.Key(r.ID()); l.IDs.Seen("user", key) {
			line.Known++
		} else {
			l.person(&a, tx, r, key)
		}
	}
	l.sameAddress(a.users)
	if err := legacy.Insert(ctx, tx, a.users); err != nil {
		return err
	}
	return legacy.Insert(ctx, tx, a.faces)
}

// person decides what becomes of one account: a new one, or one with another that is the same person's.
func (l Legacy) person(a *arrivals, tx *data.Tx, r legacy.Record, key string) {
	u, mended := userFrom(r, tx.Now)
	have, taken := a.taken[u.UsernameKey]
	same := u.EmailKey != "" && have.EmailKey == u.EmailKey || u.EmployeeNumber != "" && have.EmployeeNumber == u.EmployeeNumber
	switch {
	case taken && !a.theirs[u.UsernameKey]:
		l.Report.Merge("user", key, "There is an account %s already. It gets the old one's roles and all that hangs on it; its password and its name stay.", have.Username)
		l.IDs.Keep("user", key, have.ID)
		return
	case taken && same:
		l.Report.Merge("user", key, "The user names %s and %s differ in their letters' case only and are one person's; both are one account now.", have.Username, u.Username)
		l.IDs.Keep("user", key, have.ID)
		return
	case taken:
		was := u.Username
		for n := 2; taken; n++ {
			u.Username = fmt.Sprintf("%s-%d", was, n)
			u.Fill()
			_, taken = a.taken[u.UsernameKey]
		}
		mended = append(mended, fmt.Sprintf("its user name %s differs from %s in the letters' case only; it is called %s now", was, have.Username, u.Username))
	}
	u.ID = a.ids.Give(r.ID())
	if theme := a.themes[r.ID()]; theme != "" {
		u.Theme = theme
	}
	if face, problem := faceOf(r, u.ID); problem != "" {
		mended = append(mended, problem)
	} else if face != nil {
		a.faces = append(a.faces, *face)
		u.AvatarVersion = 1
	}
	l.warnOfSeed(u)
	a.taken[u.UsernameKey], a.theirs[u.UsernameKey] = u, true
	a.users = append(a.users, u)
	l.IDs.Keep("user", key, u.ID)
	l.Report.Table("user").Imported++
	l.Report.Mend("user", key, mended...)
}

// faceOf is the person's picture, nil when they have none.
func faceOf(r legacy.Record, id int64) (face *avatarRow, problem string) {
	if !r.Has("avatar_data") {
		return nil, ""
	}
	typ, body, err := picture(r.Bytes("avatar_data"))
	if err != nil {
		return nil, "its picture is left out: it " + err.Error()
	}
	return &avatarRow{UserID: id, Type: typ, Body: body}, ""
}

// sameAddress warns of accounts that share an e-mail address: neither can sign in by it.
func (l Legacy) sameAddress(users []User) {
	by := map[string][]string{}
	var order []string
	for _, u := range users {
		if u.EmailKey == "" {
			continue
		}
		if by[u.EmailKey] == nil {
			order = append(order, u.EmailKey)
		}
		by[u.EmailKey] = append(by[u.EmailKey], u.Username)
	}
	for _, e := range order {
		if len(by[e]) > 1 {
			l.Report.Note("user", strings.Join(by[e], ", "), legacy.Warning, "These accounts share the e-mail address %s; it is kept, but they sign in by their user names.", e)
		}
	}
}

func (l Legacy) grants(ctx context.Context, tx *data.Tx) error {
	rows, err := l.Rows(ctx, "user_roles")
	if err != nil {
		return err
	}
	var ours []grantRow
	if err := tx.NewSelect().Model(&ours).Scan(ctx); err != nil {
		return fmt.Errorf("read who holds which role: %w", err)
	}
	have := map[[2]int64]bool{}
	for _, g := range ours {
		have[[2]int64{g.UserID, g.RoleID}] = true
	}
	ids, err := roleIDs(ctx, tx)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for name, id := range ids {
		names[id] = name
	}
	var fresh []grantRow
	line := l.Report.Table("user_roles")
	for _, r := range rows {
		line.Read++
		key := legacy.Key(r.Int("user_id"), r.Int("role_id"))
		user, role := l.IDs.Of("user", r.Int("user_id")), l.IDs.Of("role", r.Int("role_id"))
		switch {
		case l.IDs.Seen("user_roles", key):
			line.Known++
			continue
		case user == 0:
			l.Report.Skip("user_roles", key, "There is no such person.")
		case role == 0:
			l.Report.Skip("user_roles", key, "There is no such role.")
		case have[[2]int64{user, role}]:
			l.Report.Merge("user_roles", key, "The person has the role already.")
		default:
			line.Imported++
			have[[2]int64{user, role}] = true
			fresh = append(fresh, grantRow{UserID: user, RoleID: role, Reason: "from the old portal", GrantedAt: tx.Now})
			if u, known := l.ours[user]; known {
				tx.Changed(l.Users.change(u, "granted the role "+names[role]+" by the import", data.Field{Name: "role", New: names[role]}))
			}
		}
		l.IDs.Keep("user_roles", key, user)
	}
	return legacy.Insert(ctx, tx, fresh)
}

func (l Legacy) preferences(ctx context.Context, tx *data.Tx) error {
	rows, err := l.Rows(ctx, "user_preference")
	if err != nil {
		return err
	}
	all := preferences(rows)
	have, err := l.kept(ctx, tx)
	if err != nil {
		return err
	}
	var fresh []preferenceRow
	line := l.Report.Table("user_preference")
	for _, p := range all {
		line.Read++
		if l.IDs.Seen("user_preference", p.key) {
			line.Known++
			continue
		}
		row := preferenceRow{UserID: l.IDs.Of("user", p.user), Name: data.Cut(p.name, 64), Value: data.Cut(p.value, 500)}
		switch {
		case row.UserID == 0:
			l.Report.Skip("user_preference", p.key, "There is no such person.")
		case p.name == "avatar":
			l.Report.Skip("user_preference", p.key, "The picture %s is a file of the old server, not in its database; let the person upload it.", p.value)
		case p.name == "theme" && !slices.Contains([]string{"light", "dark", "system"}, p.value):
			l.Report.Skip("user_preference", p.key, "There is no look called %q.", p.value)
		case p.name == "theme":
			line.Imported++ // with the account
		case have[[2]string{fmt.Sprint(row.UserID), row.Name}]:
			l.Report.Merge("user_preference", p.key, "The person has chosen %s here already.", p.name)
		default:
			line.Imported++
			have[[2]string{fmt.Sprint(row.UserID), row.Name}] = true
			fresh = append(fresh, row)
		}
		l.IDs.Keep("user_preference", p.key, row.UserID)
	}
	return legacy.Insert(ctx, tx, fresh)
}

// kept are the settings that people have here already.
func (l Legacy) kept(ctx context.Context, db bun.IDB) (map[[2]string]bool, error) {
	var rows []preferenceRow
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read preferences: %w", err)
	}
	have := map[[2]string]bool{}
	for _, r := range rows {
		have[[2]string{fmt.Sprint(r.UserID), r.Name}] = true
	}
	return have, nil
}
