package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/inbox"
)

// remind tells people of tasks that are due tomorrow or were due yesterday, each person once a day, in their morning.
func (s *taskStore) remind(ctx context.Context) error {
	var people []int64
	latest := clock.Day(s.db.Now().AddDate(0, 0, 1).Format("2006-01-02")) // today, where it is latest
	err := s.db.Read.NewSelect().TableExpr("users AS u").Column("u.id").Join("LEFT JOIN due_reminders AS r ON r.user_id = u.id").
		Where("u.locked_at IS NULL").Where("r.reminded_on IS NULL OR r.reminded_on < ?", latest).OrderExpr("u.id").Scan(ctx, &people)
	if err != nil {
		return fmt.Errorf("whom to remind: %w", err)
	}
	for len(people) > 0 {
		some := people[:min(len(people), remindSlice)]
		people = people[len(some):]
		if err := s.remindSome(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// How many people one transaction reminds, and from which hour of their day.
const (
	remindSlice = 50
	remindHour  = 7
)

// reminderRow is a row of due_reminders.
type reminderRow struct {
	bun.BaseModel `bun:"table:due_reminders"`
	UserID        int64 `bun:",pk"`
	RemindedOn    clock.Day
}

func (s *taskStore) remindSome(ctx context.Context, people []int64) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		viewers, err := s.projects.users.Recipients(ctx, tx, people)
		if err != nil {
			return err
		}
		var had []reminderRow
		if err := tx.NewSelect().Model(&had).Where("user_id IN (?)", list(people)).Scan(ctx); err != nil {
			return fmt.Errorf("who was reminded: %w", err)
		}
		last := map[int64]clock.Day{}
		for _, r := range had {
			last[r.UserID] = r.RemindedOn
		}
		days := map[int64]clock.Day{}
		var now []reminderRow
		for n, v := range viewers {
			today := clock.DayOf(tx.Now, v.Zone)
			if last[n] < today && tx.Now.In(v.Zone).Hour() >= remindHour {
				days[n] = today
				now = append(now, reminderRow{UserID: n, RemindedOn: today})
			}
		}
		if len(now) == 0 {
			return nil
		}
		if _, err := tx.Upsert(tx.NewInsert().Model(&now), "user_id", "reminded_on").Exec(ctx); err != nil {
			return fmt.Errorf("note who is reminded: %w", err)
		}
		return s.remindOf(ctx, tx, days)
	})
}

// remindOf tells the people, each with their day, of what is due the day after or was the day before.
func (s *taskStore) remindOf(ctx context.Context, tx *data.Tx, days map[int64]clock.Day) error {
	var people []int64
	near := map[clock.Day]bool{}
	for n, today := range days {
		people = append(people, n)
		near[today.Add(-1)], near[today.Add(1)] = true, true
	}
	var when []clock.Day
	for d := range near {
		when = append(when, d)
	}
	var rows []Task
	err := tx.NewSelect().Model(&rows).Where("t.assignee_id IN (?)", list(people)).Where("t.open = TRUE").Where("t.due_on IN (?)", bun.In(when)).
		Where("t.deleted_at IS NULL").OrderExpr("t.due_on, t.id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("what is due: %w", err)
	}
	projects := map[int64]heldProject{}
	var all []inbox.Notice
	for _, t := range rows {
		h, ok := projects[t.ProjectID]
		if !ok {
			if h, err = loadHeld(ctx, tx, t.ProjectID); err != nil {
				return err
			}
			projects[t.ProjectID] = h
		}
		to, what := data.OrZero(t.AssigneeID), ""
		switch t.DueOn {
		case days[to].Add(1):
			what = "reminds you of a task that is due tomorrow"
		case days[to].Add(-1):
			what = "reminds you of a task that was due yesterday"
		}
		if what != "" && h.Project.ArchivedAt == nil && !h.Project.Template {
			all = append(all, h.notice(to, tellDue, t, what, "reminds you of %d tasks that are due tomorrow or were due yesterday"))
		}
	}
	s.inbox.Tell(ctx, tx, all)
	return nil
}
