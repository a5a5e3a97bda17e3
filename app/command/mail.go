package command

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/data"
	"portal/app/mail"
)

func (t *tool) mailCommand() *cobra.Command {
	return group("mail", "The outbox: list mails, send them once more, send a test", t.mailList(), t.mailRetry(), t.mailTest())
}

// letter is a mail as commands print it: without its text.
type letter struct {
	ID      int64      `json:"id"`
	To      string     `json:"to"`
	Subject string     `json:"subject"`
	Kind    string     `json:"kind"`
	State   string     `json:"state"` // waiting, sending, sent, failed or discarded
	Tries   int64      `json:"tries"`
	Next    *time.Time `json:"next"` // nil: it is not tried again
	Error   string     `json:"error,omitempty"`
	Made    time.Time  `json:"made"`
	Sent    *time.Time `json:"sent"`
}

func letterOf(r mail.Row) letter {
	l := letter{
		ID: r.ID, To: r.Recipient, Subject: r.Subject, Kind: r.Kind, State: r.State, Tries: r.Tries, Error: r.Error,
		Made: r.CreatedAt, Sent: r.SentAt,
	}
	if r.State == mail.Waiting {
		l.Next = &r.NextAt
	}
	return l
}

func (t *tool) mailList() *cobra.Command {
	var state string
	c := &cobra.Command{
		Use: "list", Short: "List the newest mails, 100 at most", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				rows, err := p.Mail.List(ctx, mail.Filter{List: data.List{Size: 100}, State: state})
				if err != nil {
					return err
				}
				all := make([]letter, 0, len(rows.Items))
				for _, r := range rows.Items {
					all = append(all, letterOf(r))
				}
				return t.print(all, func(w *bytes.Buffer) {
					row(w, "ID", "STATE", "TO", "SUBJECT", "TRIES", "NEXT TRY", "ERROR")
					for _, l := range all {
						row(w, l.ID, l.State, l.To, l.Subject, l.Tries, when(l.Next), l.Error)
					}
				})
			})
		},
	}
	c.Flags().StringVar(&state, "state", "", "only those that are waiting, sending, sent, failed or discarded")
	return c
}

func (t *tool) mailRetry() *cobra.Command {
	return &cobra.Command{
		Use: "retry <number>", Short: "Send a mail once more; without a number, all failed ones", Args: wordsFrom(0, "a mail's number"),
		RunE: func(c *cobra.Command, args []string) error {
			var id int64
			if len(args) == 1 {
				var err error
				if id, err = strconv.ParseInt(args[0], 10, 64); err != nil {
					return wrongly("“%s” is no mail's number; portal mail list shows them", args[0])
				}
			}
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.retryMail(ctx, p, id) })
		},
	}
}

// retryMail makes the mail due, or with 0 all failed ones; the server sends them.
func (t *tool) retryMail(ctx context.Context, p *app.Portal, id int64) error {
	said := fmt.Sprintf("The server sends mail %d once more in a moment.", id)
	if id != 0 {
		if _, err := p.Mail.Retry(ctx, id); err != nil {
			return err
		}
	} else {
		n, err := p.Mail.RetryFailed(ctx)
		if err != nil {
			return err
		}
		said = fmt.Sprintf("Failed mails that the server sends once more in a moment: %d.", n)
	}
	return t.say(done{true}, "%s", said)
}

func (t *tool) mailTest() *cobra.Command {
	return &cobra.Command{
		Use: "test <address>", Short: "Send a mail now, and say whether the mail server took it", Args: words("an e-mail address"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				id, err := p.Mail.Test(ctx, args[0])
				if err != nil {
					return err
				}
				if err := p.Mail.Send(ctx, id); err != nil {
					return err
				}
				r, err := p.Mail.Get(ctx, id)
				if err != nil {
					return err
				}
				if r.State != mail.Sent { // the server's job was faster
					return t.say(letterOf(r), "The mail to %s is %s; portal mail list shows what becomes of it.", r.Recipient, r.State)
				}
				return t.say(letterOf(r), "The mail server has taken the mail to %s.", r.Recipient)
			})
		},
	}
}
