package auth

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/legacy"
)

// Legacy brings over people, roles, the menu and who may open what from the portal that this one replaces.
type Legacy struct {
	*legacy.Source
	Report *legacy.Report
	IDs    *legacy.IDs
	Step   func(step string)
	Routes []string // names of the routes there are now
	Pages  []string // those of them that are pages with an address of their own
	Users  *Users

	ours map[int64]User // accounts from before this run: what they are given is in the audit log
}

// preferenceRow is a row of user_preferences.
type preferenceRow struct {
	bun.BaseModel `bun:"table:user_preferences"`
	UserID        int64
	Name          string
	Value         string
}

// allowRow is a row of route_mapping_roles.
type allowRow struct {
	bun.BaseModel `bun:"table:route_mapping_roles"`
	MappingID     int64
	RoleID        int64
}

// foreignHash reports whether an old hash is one that a sign-in can verify.
func foreignHash(kept string) bool {
	parts := strings.Split(kept, "$")
	if len(parts) != 3 || len(kept) > 300 {
		return false
	}
	sum, err := hex.DecodeString(parts[2])
	method := strings.Split(parts[0], ":")
	switch {
	case err != nil || len(sum) == 0:
		return false
	case method[0] == "scrypt":
		return len(method) <= 4
	}
	return method[0] == "pbkdf2" && len(method) > 1 && slices.Contains([]string{"sha1", "sha256", "sha512"}, method[1])
}

// userFrom is the account that an old row becomes, and what had to be mended.
func userFrom(r legacy.Record, now time.Time) (User, []string) {
	var mended []string
	mend := func(bad bool, reason string) {
		if bad {
			mended = append(mended, reason)
		}
	}
	u := User{
		Username: r.Line("username"), Name: r.Line("name"), Email: r.Line("email"), EmployeeNumber: data.Cut(r.Line("employee_number"), 60),
		DirectoryID: data.Cut(r.Line("vzid"), 60), Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if u.Username == "" {
		u.Username = "legacy-" + legacy.Key(r.ID())
		mend(true, "it had no user name and is called "+u.Username+" now")
	}
	u.Username = data.Cut(u.Username, 150)
	if u.Name == "" {
		u.Name = u.Username
		mend(true, "it had no name; the user name stands in its place")
	}
	mend(len([]rune(u.Name)) > 200, "its name is cut to 200 characters")
	mend(len([]rune(u.Email)) > 200, "its e-mail address is longer than 200 characters and left out")
	if u.Name = data.Cut(u.Name, 200); len([]rune(u.Email)) > 200 {
		u.Email = ""
	}
	if at := r.Time("created_at"); at != nil {
		u.CreatedAt, u.UpdatedAt = *at, *at
	} else {
		mend(true, "nobody knows when it was made; it carries the time of the import")
	}
	if at := r.Time("updated_at"); at != nil {
		u.UpdatedAt = *at
	}
	if !r.YesUnless("is_active") {
		u.LockedAt = &u.UpdatedAt
	}
	switch hash := r.Text("password_hash"); {
	case hash == "":
		mend(true, "it has no password; give it one by a link, or let it sign in by the directory")
	case !foreignHash(hash):
		mend(true, "its password was kept in a way that is no longer accepted; give it a new one by a link")
	default:
		u.PasswordHash, u.PasswordChangedAt = hash, &u.UpdatedAt
	}
	u.Fill()
	return u, mended
}

// preference is one setting of a person in the old portal.
type preference struct {
	user        int64 // the old id
	key         string
	name, value string
}

// preferences reads both forms: a row for each setting, and in older databases a JSON object for each person.
func preferences(rows []legacy.Record) []preference {
	var all []preference
	for _, r := range rows {
		user := r.Int("user_id")
		if name := r.Line("key"); name != "" {
			all = append(all, preference{user, legacy.Key(user) + ":" + data.Cut(name, 64), name, r.Text("value")})
			continue
		}
		object := map[string]any{}
		if json.Unmarshal([]byte(r.Text("preferences")), &object) != nil {
			continue
		}
		for _, name := range sortedNames(object) {
			value, ok := object[name].(string)
			if !ok {
				text, err := json.Marshal(object[name])
				if err != nil {
					continue
				}
				value = string(text)
			}
			all = append(all, preference{user, legacy.Key(user) + ":" + data.Cut(name, 64), name, value})
		}
	}
	return all
}

func sortedNames(m map[string]any) []string {
	var all []string
	for n := range m {
		all = append(all, n)
	}
	slices.Sort(all)
	return all
}

// wellKnown are passwords that the old portal's setup gave to its administrator.
var wellKnown = []string{"admin", "admin123", "password", "password123", "changeme", "test123"}

// warnOfSeed tells the operator when an administrator still has a password that everybody knows.
func (l Legacy) warnOfSeed(u User) {
	if data.Fold(u.Username) != "admin" || u.PasswordHash == "" {
		return
	}
	for _, p := range wellKnown {
		if ok, err := verifyWerkzeug(u.PasswordHash, p); err == nil && ok {
			l.Report.Note("user", u.Username, legacy.Warning, "The account %s still has the password that the old portal was set up with. Change it at once.", u.Username)
			return
		}
	}
}
