package home

import (
	"context"
	"errors"
	"strings"

	"portal/app/auth"
	"portal/app/directory"
	"portal/app/fault"
)

// elsewhere reports whether the directory is asked about who wants to sign in: everybody but local accounts,
// whose passwords it is never shown.
func (k Kit) elsewhere(user auth.User) bool {
	return k.Directory != nil && (user.ID == 0 || !user.Local())
}

// byDirectory signs somebody in by the directory. An account that is not here yet is made; one that is gets what the
// directory says of the person now, unless it is locked.
// Errors: fault.Away when the directory does not answer; fault.Conflict when the name is another account's.
func (k Kit) byDirectory(ctx context.Context, user auth.User, name, password string) (auth.User, bool, error) {
	name = strings.TrimSpace(name)
	if user.ID != 0 {
		name = user.DirectoryID // an e-mail address may have been typed
	}
	who, err := k.Directory.SignIn(ctx, name, password)
	if errors.Is(err, directory.ErrRefused) {
		return user, false, nil
	}
	if err != nil {
		k.Log.Warn("the directory failed", "error", err, "request", auth.From(ctx).Request)
		return user, false, err
	}
	if user.LockedAt != nil {
		return user, false, nil
	}
	user, err = k.Users.FromDirectory(ctx, auth.Listed{
		Username: who.Username, Name: who.Name, Email: who.Email, Phone: who.Phone, Roles: who.Roles, Given: k.Directory.Roles(),
	})
	return user, err == nil, err
}

// right reports whether the password is that of the account, wherever it is kept.
func (k Kit) right(ctx context.Context, user auth.User, password string) (bool, error) {
	if user.Local() {
		ok, _, err := k.Passwords.Verify(ctx, user.PasswordHash, password)
		return ok, err
	}
	if k.Directory == nil {
		return false, fault.New(fault.Away, "This account belongs to a directory, and none is set up; PORTAL_LDAP_URL names it.")
	}
	_, err := k.Directory.SignIn(ctx, user.DirectoryID, password)
	if errors.Is(err, directory.ErrRefused) {
		return false, nil
	}
	return err == nil, err
}
