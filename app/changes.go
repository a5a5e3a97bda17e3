package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/audit"
	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/live"
	"portal/app/setting"
	"portal/app/web"
)

// keepTrue is the one place where a write's consequences are spelled out: history, activity, audit,
// what is found and what other processes must know inside its transaction; caches and open pages once it has committed.
func (p *Portal) keepTrue() {
	p.DB.OnChange(p.within, p.after)
}

type historyRow struct {
	bun.BaseModel `bun:"table:history"`
	ID            int64 `bun:",pk,autoincrement"`
	Kind          string
	ThingID       int64
	ParentID      int64
	Version       int64
	Field         string
	OldValue      string
	NewValue      string
	What          string
	UserID        *int64
	UserName      string
	CreatedAt     time.Time
}

type activityRow struct {
	bun.BaseModel `bun:"table:activities"`
	ID            int64 `bun:",pk,autoincrement"`
	UserID        *int64
	UserName      string
	Kind          string
	ThingID       int64
	ParentID      int64
	What          string
	Title         string
	URL           string
	CreatedAt     time.Time
}

// noteRow is what other processes on this database read of a write.
type noteRow struct {
	bun.BaseModel `bun:"table:changes"`
	ID            int64 `bun:",pk,autoincrement"`
	Node          string
	Body          string
	CreatedAt     time.Time
}

// note is the body of a noteRow.
type note struct {
	Stale  []string     `json:"stale,omitempty"`
	Events []live.Event `json:"events,omitempty"`
}

func (p *Portal) within(ctx context.Context, tx *data.Tx, changes []data.Change) error {
	if err := p.Index.Within(ctx, tx, changes); err != nil {
		return fmt.Errorf("keep the search true: %w", err)
	}
	if len(changes) == 0 {
		return nil
	}
	v := auth.From(ctx).Real()
	var by *int64
	if v.Known() {
		by = &v.ID
	}
	var histories []historyRow
	var activities []activityRow
	var audits []audit.Line
	for _, c := range changes {
		if c.Quiet {
			continue
		}
		kind := c.Feature + "." + c.Kind
		histories = append(histories, history(c, kind, by, v.Name, tx.Now)...)
		activities = append(activities, activityRow{
			UserID: by, UserName: v.Name, Kind: kind, ThingID: c.ID, ParentID: c.Parent,
			What: short(c.What), Title: short(c.Title), URL: c.URL, CreatedAt: tx.Now,
		})
		fields, err := json.Marshal(c.Fields)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		audits = append(audits, audit.Line{
			UserID: by, UserName: v.Name, Address: v.Address, RequestID: v.Request, Action: short(c.What),
			Kind: kind, ThingID: c.ID, Title: short(c.Title), URL: short(c.URL), Fields: string(fields), CreatedAt: tx.Now,
		})
	}
	for _, rows := range []any{&histories, &activities, &audits} {
		if len(audits) == 0 {
			break
		}
		if _, err := tx.NewInsert().Model(rows).Exec(ctx); err != nil {
			return fmt.Errorf("keep the logs: %w", err)
		}
	}
	body, err := json.Marshal(noteOf(changes))
	if err != nil {
		return err
	}
	row := noteRow{Node: p.node, Body: string(body), CreatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("tell other processes: %w", err)
	}
	return nil
}

// history has one line a field, or one for the thing itself when no field says what happened.
func history(c data.Change, kind string, by *int64, name string, now time.Time) []historyRow {
	row := historyRow{
		Kind: kind, ThingID: c.ID, ParentID: c.Parent, Version: c.Version, What: short(c.What),
		UserID: by, UserName: name, CreatedAt: now,
	}
	if len(c.Fields) == 0 {
		return []historyRow{row}
	}
	rows := make([]historyRow, len(c.Fields))
	for i, f := range c.Fields {
		rows[i] = row
		rows[i].Field, rows[i].OldValue, rows[i].NewValue = f.Name, f.Old, f.New
	}
	return rows
}

// short is s of at most 300 characters, the width of the logs' columns.
func short(s string) string {
	r := []rune(s)
	if len(r) <= 300 {
		return s
	}
	return string(r[:299]) + "…"
}

