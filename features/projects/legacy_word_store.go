package projects

import (
	"context"
	"fmt"

	"portal/app/data"
	"portal/app/feature"
	"portal/app/legacy"
)

// takeWords reads who is here, and folds the old statuses and priorities into ours by their names.
func (a *arrival) takeWords(ctx context.Context) error {
	var people []person
	if err := a.tx.NewSelect().Table("users").Column("id", "username_key", "name").Scan(ctx, &people); err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, p := range people {
		a.people[p.UsernameKey], a.names[p.ID] = p, p.Name
	}
	var err error
	if a.words, err = loadWords(ctx, a.tx); err != nil {
		return err
	}
	if err := a.takeStatuses(ctx); err != nil {
		return err
	}
	return a.takePriorities(ctx)
}

func (a *arrival) takeStatuses(ctx context.Context) error {
	rows, err := a.Unseen(ctx, "project_status", feature.ByID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var mended []string
		name := r.Line("name")
		if name == "" {
			a.Leave("project_status", feature.ByID(r), "The status has no name.")
			continue
		}
		if s, ok := a.statusNamed(name); ok {
			a.Report.Merge("project_status", feature.ByID(r), "%s is the status %s.", name, s.Name)
			a.IDs.Keep("project_status", feature.ByID(r), s.ID)
			continue
		}
		tone, ok := toneOf(r.Text("color"))
		if !ok {
			mended = append(mended, fmt.Sprintf("its colour %q is not known; it is %s now", r.Text("color"), tone))
		}
		s, why, err := a.makeStatus(ctx, name, tone)
		if err != nil {
			return err
		}
		a.finish("project_status", feature.ByID(r), s.ID, append(mended, why...))
	}
	all, err := a.Rows(ctx, "project_status")
	if err != nil {
		return err
	}
	a.recall("project_status", all, seedStatuses, func(name string) (int64, string) {
		s, _ := a.statusNamed(name)
		return s.ID, s.Name
	})
	a.fallBack(all)
	return nil
}

// fallBack chooses the status for tasks that have none, by stage: the old portal's own names come before ours.
func (a *arrival) fallBack(all []legacy.Record) {
	for _, r := range all {
		s := a.words.Status(a.IDs.Of("project_status", r.ID()))
		if s.ID != 0 && a.fallback[s.Stage] == 0 {
			a.fallback[s.Stage] = s.ID
		}
	}
	for _, s := range a.words.Statuses {
		if a.fallback[s.Stage] == 0 {
			a.fallback[s.Stage] = s.ID
		}
	}
}

// recall brings back rows that every old portal was set up with but MariaDB refused, because their names differ
// from others in the case only: tasks still point to them. It does so only where the rows that are there have the ids
// they were set up with.
func (a *arrival) recall(table string, rows []legacy.Record, seeds []string, find func(name string) (id int64, ours string)) {
	there := map[int64]string{}
	matching := 0
	for _, r := range rows {
		there[r.ID()] = r.Line("name")
	}
	for i, seed := range seeds {
		switch name, ok := there[int64(i+1)]; {
		case ok && wordKey(name) != wordKey(seed):
			return
		case ok:
			matching++
		}
	}
	if matching < len(seeds)/2 {
		return
	}
	for i, seed := range seeds {
		key := legacy.Key(int64(i + 1))
		if _, ok := there[int64(i+1)]; ok || a.IDs.Seen(table, key) {
			continue
		}
		if id, ours := find(seed); id != 0 {
			a.Report.Note(table, key, legacy.Mended, "%s was set up with every old portal, but this database refused it beside %s; what points to it has %s now.", seed, ours, ours)
			a.IDs.Keep(table, key, id)
		}
	}
}

// statusNamed is the status of that name, whatever its case.
func (a *arrival) statusNamed(name string) (Status, bool) {
	for _, s := range a.words.Statuses {
		if wordKey(s.Name) == wordKey(name) {
			return s, true
		}
	}
	return Status{}, false
}

// makeStatus adds a status at the end of its stage; why says what its name left open.
func (a *arrival) makeStatus(ctx context.Context, name, tone string) (s Status, why []string, err error) {
	stage, known := stageOf(name)
	if !known {
		why = append(why, fmt.Sprintf("the name %s does not say how far the work is; it counts as work to do", name))
	}
	s = Status{Name: data.Cut(wordName(name), 60), Tone: tone, Stage: stage, Version: 1, UpdatedAt: a.tx.Now}
	if s.Name != name {
		why = append(why, fmt.Sprintf("%s is written %s now", name, s.Name))
	}
	s.NameKey = data.Key(s.Name)
	for _, have := range a.words.Statuses {
		if have.Stage == stage {
			s.Position = max(s.Position, have.Position+1)
		}
	}
	if s.Position == 0 {
		s.Position = int64(len(a.words.Statuses)+1) * 10
	}
	if _, err := a.tx.NewInsert().Model(&s).Exec(ctx); err != nil {
		return s, why, fmt.Errorf("make status %s: %w", name, err)
	}
	a.words.Statuses = append(a.words.Statuses, s)
	a.words.statuses[s.ID] = s
	return s, why, nil
}

