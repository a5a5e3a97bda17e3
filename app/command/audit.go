package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/audit"
	"portal/app/clock"
)

func (t *tool) auditCommand() *cobra.Command {
	return group("audit", "The audit log: list it, verify that nobody has touched it", t.auditList(), t.auditVerify(), t.auditRestart())
}

// auditFlags are the filters of `portal audit list`.
type auditFlags struct {
	user, kind, action, address, request, from, to string
	thing                                          int64
	most                                           int
}

// auditMost is how many lines are listed at most.
const auditMost = 100_000

func (t *tool) auditList() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use: "list", Short: "List lines of the audit log, the latest first", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.listAudit(ctx, p, f) })
		},
	}
	c.Flags().StringVar(&f.user, "user", "", "user name of who did it; “-” for the portal itself")
	c.Flags().StringVar(&f.kind, "kind", "", "kind of thing, such as admin.user")
	c.Flags().Int64Var(&f.thing, "thing", 0, "number of the thing")
	c.Flags().StringVar(&f.action, "action", "", "what was done, such as “signed in”")
	c.Flags().StringVar(&f.address, "address", "", "where it came from")
	c.Flags().StringVar(&f.request, "request", "", "number of the request")
	c.Flags().StringVar(&f.from, "from", "", "first day, 2006-01-02, in UTC")
	c.Flags().StringVar(&f.to, "to", "", "last day, 2006-01-02, in UTC")
	c.Flags().IntVar(&f.most, "most", 100, "how many lines at most")
	return c
}

// filter reads the flags.
func (f auditFlags) filter(ctx context.Context, p *app.Portal) (audit.Filter, error) {
	out := audit.Filter{Kind: f.kind, Thing: f.thing, Action: f.action, Address: f.address, Request: f.request}
	switch f.user {
	case "":
	case "-":
		out.User = audit.Nobody
	default:
		u, err := p.Users.ByName(ctx, f.user)
		if err != nil {
			return out, err
		}
		out.User = u.ID
	}
	for _, d := range []struct {
		flag, day string
		into      *time.Time
		more      int
	}{{"from", f.from, &out.From, 0}, {"to", f.to, &out.Until, 1}} {
		if d.day == "" {
			continue
		}
		at, err := time.Parse(time.DateOnly, d.day)
		if err != nil || !clock.Day(d.day).Valid() {
			return out, wrongly("-%s: “%s” is no day; write it as 2006-01-02", d.flag, d.day)
		}
		*d.into = at.AddDate(0, 0, d.more)
	}
	if f.most < 1 || f.most > auditMost {
		return out, wrongly("-most: write a number from 1 to %d", auditMost)
	}
	return out, nil
}

// auditLine is a line as commands print it.
type auditLine struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Address string    `json:"address"`
	Request string    `json:"request"`
	Action  string    `json:"action"`
	Kind    string    `json:"kind"`
	Thing   int64     `json:"thing"`
	Title   string    `json:"title"`
	URL     string    `json:"url"`
	Fields  any       `json:"fields"`
	Seal    *int64    `json:"seal"`
}

func (t *tool) listAudit(ctx context.Context, p *app.Portal, f auditFlags) error {
	filter, err := f.filter(ctx, p)
	if err != nil {
		return err
	}
	all := []auditLine{}
	var at audit.Cursor
	for len(all) < f.most {
		page, err := p.Audit.Older(ctx, filter, at, min(1000, f.most-len(all)))
		if err != nil {
			return err
		}
		for _, l := range page.Lines {
			all = append(all, auditLine{
				l.ID, l.CreatedAt.UTC(), l.UserName, l.Address, l.RequestID, l.Action, l.Kind, l.ThingID, l.Title, l.URL, l.Changes(), l.Seal,
			})
			at = audit.CursorOf(l)
		}
		if !page.Older {
			break
		}
	}
	return t.print(all, func(w *bytes.Buffer) {
		row(w, "LINE", "WHEN", "WHO", "FROM", "WHAT", "KIND", "THING")
		for _, l := range all {
			row(w, l.ID, moment(l.At), l.Who, l.Address, l.Action, l.Kind, l.Title)
		}
	})
}

// errTouched ends `portal audit verify` when the log is not as it was written.
var errTouched = errors.New("the audit log does not hold")

func (t *tool) auditVerify() *cobra.Command {
	return &cobra.Command{
		Use: "verify", Short: "Recompute the log's chain; ends with 1 when a line was changed, removed or added", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				b := bar{tool: t}
				v, err := p.Audit.Check(ctx, "command line", func(done, all int64) { b.show("verifying", int(done), int(all)) })
				b.end()
				if err != nil {
					return err
				}
				if v.OK {
					return t.say(v, "%s", verdictSaid(v))
				}
				if t.json {
					if err := t.say(v, "%s", v.Said); err != nil {
						return err
					}
				}
				return fmt.Errorf("%w: %s", errTouched, v.Said)
			})
		},
	}
}

func verdictSaid(v audit.Verdict) string {
	if v.Removed == 0 {
		return v.Said
	}
	return fmt.Sprintf("%s %d older ones were removed by age.", v.Said, v.Removed)
}

func (t *tool) auditRestart() *cobra.Command {
	var sure bool
	c := &cobra.Command{
		Use: "restart", Short: "Begin a new chain under the present secret key, after the key was lost or changed", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			if !sure {
				return wrongly("after this nobody can find out any more whether lines were touched before; write -yes to do it")
			}
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				if err := p.Audit.Restart(ctx); err != nil {
					return err
				}
				if _, err := p.Audit.Check(ctx, "command line", nil); err != nil {
					return err
				}
				return t.say(done{true}, "A new chain has begun; all lines there are have been sealed under the present key.")
			})
		},
	}
	c.Flags().BoolVar(&sure, "yes", false, "do it")
	return c
}
