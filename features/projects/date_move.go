package projects

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"portal/app/clock"
	"portal/components"
)

// dateMove is a row of date_moves: what an act moved of one task.
type dateMove struct {
	bun.BaseModel `bun:"table:date_moves"`

	ID        int64 `bun:",pk,autoincrement"`
	Act       string
	UserID    *int64
	TaskID    int64
	OldStart  clock.Day
	OldDue    clock.Day
	NewStart  clock.Day
	NewDue    clock.Day
	CreatedAt time.Time
}

// follower is a task that waits, by itself or through others, for one that has moved.
type follower struct {
	Hot      heldProject // its project
	Task     Task        // as it is
	NewStart clock.Day
	NewDue   clock.Day
	Unseen   bool   // the viewer may not know of it
	Why      string // why it does not move; empty when it does
}

// plan is what moves when a task has moved by days.
type plan struct {
	days  int64
	moved []follower
	stays []follower
}

// followMost bounds how many tasks follow in one act.
const followMost = 500

// serial is another text as soon as the plan is another one.
func (p plan) serial() string {
	h := sha256.New()
	for _, f := range p.moved {
		_, _ = fmt.Fprintf(h, "%d/%d/%s/%s|", f.Task.ID, f.Task.Version, f.NewStart, f.NewDue)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// moveBy sets the follower's new dates, or why it has none.
func (f *follower) moveBy(days int64) {
	f.NewStart, f.NewDue = f.Task.StartOn.Add(int(days)), f.Task.DueOn.Add(int(days))
	if !f.NewStart.Valid() || !f.NewDue.Valid() {
		f.Why = "Its dates would lie past the year 9999."
	}
}

// later is how many days a task has moved forward: its due day, or its start when that alone moved. 0 for back, and for not at all.
func later(before, after Task) int64 {
	n := clock.DaysBetween(before.DueOn, after.DueOn)
	if n == 0 {
		n = clock.DaysBetween(before.StartOn, after.StartOn)
	}
	return int64(max(n, 0))
}

// offer leads to what would move with a task that was moved forward while others wait for it; the zero Link when nothing would.
func (t taskView) offer(before, after Task) components.Link {
	days, waiting := later(before, after), 0
	for _, l := range t.Dependencies {
		if l.Waits && l.Open {
			waiting++
		}
	}
	if days == 0 || waiting == 0 {
		return components.Link{}
	}
	said := components.Plural(waiting, "task") + " wait for this one. Move them"
	if waiting == 1 {
		said = "One task waits for this one. Move it"
	}
	return components.Link{Label: said + " by " + components.Plural(int(days), "day") + " too?", URL: after.Path() + "/follow?days=" + strconv.FormatInt(days, 10)}
}

// daysForm moves a task by days, from the calendar or the timeline.
type daysForm struct {
	Start   int64 `form:"start" validate:"min=-40000,max=40000"` // days that its start moves, back when negative
	Due     int64 `form:"due" validate:"min=-40000,max=40000"`   // days that its due day moves
	Version int64 `form:"version"`
}

// into is the task form that moves the task, and the names of the fields it changes. Where only one end moves, the
// other one is where it was: a task with one date gets its second one.
func (f daysForm) into(t Task) (taskForm, []string) {
	form := taskForm{StartOn: string(t.StartOn), DueOn: string(t.DueOn), Version: f.Version}
	var names []string
	move := func(name string, text *string, day, other clock.Day, by int64) {
		switch {
		case by == 0 || day == "" && (f.Start == f.Due || other == ""):
			return
		case day == "":
			day = other
		}
		*text = string(day.Add(int(by)))
		names = append(names, name)
	}
	move("start_on", &form.StartOn, t.StartOn, t.DueOn, f.Start)
	move("due_on", &form.DueOn, t.DueOn, t.StartOn, f.Due)
	return form, names
}

// followForm moves what follows.
type followForm struct {
	Days int64  `form:"days" validate:"min=1,max=40000"`
	Plan string `form:"plan" validate:"max=64"` // the serial of the plan that was shown
}
