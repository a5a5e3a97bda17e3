package command

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/config"
)

func (t *tool) secretCommand() *cobra.Command {
	return group("secret", "The portal's secret key", t.secretRotate())
}

// newKeyVariable holds the key to change to; only this command reads it.
const newKeyVariable = "PORTAL_SECRET_KEY_NEW"

func (t *tool) secretRotate() *cobra.Command {
	return &cobra.Command{
		Use: "rotate", Short: "Change the secret key: seal everything anew and end all sessions; no server may run", Args: words(),
		Long: "Seal with a new key whatever the old one sealed, and end all sessions. PORTAL_SECRET_KEY is the old key and\n" +
			newKeyVariable + " the new one. Where the key is kept in the data folder, a new one is made and kept there.",
		RunE: func(c *cobra.Command, _ []string) error { return t.rotate(c) },
	}
}

// rotated is what a program is told of it.
type rotated struct {
	Sealed int    `json:"sealed"`      // texts
	Lines  int64  `json:"audit_lines"` // of the audit log, verified and sealed anew
	Key    string `json:"key"`         // where the new one is: a variable or a file
}

func (t *tool) rotate(cmd *cobra.Command) error {
	given := os.Getenv("PORTAL_SECRET_KEY") != ""
	c, err := settings()
	if err != nil {
		return err
	}
	unlock, err := alone(c)
	if err != nil {
		return err
	}
	defer unlock()
	key, keep, err := newKey(c, given)
	if err != nil {
		return err
	}
	ctx := as(cmd.Context())
	p, err := t.open(ctx, c)
	if err != nil {
		return err
	}
	n, err := rekey(ctx, p, key)
	if err = errors.Join(err, p.Close()); err != nil {
		return err
	}
	if err := keep(); err != nil {
		return err
	}
	said, next := rotated{n.Texts, n.Lines, "PORTAL_SECRET_KEY"}, "Set PORTAL_SECRET_KEY to the new key, take "+newKeyVariable+" away, and start the server."
	if !given {
		said.Key, next = c.KeyFile(), "The new key is kept in "+c.KeyFile()+". Start the server."
	}
	next += " Keep the old key for as long as you keep backups from before."
	return t.say(said, "%s sealed with the new key; everybody has to sign in again.\nThe audit log was verified, and goes on under the new key: %s sealed anew.\n%s",
		counted(n.Texts, "secret", "is", "are"), counted(int(n.Lines), "line", "is", "are"), next)
}

// rekey does the work on a database that is in order and that nobody else uses.
func rekey(ctx context.Context, p *app.Portal, key string) (app.Rekeyed, error) {
	if err := unused(ctx, p.DB); err != nil {
		return app.Rekeyed{}, err
	}
	if waiting, err := p.Schema.Pending(ctx); err != nil {
		return app.Rekeyed{}, err
	} else if waiting > 0 {
		return app.Rekeyed{}, fmt.Errorf("the database waits for %s; run “portal migrate up” first", count(waiting, "migration"))
	}
	return p.Rekey(ctx, key)
}

// newKey is the key to change to, and how it is kept once everything is sealed with it. A made key is on the
// disk before that: whatever happens meanwhile, the command can be run again.
func newKey(c config.Config, given bool) (key string, keep func() error, err error) {
	key = os.Getenv(newKeyVariable) // as it is: so will the server read it
	switch {
	case given && key == "":
		return "", nil, wrongly("%s: set it to the new key, 32 or more random characters; PORTAL_SECRET_KEY stays the old one meanwhile", newKeyVariable)
	case given:
		keep = func() error { return nil }
	case key != "":
		return "", nil, wrongly("%s: the old key is kept in %s, and the new one will be too; take the variable away, or set PORTAL_SECRET_KEY to the old key", newKeyVariable, c.KeyFile())
	default:
		if key, err = c.NextKey(); err != nil {
			return "", nil, err
		}
		keep = c.KeepNextKey
	}
	switch {
	case len(key) < config.KeyLeast:
		return "", nil, wrongly("%s: %d characters are too few; write at least %d random ones", newKeyVariable, len(key), config.KeyLeast)
	case key == c.SecretKey:
		return "", nil, wrongly("%s: this is the key that is in use already; write another", newKeyVariable)
	}
	return key, keep, nil
}
