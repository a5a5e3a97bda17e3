package projects

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/secret"
)

// feedStore keeps the secret addresses at which calendars read people's due dates, and what stands there.
type feedStore struct {
	db       *data.DB
	users    *auth.Users
	words    *wordStore
	throttle *auth.Throttle
	base     string // the address people type, without a slash at the end
}

func newFeedStore(k feature.Kit, w *wordStore) *feedStore {
	return &feedStore{k.DB, k.Users, w, auth.NewThrottle(k.DB).Apart("feed"), k.Config.BaseURL}
}

// Feed is a row of feeds: that a person has an address for their due dates.
type Feed struct {
	bun.BaseModel `bun:"table:feeds"`
	ID            int64 `bun:",pk,autoincrement"`
	UserID        int64
	TokenHash     string
	UsedAt        *time.Time // nil: never yet
	CreatedAt     time.Time
}

// Routes that the feed's templates and rules ask about.
const (
	seeFeed = "projects.task.see.feed"
)

// How a feed is bounded: its tasks, and how often its use is written down.
const (
	feedMost  = 2000
	feedNoted = time.Hour
)

// Of is the viewer's feed; the zero Feed when they have none.
func (s *feedStore) Of(ctx context.Context) (Feed, error) {
	var f Feed
	err := s.db.Read.NewSelect().Model(&f).Where("user_id = ?", auth.From(ctx).ID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Feed{}, nil
	}
	return f, err
}

// Make gives the viewer a new address, which it returns; nobody is ever told it again. The one before ends.
func (s *feedStore) Make(ctx context.Context) (string, error) {
	token := rand.Text() + rand.Text()[:6]
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		v := auth.From(ctx)
		had, err := s.end(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&Feed{UserID: v.ID, TokenHash: secret.Digest(token), CreatedAt: tx.Now}).Exec(ctx); err != nil {
			return fmt.Errorf("make the feed of %d: %w", v.ID, err)
		}
		what := "made an address for the feed of due dates"
		if had {
			what = "made a new address for the feed of due dates; the one before ended"
		}
		tx.Changed(feedChange(v, what))
		return nil
	})
	return s.base + "/projects/feeds/" + token + ".ics", err
}

// Revoke ends the viewer's address.
func (s *feedStore) Revoke(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		had, err := s.end(ctx, tx)
		if err != nil || !had {
			tx.Unchanged()
			return err
		}
		tx.Changed(feedChange(auth.From(ctx), "ended the address of the feed of due dates"))
		return nil
	})
}

func (s *feedStore) end(ctx context.Context, tx *data.Tx) (bool, error) {
	res, err := tx.NewDelete().Table("feeds").Where("user_id = ?", auth.From(ctx).ID).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("end the feed of %d: %w", auth.From(ctx).ID, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func feedChange(v *auth.Viewer, what string) data.Change {
	return data.Change{Feature: "projects", Kind: "feed", ID: v.ID, What: what, Title: v.Name}
}

// errNoFeed is the fault of every address at which there is nothing for the one who asks.
func errNoFeed() error {
	return fault.New(fault.NotFound, "There is no such feed. Its owner may have made a new address.")
}

// Reader is whose feed has this token, with the rights they have now.
// Errors: fault.NotFound, also for who may not sign in or see tasks any more; fault.TooMany after many wrong tokens.
func (s *feedStore) Reader(ctx context.Context, token, address string) (*auth.Viewer, error) {
	var f Feed
	hash := secret.Digest(token)
	err := s.db.Read.NewSelect().Model(&f).Where("token_hash = ?", hash).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, s.wrong(ctx, hash[:16], address)
	}
	if err != nil {
		return nil, fmt.Errorf("look up a feed: %w", err)
	}
	v, err := s.users.Viewer(ctx, f.UserID)
	if fault.Is(err, fault.SignIn) || err == nil && !v.Can(seeTask) {
		return nil, errNoFeed()
	}
	if err != nil {
		return nil, err
	}
	if now := s.db.Now(); f.UsedAt == nil || now.Sub(*f.UsedAt) >= feedNoted {
		err = s.db.Write(ctx, func(tx *data.Tx) error {
			tx.Unchanged() // nobody needs to know but its owner, who looks it up
			_, err := tx.NewUpdate().Table("feeds").Set("used_at = ?", now).Where("id = ?", f.ID).Exec(ctx)
			return err
		})
	}
	return v, err
}

// wrong counts a token that is nobody's, and is the fault of it. An old subscription asks for years: it is counted apart,
// or it would keep all of its office from signing in.
func (s *feedStore) wrong(ctx context.Context, account, address string) error {
	wait, err := s.throttle.Wait(ctx, account, address)
	if err != nil {
		return err
	}
	if wait > 0 {
		e := fault.New(fault.TooMany, "Too many wrong addresses. Wait a while and try again.")
		e.Wait = wait
		return e
	}
	if err := s.throttle.Failed(ctx, account, address); err != nil {
		return err
	}
	return errNoFeed()
}

// feedTask is a task with what the feed says of it.
type feedTask struct {
	Task        `bun:",extend"`
	TaskKey     string
	ProjectName string
}

// Calendar is the viewer's open tasks with a due day over all projects they may know of now, as an iCalendar of RFC 5545.
// Calendars show events and not all of them todos, so each task is an event of its whole due day that takes no time.
func (s *feedStore) Calendar(ctx context.Context) (string, error) {
	v := auth.From(ctx)
	var rows []feedTask
	err := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr(taskColumns).ColumnExpr("p.task_key, p.name AS project_name").
		Join("JOIN projects AS p ON p.id = t.project_id").Where("t.assignee_id = ?", v.ID).Where("t.open").Where("t.due_on > ''").
		Where("t.deleted_at IS NULL").Where("p.deleted_at IS NULL").Where("p.archived_at IS NULL").Where("p.template = ?", false).Apply(visibleTo(v)).
		OrderExpr("t.due_on, t.id").Limit(feedMost).Scan(ctx, &rows)
	if err != nil {
		return "", fmt.Errorf("due dates of %d: %w", v.ID, err)
	}
	words, err := s.words.All(ctx)
	if err != nil {
		return "", err
	}
	cal := ics.NewCalendar()
	cal.SetProductId("-//Portal//Projects//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName("Portal: my due dates")
	cal.SetXPublishedTTL("PT1H")
	for _, t := range rows {
		s.event(cal, t, words.Status(t.StatusID).Name)
	}
	return cal.Serialize(ics.WithNewLine("\r\n")), nil
}

// event puts a task into the calendar. It lasts its due day, which has no end to be written: the last day there is has none after it.
func (s *feedStore) event(cal *ics.Calendar, t feedTask, status string) {
	e := cal.AddEvent("task-" + id(t.ID) + "@" + strings.TrimPrefix(strings.TrimPrefix(s.base, "https://"), "http://"))
	e.SetAllDayStartAt(timeOf(t.DueOn))
	e.SetDtStampTime(t.UpdatedAt)
	e.SetModifiedAt(t.UpdatedAt)
	e.SetSequence(int(t.Version))
	e.SetSummary(plainLine(t.Key(Project{TaskKey: t.TaskKey}) + " " + t.Name))
	e.SetDescription(plainLine(t.ProjectName) + "\n" + plainLine(status))
	e.SetURL(s.base + t.Path())
	e.SetTimeTransparency(ics.TransparencyTransparent)
}

// plainLine is s on one line, without what can't be seen.
func plainLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}
