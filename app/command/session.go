package command

import (
	"bytes"
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/auth"
	"portal/app/data"
)

func (t *tool) sessionCommand() *cobra.Command {
	return group("session", "Sessions: list who is signed in, end sessions", t.sessionList(), t.sessionEnd())
}

// session is a live session as commands print it.
type session struct {
	ID      int64     `json:"id"`
	User    string    `json:"user"`
	Device  string    `json:"device"`
	Address string    `json:"address"`
	Began   time.Time `json:"began"`
	Seen    time.Time `json:"seen"`
	Ends    time.Time `json:"ends"`
	Kept    bool      `json:"kept"`
}

func (t *tool) sessionList() *cobra.Command {
	var user string
	c := &cobra.Command{
		Use: "list", Short: "List all live sessions, the latest in use first", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				all, err := sessions(ctx, p, user)
				if err != nil {
					return err
				}
				return t.print(all, func(w *bytes.Buffer) {
					row(w, "SESSION", "USER", "DEVICE", "ADDRESS", "BEGAN", "LAST SEEN", "KEPT")
					for _, s := range all {
						row(w, s.ID, s.User, s.Device, s.Address, when(&s.Began), when(&s.Seen), yes(s.Kept))
					}
				})
			})
		},
	}
	c.Flags().StringVar(&user, "user", "", "only this user name's")
	return c
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func sessions(ctx context.Context, p *app.Portal, user string) ([]session, error) {
	var f auth.SessionFilter
	if user != "" {
		u, err := p.Users.ByName(ctx, user)
		if err != nil {
			return nil, err
		}
		f.User = u.ID
	}
	people, err := p.Users.People(ctx)
	if err != nil {
		return nil, err
	}
	all := []session{}
	for page := 1; ; page++ {
		rows, err := p.Users.Sessions(ctx, f, data.List{Page: page, Size: 100})
		if err != nil {
			return nil, err
		}
		for _, s := range rows.Items {
			all = append(all, session{
				s.ID, people.ByID(s.UserID).Username, auth.Device(s.Device), s.Address, s.CreatedAt, s.SeenAt, s.EndsAt, s.Kept,
			})
		}
		if len(all) >= rows.Total || len(rows.Items) == 0 {
			return all, nil
		}
	}
}

func (t *tool) sessionEnd() *cobra.Command {
	var user string
	var all bool
	c := &cobra.Command{
		Use: "end [number]", Short: "End one session, all of a person, or all there are", Args: wordsFrom(0, "the number of a session"),
		RunE: func(c *cobra.Command, args []string) error {
			said := len(args)
			if user != "" {
				said++
			}
			if all {
				said++
			}
			if said != 1 {
				return wrongly("say which sessions: the number of one, -user with a user name, or -all")
			}
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				switch {
				case all:
					n, err := p.Users.EndAll(ctx, 0)
					return t.ended(n, err)
				case user != "":
					u, err := p.Users.ByName(ctx, user)
					if err != nil {
						return err
					}
					n, err := p.Users.EndAllOf(ctx, u.ID, 0)
					return t.ended(n, err)
				}
				id, err := strconv.ParseInt(args[0], 10, 64)
				if err != nil {
					return wrongly("“%s” is no number of a session; portal session list shows them", args[0])
				}
				return t.ended(1, p.Users.EndAny(ctx, id))
			})
		},
	}
	c.Flags().StringVar(&user, "user", "", "end all sessions of this user name")
	c.Flags().BoolVar(&all, "all", false, "end the sessions of everybody")
	return c
}

func (t *tool) ended(n int, err error) error {
	if err != nil {
		return err
	}
	return t.say(struct {
		Ended int `json:"ended"`
	}{n}, "%s.", counted(n, "session", "has ended", "have ended"))
}
