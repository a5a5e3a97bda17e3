package command

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/auth"
	"portal/app/clock"
)

func (t *tool) userCommand() *cobra.Command {
	return group("user", "Accounts: make them, change them, lock them, hand over what they hold",
		t.userAdd(), t.userList(), t.userSet(), t.userPassword(), t.userLink(), t.userLock(), t.userUnlock(),
		t.userResetFactor(), t.grantCommand(), t.revokeCommand(), t.userSessions(), t.userEndSessions(), t.userImport(), t.userHandOver())
}

// addFlags are what `portal user add` is told beside the user name.
type addFlags struct {
	name, email string
	roles       []string
	password    passwordFlags
}

func (t *tool) userAdd() *cobra.Command {
	var f addFlags
	c := &cobra.Command{
		Use: "add <user name>", Short: "Make an account; without a password it prints a link to set one", Args: words("a user name"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.addUser(ctx, p, args[0], f) })
		},
	}
	c.Flags().StringVar(&f.name, "name", "", "the person's name (the user name when left out)")
	c.Flags().StringVar(&f.email, "email", "", "e-mail address")
	c.Flags().StringSliceVar(&f.roles, "roles", []string{"user"}, "roles, with commas between")
	f.password.declare(c)
	return c
}

// account is an account as commands print it.
type account struct {
	ID         int64      `json:"id"`
	Username   string     `json:"username"`
	Name       string     `json:"name"`
	Email      string     `json:"email"`
	Roles      []string   `json:"roles"`
	Until      until      `json:"until,omitempty"` // last days of roles that end
	Locked     bool       `json:"locked"`
	LastSignIn *time.Time `json:"last_sign_in"`
	Link       string     `json:"link,omitempty"` // to set the password by
}

// until are the last days, 2006-01-02 in the person's zone, of the roles that end, by role.
type until map[string]string

func accountOf(u auth.User, roles []string) account {
	if roles == nil {
		roles = []string{}
	}
	return account{ID: u.ID, Username: u.Username, Name: u.Name, Email: u.Email, Roles: roles, Locked: u.LockedAt != nil, LastSignIn: u.LastSignInAt}
}

func (t *tool) addUser(ctx context.Context, p *app.Portal, username string, f addFlags) error {
	n := auth.NewUser{Username: username, Name: f.name, Email: f.email}
	if n.Name == "" {
		n.Name = username
	}
	for _, r := range f.roles {
		if r = strings.TrimSpace(r); r != "" {
			n.Roles = append(n.Roles, r)
		}
	}
	password, err := t.password(ctx, f.password, n.Username, n.Name, n.Email)
	if err != nil && !errors.Is(err, errNoPassword) {
		return err
	}
	if password != "" {
		if n.PasswordHash, err = p.Passwords.Hash(ctx, password); err != nil {
			return err
		}
	}
	u, err := p.Users.Create(ctx, n)
	if err != nil {
		return err
	}
	made := accountOf(u, n.Roles)
	if password != "" {
		return t.say(made, "Account %s is made, with %s.", u.Username, rolesSaid(n.Roles))
	}
	if made.Link, err = passwordLink(ctx, p, u); err != nil {
		return err
	}
	return t.say(made, "Account %s is made, with %s. The password is set at %s (works once, for a day)",
		u.Username, rolesSaid(n.Roles), made.Link)
}

// rolesSaid names roles within a sentence.
func rolesSaid(roles []string) string {
	switch len(roles) {
	case 0:
		return "no role"
	case 1:
		return "the role " + roles[0]
	}
	return "the roles " + strings.Join(roles, ", ")
}

// passwordLink makes the address at which the person sets a password.
func passwordLink(ctx context.Context, p *app.Portal, u auth.User) (string, error) {
	token, err := p.Users.Link(ctx, auth.SetPasswordFor, u.ID)
	return p.Config.BaseURL + "/set-password/" + token, err
}

func (t *tool) userList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List all accounts with their roles", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				rows, err := p.Users.All(ctx)
				if err != nil {
					return err
				}
				all := make([]account, 0, len(rows))
				for _, r := range rows {
					all = append(all, withTerms(accountOf(r.User, r.Roles), r))
				}
				return t.print(all, func(w *bytes.Buffer) { accounts(w, all) })
			})
		},
	}
}

// withTerms is the account with the last days of its roles.
func withTerms(a account, r auth.Account) account {
	for _, g := range r.Grants {
		if day := g.LastDay(clock.Zone(r.Zone)); day != "" {
			if a.Until == nil {
				a.Until = until{}
			}
			a.Until[g.Role] = string(day)
		}
	}
	return a
}

// rolesShown are the account's roles with their last days.
func (a account) rolesShown() string {
	var all []string
	for _, r := range a.Roles {
		if day := a.Until[r]; day != "" {
			r += " (until " + day + ")"
		}
		all = append(all, r)
	}
	return strings.Join(all, ", ")
}

func accounts(w *bytes.Buffer, all []account) {
	row(w, "USER NAME", "NAME", "E-MAIL", "ROLES", "STATE", "LAST SIGN-IN")
	for _, a := range all {
		state := "open"
		if a.Locked {
			state = "locked"
		}
		row(w, a.Username, a.Name, a.Email, a.rolesShown(), state, when(a.LastSignIn))
	}
}

func (t *tool) userPassword() *cobra.Command {
	var f passwordFlags
	c := &cobra.Command{
		Use: "passwd <user name>", Short: "Set an account's password and end its sessions", Args: words("a user name"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.setPassword(ctx, p, args[0], f) })
		},
	}
	f.declare(c)
	return c
}

func (t *tool) setPassword(ctx context.Context, p *app.Portal, name string, f passwordFlags) error {
	u, err := p.Users.ByName(ctx, name)
	if err != nil {
		return err
	}
	password, err := t.password(ctx, f, u.Username, u.Name, u.Email)
	if errors.Is(err, errNoPassword) {
		made := accountOf(u, nil)
		if made.Link, err = passwordLink(ctx, p, u); err != nil {
			return err
		}
		return t.say(made, "%s sets the password at %s (works once, for a day)", u.Name, made.Link)
	}
	if err != nil {
		return err
	}
	hash, err := p.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	if err := p.Users.SetPassword(ctx, u.ID, hash, 0); err != nil {
		return err
	}
	return t.say(done{true}, "%s has another password; all sessions of the account have ended.", u.Username)
}

func (t *tool) userLock() *cobra.Command {
	var reason string
	c := t.userOne("lock", "Shut an account out and end its sessions", func(ctx context.Context, p *app.Portal, u auth.User) error {
		if err := p.Users.Shut(ctx, u.ID, reason); err != nil {
			return err
		}
		return t.say(done{true}, "%s is locked out; all sessions of the account have ended.", u.Username)
	})
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

func (t *tool) userUnlock() *cobra.Command {
	return t.userOne("unlock", "Let a locked account in again", func(ctx context.Context, p *app.Portal, u auth.User) error {
		if err := p.Users.Unlock(ctx, u.ID); err != nil {
			return err
		}
		return t.say(done{true}, "%s may sign in.", u.Username)
	})
}

func (t *tool) userResetFactor() *cobra.Command {
	return &cobra.Command{
		Use: "reset-factor <user name>", Short: "Take away the second factor of somebody who has lost it", Args: words("a user name"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				if err := p.Users.ResetFactor(ctx, args[0]); err != nil {
					return err
				}
				return t.say(done{true}, "%s signs in with the password alone now, and is asked to set up another second factor where a role requires one.", args[0])
			})
		},
	}
}
