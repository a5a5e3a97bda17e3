package inbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/mail"
)

// mergeFor is how long further events of the same kind on the same thing come together in the row that waits unread.
const mergeFor = 10 * time.Minute

// gatherKey is what a transaction gathers notices under.
const gatherKey = "inbox"

// Tell tells people of something, in the transaction of what it is: those who may see it, have not done it themselves,
// may sign in, and have not chosen otherwise. Of several notices of one thing to one person the first counts; several
// of one kind become one. It writes at the end of the transaction.
func (s *Store) Tell(_ context.Context, tx *data.Tx, notices []Notice) {
	items := make([]any, len(notices))
	for i, n := range notices {
		items[i] = n
	}
	if len(items) > 0 {
		tx.Gather(gatherKey, s.write, items...)
	}
}

// write keeps all that the transaction tells of.
func (s *Store) write(ctx context.Context, tx *data.Tx, items []any) error {
	me := auth.From(ctx).Real()
	all := firsts(items, me.ID)
	if len(all) == 0 {
		return nil
	}
	people := recipients(all)
	viewers, err := s.Users.Recipients(ctx, tx, people)
	if err != nil {
		return err
	}
	chosen, err := s.chosen(ctx, tx, people)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(n Notice) bool {
		v := viewers[n.To]
		return v == nil || n.May != nil && !n.May(v) || s.choice(chosen, n) == Nowhere
	})
	all = together(all)
	if len(all) == 0 {
		return nil
	}
	fresh, err := s.keep(ctx, tx, all, me)
	if err != nil {
		return err
	}
	for _, n := range fresh {
		if s.choice(chosen, n) == ByMail {
			if err := s.mail(ctx, tx, n, viewers[n.To].Email, doer(me)); err != nil {
				return err
			}
		}
	}
	tx.Changed(news(recipients(all)...))
	return nil
}

// firsts are the notices of all but the person themselves, of each thing the first that each person gets.
func firsts(items []any, but int64) []Notice {
	type about struct {
		to      int64
		thing   string
		thingID int64
	}
	var all []Notice
	told := map[about]bool{}
	for _, item := range items {
		n, ok := item.(Notice)
		key := about{n.To, n.Thing, n.ThingID}
		if !ok || n.To == 0 || n.To == but || told[key] {
			continue
		}
		told[key] = true
		all = append(all, n)
	}
	return all
}

// recipients are the people of the notices, each once.
func recipients(all []Notice) []int64 {
	var people []int64
	for _, n := range all {
		people = append(people, n.To)
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// together makes one notice of several of one kind to one person behind one guard.
func together(all []Notice) []Notice {
	type bundle struct {
		to          int64
		kind, guard string
	}
	of := func(n Notice) bundle { return bundle{n.To, n.Kind, n.Guard} }
	count := map[bundle]int{}
	for _, n := range all {
		count[of(n)]++
	}
	done := map[bundle]bool{}
	var kept []Notice
	for _, n := range all {
		many := count[of(n)]
		switch {
		case many == 1 || n.Many.What == "":
			kept = append(kept, n)
		case !done[of(n)]:
			done[of(n)] = true
			n.Thing, n.ThingID = "", 0
			n.Title, n.What, n.URL = n.Many.Title, fmt.Sprintf(n.Many.What, many), n.Many.URL
			kept = append(kept, n)
		}
	}
	return kept
}

// keep writes the rows, and returns the notices that did not come together with one that waits unread.
func (s *Store) keep(ctx context.Context, tx *data.Tx, all []Notice, me *auth.Viewer) ([]Notice, error) {
	waiting, err := s.waiting(ctx, tx, all)
	if err != nil {
		return nil, err
	}
	var fresh []Notice
	var rows []Row
	for _, n := range all {
		row := Row{
			UserID: n.To, Kind: n.Kind, ThingKind: n.Thing, ThingID: n.ThingID, Guard: n.Guard, Title: line(n.Title), What: line(n.What),
			URL: n.URL, Actor: doer(me), Events: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if me.Known() {
			row.ActorID = &me.ID
		}
		at := slices.IndexFunc(waiting, func(w Row) bool {
			return n.Thing != "" && w.UserID == n.To && w.Kind == n.Kind && w.ThingKind == n.Thing && w.ThingID == n.ThingID
		})
		if at < 0 {
			fresh, rows = append(fresh, n), append(rows, row)
			continue
		}
		row.ID, row.Events = waiting[at].ID, waiting[at].Events+1
		_, err := tx.NewUpdate().Model(&row).Column("guard", "title", "what", "url", "actor_id", "actor", "events", "updated_at").WherePK().Exec(ctx)
		if err != nil {
			return nil, fmt.Errorf("tell %d once more: %w", n.To, err)
		}
	}
	if len(rows) > 0 {
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return nil, fmt.Errorf("tell people: %w", err)
		}
	}
	return fresh, nil
}

// waiting are the people's latest unread rows.
func (s *Store) waiting(ctx context.Context, tx *data.Tx, all []Notice) ([]Row, error) {
	var rows []Row
	err := tx.NewSelect().Model(&rows).Column("id", "user_id", "kind", "thing_kind", "thing_id", "events").Where("user_id IN (?)", bun.In(recipients(all))).
		Where("read_at IS NULL").Where("updated_at >= ?", tx.Now.Add(-mergeFor)).OrderExpr("id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("what people have not read: %w", err)
	}
	return rows, nil
}

// doer is the name of who did something; the portal's own work is nobody's.
func doer(v *auth.Viewer) string {
	if !v.Known() {
		return "The portal"
	}
	return v.Name
}

// mail queues the notice as a mail, if the person has an address and the portal a mail server.
func (s *Store) mail(ctx context.Context, tx *data.Tx, n Notice, to, actor string) error {
	if s.Outbox == nil || !s.Outbox.Known() || !mail.Good(to) {
		return nil
	}
	said := line(actor + " " + n.What + ": " + n.Title)
	return s.Outbox.Queue(ctx, tx, mail.Mail{
		Event: fmt.Sprintf("notice|%d|%s|%s:%d|%s|%d", n.To, n.Kind, n.Thing, n.ThingID, n.Guard, tx.Now.UnixMicro()), Kind: "notice", UserID: n.To, To: to, Guard: n.Guard,
		Subject: said,
		Body: mail.Body{
			{Text: said + ".", Path: n.URL},
			{Text: "Why this mail? " + s.kind(n.Kind).Title + ". What you are told of, and how, is yours to choose:", Path: "/notifications"},
		},
	})
}

// lineMost is how long a title and what is said of it may be, in characters.
const lineMost = 300

// line is a text of one line, as headers of mails and lists need it, cut to what the table takes.
func line(s string) string {
	s = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s), "")
	return data.Shorten(s, lineMost)
}