func noteOf(changes []data.Change) note {
	var n note
	for _, c := range changes {
		n.Stale = append(n.Stale, c.Stale...)
		for _, topic := range c.Live {
			n.Events = append(n.Events, live.Event{Topic: topic, Guard: c.Guard})
		}
	}
	return n
}

// after runs once the write is done; nothing in it may fail.
func (p *Portal) after(ctx context.Context, changes []data.Change) {
	web.Anew(ctx)
	p.wrote.Store(true)
	p.heard(noteOf(changes))
}

// Wrote reports whether this process has changed anything that others should know of.
func (p *Portal) Wrote() bool { return p.wrote.Load() }

// heard makes this process know of a write, its own or another process's.
func (p *Portal) heard(n note) {
	if len(n.Stale) > 0 {
		p.Cache.Forget(n.Stale...)
	}
	for _, key := range n.Stale {
		if key == auth.AccessKey {
			p.reloadAccess()
		}
		if key == setting.Key {
			p.reloadSettings()
		}
		if region, ok := strings.CutPrefix(key, feature.ClearPrefix); ok {
			p.Cache.Clear(region)
		}
		if person := p.Users.Ended(key); person != 0 {
			p.Hub.Ask(person)
		}
	}
	for _, e := range n.Events {
		p.Hub.Tell(e)
	}
}

// reloadAccess puts in force what the database says. One at a time: of two, the one that read first must not
// have the last word. When the database does not answer, the listening tries again.
func (p *Portal) reloadAccess() {
	p.reload.Lock()
	defer p.reload.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	a, err := auth.LoadAccess(ctx, p.DB.Read)
	if err != nil {
		p.outdated.Store(true)
		p.Log.Error("access stays as it was until it can be read", "error", err)
		return
	}
	p.Gate.Set(a)
}

// reloadSettings puts in force what the database says, as reloadAccess does.
func (p *Portal) reloadSettings() {
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	if err := p.Settings.Load(ctx); err != nil {
		p.outdated.Store(true)
		p.Log.Error("settings stay as they were until they can be read", "error", err)
	}
}

// How often other processes' writes are read, how far back each look goes (numbers become visible
// out of order), and how long they are kept.
const (
	listenEvery = 250 * time.Millisecond
	listenBack  = 5 * time.Second
	notesKept   = time.Hour
)

// listen reads what other processes on the same database wrote, until ctx ends: every now and then, and at once
// when one of them says so.
func (p *Portal) listen(ctx context.Context) {
	tick := time.NewTicker(listenEvery)
	defer tick.Stop()
	seen := map[int64]time.Time{}
	looked := p.readAt // the last time that it worked: a database that was away, or a machine that slept, must not hide anything
	for {
		var asked chan<- struct{}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case asked = <-p.lookNow:
		}
		now, from := p.DB.Now(), looked.Add(-listenBack)
		if err := p.look(ctx, from, seen); err == nil {
			looked = now
		} else if ctx.Err() == nil {
			p.Log.Warn("changes of other processes can't be read", "error", err)
			p.Cache.Clear("") // whatever was missed is not held
		}
		if p.outdated.Swap(false) || now.Sub(from) > notesKept { // notes are gone that nobody has read
			p.reloadAccess()
			p.reloadSettings()
		}
		for id, at := range seen {
			if at.Before(from.Add(-listenBack)) {
				delete(seen, id)
			}
		}
		if asked != nil {
			close(asked)
		}
	}
}

func (p *Portal) look(ctx context.Context, from time.Time, seen map[int64]time.Time) error {
	var rows []noteRow
	err := p.DB.Read.NewSelect().Model(&rows).Where("created_at >= ?", from).Where("node <> ?", p.node).OrderExpr("id").Scan(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if _, known := seen[r.ID]; known {
			continue
		}
		seen[r.ID] = r.CreatedAt
		var n note
		if err := json.Unmarshal([]byte(r.Body), &n); err != nil {
			return fmt.Errorf("change %d: %w", r.ID, err)
		}
		p.heard(n)
	}
	return nil
}
