package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// SessionFilter is which live sessions are asked for; a zero field asks for nothing.
type SessionFilter struct {
	User    int64
	Address string
}

// sessionSorts are the orders of the list of sessions.
var sessionSorts = data.Sorts{"": "seen_at DESC", "began": "created_at", "seen": "seen_at", "address": "address", "ends": "ends_at"}

// live are the sessions that have neither ended nor been ended.
func (u *Users) live(db bun.IDB) *bun.SelectQuery {
	return db.NewSelect().Where("ends_at > ?", u.db.Now()).
		Where("session_key IN (SELECT k FROM sessions WHERE e = 0 OR e > ?)", time.Now().Unix()) // the storage's clock is the machine's
}

// Sessions are the live sessions of everybody, a page of them.
func (u *Users) Sessions(ctx context.Context, f SessionFilter, l data.List) (data.Rows[SignIn], error) {
	q := u.live(u.db.Read).Model((*SignIn)(nil))
	if f.User != 0 {
		q = q.Where("user_id = ?", f.User)
	}
	if f.Address != "" {
		q = q.Where("address = ?", f.Address)
	}
	rows, err := data.Scan[SignIn](ctx, q, l, sessionSorts.Order(l, "id"))
	if err != nil {
		return rows, fmt.Errorf("list sessions: %w", err)
	}
	return rows, nil
}

// LiveSessions is a query that counts the live sessions, as a part of another.
func (u *Users) LiveSessions() *bun.SelectQuery {
	return u.live(u.db.Read).Table("sign_ins").ColumnExpr("COUNT(*)")
}

// EndAny ends a session of whomever, at once in every process.
// Errors: fault.NotFound when it has ended already.
func (u *Users) EndAny(ctx context.Context, id int64) error {
	var rows []SignIn
	if err := u.db.Read.NewSelect().Model(&rows).Where("id = ?", id).Scan(ctx); err != nil {
		return fmt.Errorf("look up session %d: %w", id, err)
	}
	if len(rows) == 0 {
		return fault.New(fault.NotFound, "That session has ended already.")
	}
	return u.endMany(ctx, "ended a session", rows[0].UserID, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ?", id) })
}

// EndAllOf ends the sessions of one person but one; except is a session's id, 0 for none. It returns how many.
// Errors: fault.NotFound when there is no such person.
func (u *Users) EndAllOf(ctx context.Context, userID, except int64) (int, error) {
	n := 0
	err := u.endMany(ctx, "ended all sessions", userID, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("user_id = ?", userID).Where("id <> ?", except)
	}, &n)
	return n, err
}

// EndAll ends the sessions of everybody but one. It returns how many.
func (u *Users) EndAll(ctx context.Context, except int64) (int, error) {
	n := 0
	err := u.endMany(ctx, "ended the sessions of everybody", 0, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id <> ?", except)
	}, &n)
	return n, err
}

// endMany ends the sessions that match; person is whose they are, 0 for everybody's. ended hears how many they were.
func (u *Users) endMany(ctx context.Context, what string, person int64, match func(*bun.SelectQuery) *bun.SelectQuery, ended ...*int) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		c := data.Change{Feature: "admin", Kind: "session", What: what, Title: "Everybody", URL: "/admin/sessions"}
		if v := From(ctx); person == 0 && v.Known() && !v.Admin() {
			return fault.New(fault.Forbidden, "Only administrators end the sessions of everybody; among them are administrators'.")
		}
		if person != 0 {
			row, err := u.one(ctx, tx, fmt.Sprint(person), "id = ?", person)
			if err != nil {
				return err
			}
			if err := mayChange(ctx, tx, person); err != nil {
				return err
			}
			c.ID, c.Title = row.ID, row.Name
		}
		var rows []SignIn
		if err := tx.Lock(match(tx.NewSelect().Model(&rows))).OrderExpr("id").Scan(ctx); err != nil {
			return fmt.Errorf("look up sessions: %w", err)
		}
		for _, n := range ended {
			*n = len(rows)
		}
		if len(rows) == 0 {
			tx.Unchanged()
			return nil
		}
		keys := make([]string, len(rows))
		of := map[int64]bool{}
		for i, r := range rows {
			keys[i] = r.SessionKey
			if !of[r.UserID] {
				c.Stale = append(c.Stale, SessionsKey(r.UserID))
			}
			of[r.UserID] = true
		}
		for some := range chunks(keys) {
			if err := endSessions(ctx, tx, some); err != nil {
				return err
			}
		}
		c.Fields = []data.Field{{Name: "sessions", Old: fmt.Sprint(len(rows)), New: "0"}}
		if len(rows) == 1 {
			c.Fields = append(c.Fields, data.Field{Name: "device", Old: Device(rows[0].Device)}, data.Field{Name: "address", Old: rows[0].Address})
		}
		tx.Changed(c)
		return nil
	})
}

// chunks are the keys, as many at a time as a statement takes.
func chunks(keys []string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for len(keys) > 0 {
			n := min(500, len(keys))
			if !yield(keys[:n]) {
				return
			}
			keys = keys[n:]
		}
	}
}

// Device is a browser's long name in a few words: "Firefox 144 on Linux".
func Device(agent string) string {
	browser, system := "", ""
	for _, b := range []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Version/", "Safari"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	} {
		if _, rest, ok := strings.Cut(agent, b.mark); ok {
			browser = b.name
			if major, _, _ := strings.Cut(rest, "."); isNumber(major) {
				browser += " " + major
			}
			break
		}
	}
	for _, s := range []struct{ mark, name string }{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, s.mark) {
			system = s.name
			break
		}
	}
	switch {
	case browser == "" && system == "":
		return "Unknown device"
	case browser == "":
		return "A browser on " + system
	case system == "":
		return browser
	}
	return browser + " on " + system
}

func isNumber(s string) bool {
	return s != "" && len(s) < 5 && strings.Trim(s, "0123456789") == ""
}
