package command

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/auth"
	"portal/app/clock"
	"portal/app/fault"
	"portal/app/feature"
)

// userOne is a command about the account of a user name.
func (t *tool) userOne(use, short string, do func(context.Context, *app.Portal, auth.User) error) *cobra.Command {
	return &cobra.Command{
		Use: use + " <user name>", Short: short, Args: words("a user name"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				u, err := p.Users.ByName(ctx, args[0])
				if err != nil {
					return err
				}
				return do(ctx, p, u)
			})
		},
	}
}

func (t *tool) userSet() *cobra.Command {
	values := map[string]*string{}
	c := t.userOne("set", "Change an account's details; what is left out stays", nil)
	for _, f := range [][2]string{
		{"username", "another user name"}, {"name", "the person's name"}, {"email", "e-mail address"}, {"phone", "phone number"},
		{"employee-number", "employee number"}, {"zone", "time zone, such as Europe/Berlin"},
	} {
		values[f[0]] = c.Flags().String(f[0], "", f[1])
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if c.Flags().NFlag() == 0 {
			return wrongly("portal user set needs a flag that says what to change; portal user set -help lists them")
		}
		return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
			u, err := p.Users.ByName(ctx, args[0])
			if err != nil {
				return err
			}
			d := auth.DetailsOf(u)
			for name, to := range map[string]*string{
				"username": &d.Username, "name": &d.Name, "email": &d.Email, "phone": &d.Phone, "employee-number": &d.EmployeeNumber, "zone": &d.Zone,
			} {
				if c.Flags().Changed(name) {
					*to = *values[name]
				}
			}
			if u, err = p.Users.Edit(ctx, u.ID, u.Version, d); err != nil {
				return err
			}
			return t.say(accountOf(u, nil), "%s is saved.", u.Username)
		})
	}
	return c
}

func (t *tool) userLink() *cobra.Command {
	return t.userOne("link", "Print a link to set an account's password", func(ctx context.Context, p *app.Portal, u auth.User) error {
		if u.Source != "local" {
			return fault.New(fault.Conflict, "%s signs in by the company's directory; the password is changed there.", u.Username)
		}
		made := accountOf(u, nil)
		var err error
		if made.Link, err = passwordLink(ctx, p, u); err != nil {
			return err
		}
		return t.say(made, "%s sets the password at %s (works once, for a day)", u.Name, made.Link)
	})
}

// signIn is a session as commands print it.
type signIn struct {
	ID      int64     `json:"id"`
	Device  string    `json:"device"`
	Address string    `json:"address"`
	Began   time.Time `json:"began"`
	Seen    time.Time `json:"seen"`
	Ends    time.Time `json:"ends"`
}

func (t *tool) userSessions() *cobra.Command {
	return t.userOne("sessions", "List the sessions of an account", func(ctx context.Context, p *app.Portal, u auth.User) error {
		rows, err := p.Users.SignIns(ctx, u.ID)
		if err != nil {
			return err
		}
		all := make([]signIn, 0, len(rows))
		for _, r := range rows {
			all = append(all, signIn{r.ID, r.Device, r.Address, r.CreatedAt, r.SeenAt, r.EndsAt})
		}
		return t.print(all, func(w *bytes.Buffer) {
			row(w, "BEGAN", "SEEN", "ADDRESS", "DEVICE")
			for _, s := range all {
				row(w, when(&s.Began), when(&s.Seen), s.Address, s.Device)
			}
		})
	})
}

func (t *tool) userEndSessions() *cobra.Command {
	return t.userOne("end-sessions", "End all sessions of an account", func(ctx context.Context, p *app.Portal, u auth.User) error {
		n, err := p.Users.EndAllOf(ctx, u.ID, 0)
		if err != nil {
			return err
		}
		return t.say(map[string]int{"ended": n}, "%s of %s ended.", count(n, "session"), u.Username)
	})
}

// grantFlags are a role's term.
type grantFlags struct{ until, reason string }

func (f *grantFlags) declare(c *cobra.Command) {
	c.Flags().StringVar(&f.until, "until", "", "last day of the grant, such as 2026-12-31 (without an end when left out)")
	c.Flags().StringVar(&f.reason, "reason", "", "why")
}