func (a *arrival) takePriorities(ctx context.Context) error {
	rows, err := a.Unseen(ctx, "project_priority", feature.ByID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		name := r.Line("name")
		if name == "" {
			a.Leave("project_priority", feature.ByID(r), "The priority has no name.")
			continue
		}
		if p, ok := a.priorityNamed(name); ok {
			a.Report.Merge("project_priority", feature.ByID(r), "%s is the priority %s.", name, p.Name)
			a.IDs.Keep("project_priority", feature.ByID(r), p.ID)
			continue
		}
		var mended []string
		tone, ok := toneOf(r.Text("color"))
		if !ok {
			mended = append(mended, fmt.Sprintf("its colour %q is not known; it is %s now", r.Text("color"), tone))
		}
		p, err := a.makePriority(ctx, name, tone)
		if err != nil {
			return err
		}
		a.finish("project_priority", feature.ByID(r), p.ID, mended)
	}
	all, err := a.Rows(ctx, "project_priority")
	if err != nil {
		return err
	}
	a.recall("project_priority", all, seedPriorities, func(name string) (int64, string) {
		p, _ := a.priorityNamed(name)
		return p.ID, p.Name
	})
	return nil
}

func (a *arrival) priorityNamed(name string) (Priority, bool) {
	for _, p := range a.words.Priorities {
		if wordKey(p.Name) == wordKey(name) {
			return p, true
		}
	}
	return Priority{}, false
}

// makePriority adds a priority above all others.
func (a *arrival) makePriority(ctx context.Context, name, tone string) (Priority, error) {
	p := Priority{Name: data.Cut(wordName(name), 60), Tone: tone, Version: 1, UpdatedAt: a.tx.Now}
	p.NameKey = data.Key(p.Name)
	for _, have := range a.words.Priorities {
		p.Position = max(p.Position, have.Position+10)
	}
	if _, err := a.tx.NewInsert().Model(&p).Exec(ctx); err != nil {
		return p, fmt.Errorf("make priority %s: %w", name, err)
	}
	a.words.Priorities = append(a.words.Priorities, p)
	a.words.priorities[p.ID] = p
	return p, nil
}

// status is the one a row names by its text, made when nobody has it yet.
func (a *arrival) status(ctx context.Context, name string, mended *[]string) (Status, error) {
	if name == "" {
		s := a.words.Status(a.fallback[StageTodo])
		*mended = append(*mended, "it had no status; it is "+s.Name+" now")
		return s, nil
	}
	if s, ok := a.statusNamed(name); ok {
		return s, nil
	}
	s, why, err := a.makeStatus(ctx, name, "slate")
	*mended = append(*mended, fmt.Sprintf("its status %s was in no list and is made for it", name))
	*mended = append(*mended, why...)
	return s, err
}

// priority is the one a row names by its text, made when nobody has it yet.
func (a *arrival) priority(ctx context.Context, name string, mended *[]string) (Priority, error) {
	if name == "" {
		p := a.words.usual()
		*mended = append(*mended, "it had no priority; it is "+p.Name+" now")
		return p, nil
	}
	if p, ok := a.priorityNamed(name); ok {
		return p, nil
	}
	*mended = append(*mended, fmt.Sprintf("its priority %s was in no list and is made for it", name))
	return a.makePriority(ctx, name, "slate")
}

// taskStatus is the status of a task: by id, in older databases by name, else by the column of the board it lay in.
func (a *arrival) taskStatus(ctx context.Context, r legacy.Record, mended *[]string) (Status, error) {
	if s := a.words.Status(a.IDs.Of("project_status", r.Int("status_id"))); s.ID != 0 {
		return s, nil
	}
	if name := r.Line("status"); name != "" {
		return a.status(ctx, name, mended)
	}
	column := r.Line("list_position")
	stage, _ := stageOf(column)
	s := a.words.Status(a.fallback[stage])
	*mended = append(*mended, fmt.Sprintf("its status (%s) is not there; by its column %q it is %s now", oldNumber(r, "status_id"), column, s.Name))
	return s, nil
}

// taskPriority is the priority of a task: by id, in older databases by name, else the usual one.
func (a *arrival) taskPriority(ctx context.Context, r legacy.Record, mended *[]string) (Priority, error) {
	if p := a.words.Priority(a.IDs.Of("project_priority", r.Int("priority_id"))); p.ID != 0 {
		return p, nil
	}
	if r.Has("priority_id") {
		p := a.words.usual()
		*mended = append(*mended, fmt.Sprintf("its priority (%s) is not there; it is %s now", oldNumber(r, "priority_id"), p.Name))
		return p, nil
	}
	return a.priority(ctx, r.Line("priority"), mended)
}

// oldNumber is a column's number in words.
func oldNumber(r legacy.Record, column string) string {
	if !r.Has(column) {
		return "none"
	}
	return id(r.Int(column))
}
