package auth

import (
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// User is a row of users: one person's account.
type User struct {
	bun.BaseModel `bun:"table:users"`

	ID                int64 `bun:",pk,autoincrement"`
	Username          string
	UsernameKey       string // folded
	Name              string
	SearchText        string
	Email             string
	EmailKey          string // lower case
	Phone             string
	EmployeeNumber    string
	DirectoryID       string
	Source            string // local or ldap
	PasswordHash      string // empty: no local password
	PasswordChangedAt *time.Time
	LockedAt          *time.Time // nil: may sign in
	LockedReason      string     // empty when the account is open, or nobody gave one
	Zone              string     // IANA name; empty for the portal's
	Theme             string     // system, light or dark
	AvatarVersion     int64      // 0: no picture
	LastSignInAt      *time.Time
	Version           int64
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// Fill sets the columns that follow from others.
func (u *User) Fill() {
	u.UsernameKey = data.Key(u.Username)
	u.EmailKey = data.Key(u.Email)
	u.SearchText = data.Cut(data.Fold(u.Name+" "+u.Username+" "+u.Email), 500)
	if u.Source == "" {
		u.Source = local
	}
	if u.Theme == "" {
		u.Theme = "system"
	}
}

// Where accounts come from.
const (
	local = "local"
	ldap  = "ldap"
)

// Local reports whether the account's password is kept here, and not in the directory.
func (u User) Local() bool { return u.Source != ldap }

// errDirectory is the fault of who wants to set a password here that is kept elsewhere.
func errDirectory() error {
	return fault.New(fault.Conflict, "The password of this account is the one of the directory; change it there.")
}

// roleRow is a row of roles.
type roleRow struct {
	bun.BaseModel `bun:"table:roles"`
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	Notes         string
	Icon          string
	SecondFactor  bool // who holds it must sign in with a second factor
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}