// grantCommand gives an account a role; the words are the user name and the role, in this order.
func (t *tool) grantCommand() *cobra.Command {
	var f grantFlags
	c := &cobra.Command{
		Use: "grant <user name> <role>", Short: "Give an account a role, or another term to one that it holds", Args: words("a user name", "a role"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				u, err := p.Users.ByName(ctx, args[0])
				if err != nil {
					return err
				}
				until, err := clock.ParseDay(f.until, clock.DayOf(p.DB.Now(), clock.Zone(u.Zone)))
				if err != nil {
					return wrongly("-until: %s", err)
				}
				if err := p.Users.SetGrant(ctx, u.ID, args[1], auth.Term{Until: until, Reason: f.reason}); err != nil {
					return err
				}
				if until != "" {
					return t.say(done{true}, "%s holds the role %s through %s.", args[0], args[1], until)
				}
				return t.say(done{true}, "%s holds the role %s.", args[0], args[1])
			})
		},
	}
	f.declare(c)
	return c
}

func (t *tool) revokeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "revoke <user name> <role>", Short: "Take a role from an account", Args: words("a user name", "a role"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				if err := p.Users.Revoke(ctx, args[0], args[1]); err != nil {
					return err
				}
				return t.say(done{true}, "%s no longer holds the role %s.", args[0], args[1])
			})
		},
	}
}

func (t *tool) userImport() *cobra.Command {
	var dry bool
	c := &cobra.Command{
		Use: "import <csv file>", Short: "Make and change accounts by a CSV file, all of it or nothing", Args: words("a CSV file"),
		RunE: func(c *cobra.Command, args []string) error {
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("%s can't be read; name a CSV file", args[0])
			}
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.importUsers(ctx, p, raw, dry) })
		},
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "only say what it would do")
	return c
}

func (t *tool) importUsers(ctx context.Context, p *app.Portal, raw []byte, dry bool) error {
	plan, err := p.Users.PlanImport(ctx, raw)
	if err != nil {
		return err
	}
	wrong := plan.Count(auth.ImportWrong)
	if !dry && wrong == 0 {
		if plan, err = p.Users.Import(ctx, raw, plan.Sum); err != nil {
			return err
		}
	}
	err = t.print(plan, func(w *bytes.Buffer) {
		for _, l := range plan.Lines {
			if l.Does != auth.ImportKeeps {
				row(w, fmt.Sprintf("line %d", l.Line), l.Username, l.Does, importedSaid(l))
			}
		}
		fmt.Fprintf(w, "%d made, %d changed, %d unchanged, %d wrong\n", plan.Count(auth.ImportMakes), plan.Count(auth.ImportChanges), plan.Count(auth.ImportKeeps), wrong)
	})
	if err == nil && wrong > 0 {
		err = fault.New(fault.Invalid, "Nothing is imported while lines are wrong; mend them in the file.")
	}
	return err
}

// importedSaid is what happens to a line, in one text.
func importedSaid(l auth.ImportLine) string {
	var all []string
	for _, f := range l.Fields {
		all = append(all, fmt.Sprintf("%s: “%s” → “%s”", f.Name, f.Old, f.New))
	}
	for column, said := range l.Wrong {
		all = append(all, column+": "+said)
	}
	return strings.Join(all, "; ")
}

// handed is one sort of what was handed over, as commands print it.
type handed struct {
	Label string `json:"label"`
	Count int    `json:"count"`
}

func (t *tool) userHandOver() *cobra.Command {
	var dry, lock bool
	c := &cobra.Command{
		Use: "hand-over <user name> <successor>", Short: "Give all that a person holds to another", Args: words("a user name", "a successor"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.handOver(ctx, p, args, dry, lock) })
		},
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "only say what would be handed over")
	c.Flags().BoolVar(&lock, "lock", false, "then lock the account")
	return c
}

func (t *tool) handOver(ctx context.Context, p *app.Portal, names []string, dry, lock bool) error {
	from, err := p.Users.ByName(ctx, names[0])
	if err != nil {
		return err
	}
	to, err := p.Users.ByName(ctx, names[1])
	if err != nil {
		return err
	}
	holders, err := feature.HeldBy(ctx, p.Features(), from.ID)
	if err != nil {
		return err
	}
	if !dry {
		if err := feature.Hand(ctx, feature.Hander{DB: p.DB, Users: p.Users, Features: p.Features()}, from.ID, to.ID); err != nil {
			return err
		}
		if lock {
			if err := p.Users.Lock(ctx, names[0], true); err != nil {
				return err
			}
		}
	}
	all := make([]handed, 0, len(holders))
	for _, h := range holders {
		all = append(all, handed{h.Label, len(h.Held)})
	}
	return t.print(all, func(w *bytes.Buffer) {
		row(w, "WHAT", "COUNT")
		for _, h := range all {
			row(w, h.Label, h.Count)
		}
	})
}
