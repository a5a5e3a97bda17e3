package projects

import (
	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/inbox"
)

// How much of the newest each person of the demo department is told of, and how many of the first open tasks come again.
const (
	demoTold    = 6
	demoRepeats = 24
)

// taskWatcherRow is a row of task_watchers.
type taskWatcherRow struct {
	bun.BaseModel `bun:"table:task_watchers"`
	TaskID        int64 `bun:",pk"`
	UserID        int64 `bun:",pk"`
}

// makeRepeats gives some open tasks a rule.
func (f *filling) makeRepeats() {
	rules := []string{"FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "FREQ=DAILY;INTERVAL=14;X-AFTER=DONE"}
	given := 0
	for i := range f.tasks {
		t := &f.tasks[i]
		if t.Open && t.DueOn != "" && t.ParentID == nil {
			t.RepeatRule = rules[given%len(rules)]
			if given++; given == demoRepeats {
				return
			}
		}
	}
}

// makeTold are the newest assignments as notifications, a few a person, the older ones read; and who watches them.
func (f *filling) makeTold() ([]inbox.Row, []taskWatcherRow) {
	var rows []inbox.Row
	var watchers []taskWatcherRow
	told := map[int64]int{}
	for i := len(f.tasks) - 1; i >= 0; i-- {
		t := &f.tasks[i]
		to, by := data.OrZero(t.AssigneeID), data.OrZero(t.CreatedBy)
		if !t.Open || to == 0 || by == 0 || to == by || told[to] == demoTold {
			continue
		}
		told[to]++
		p := f.projects[f.Tasks[i].Project]
		row := inbox.Row{
			UserID: to, Kind: tellAssigned, ThingKind: "projects.task", ThingID: t.ID, Guard: projectTopic(p.ID), Title: t.Key(p) + " " + t.Name,
			What: "assigned the task to you", URL: t.Path(), ActorID: t.CreatedBy, Actor: f.People[f.Tasks[i].By].Name, Events: 1,
			CreatedAt: t.CreatedAt, UpdatedAt: t.CreatedAt,
		}
		if told[to] > demoTold/2 {
			row.ReadAt = &t.UpdatedAt
		}
		rows = append(rows, row)
		watchers = append(watchers, taskWatcherRow{TaskID: t.ID, UserID: by})
	}
	return rows, watchers
}
