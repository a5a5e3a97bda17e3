package projects

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/inbox"
)

// Project is a row of projects.
type Project struct {
	bun.BaseModel `bun:"table:projects,alias:p"`

	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	TaskKey       string // NET of NET-12
	Summary       string
	Description   string // Markdown
	Icon          string
	StatusID      int64
	PriorityID    int64
	PercentSet    *int64 // by hand; nil: computed from the tasks
	Private       bool
	LeadID        *int64
	NotifyCreated bool
	NotifyDone    bool
	NotifyComment bool
	WaitsRule     string // what completing a task does that waits for another one: waitsRefuse or waitsWarn
	Template      bool   // others are made from it; it is in no list but that of the templates
	TasksTotal    int64  // without cancelled and deleted ones
	TasksDone     int64
	NextDueOn     clock.Day // of its open tasks, the first; empty for none
	LastNumber    int64
	SearchText    string
	NameKey       string
	CreatedBy     *int64
	ArchivedAt    *time.Time
	DeletedAt     *time.Time
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// What completing a task does that waits for another one; anything else is waitsRefuse.
const (
	waitsRefuse = "refuse"
	waitsWarn   = "warn"
)

// Percent is how far the project is, 0 to 100.
func (p Project) Percent() int {
	switch {
	case p.PercentSet != nil:
		return int(*p.PercentSet)
	case p.TasksTotal == 0:
		return 0
	}
	return int(p.TasksDone * 100 / p.TasksTotal)
}

// Path is the project's address.
func (p Project) Path() string { return projectPath(p.ID) }

func projectPath(id int64) string { return "/projects/" + strconv.FormatInt(id, 10) }

// fill sets the columns that follow from others.
func (p *Project) fill() {
	p.NameKey = data.Cut(data.Fold(p.Name), 250)
	p.SearchText = data.Cut(data.Fold(p.Name+" "+p.TaskKey+" "+p.Summary), 800)
}

// seenFamily is the family of all that was drawn of a project's tasks.
func seenFamily(project int64) string { return "projects.seen-" + strconv.FormatInt(project, 10) }

// change is the sentence a write says about the project.
func (p Project) change(what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "projects", Kind: "project", ID: p.ID, Version: p.Version, What: what, Title: p.Name, URL: p.Path(),
		Fields: fields, Stale: []string{projectKey(p.ID), listFamily, seenFamily(p.ID), inbox.RightsKey}, Live: []string{listTopic, projectTopic(p.ID)},
		Guard: projectTopic(p.ID),
	}
}

// The topics that pages listen to, and the cache keys and families that writes end.
const (
	listTopic  = "projects"
	listFamily = "projects.list"
)

func projectTopic(id int64) string { return "projects.project:" + strconv.FormatInt(id, 10) }

func projectKey(id int64) string { return "projects.project:" + strconv.FormatInt(id, 10) }

func boardKey(project int64) string { return "projects.board:" + strconv.FormatInt(project, 10) }

func taskKey(id int64) string { return "projects.task:" + strconv.FormatInt(id, 10) }

// Team is who belongs to a project, besides its lead.
type Team struct {
	Watchers     []int64
	Stakeholders []int64
	Shareholders []int64
	Roles        []int64
}

// The kinds of people in a team.
const (
	kindWatcher     = "watcher"
	kindStakeholder = "stakeholder"
	kindShareholder = "shareholder"
)

func (t *Team) of(kind string) *[]int64 {
	switch kind {
	case kindWatcher:
		return &t.Watchers
	case kindStakeholder:
		return &t.Stakeholders
	case kindShareholder:
		return &t.Shareholders
	}
	return &t.Roles
}

// has reports whether the person is in the team, themselves or by a role.
func (t Team) has(v *auth.Viewer) bool {
	if slices.Contains(t.Watchers, v.ID) || slices.Contains(t.Stakeholders, v.ID) || slices.Contains(t.Shareholders, v.ID) {
		return true
	}
	return slices.ContainsFunc(v.Roles(), func(r int64) bool { return slices.Contains(t.Roles, r) })
}

// heldProject is what is cached of a project: its row without the description, its team, who has tasks in it, its labels
// by their names, and its milestones by their days.
type heldProject struct {
	Project    Project
	Team       Team
	Assignees  []int64
	Watching   []int64 // who watches the project without being counted in by its team
	Muted      []int64 // who wants to hear nothing of it, although the team counts them in
	Labels     []Label
	Milestones []Milestone
	Limits     []Limit // of the columns that have one
}

// label is the project's label of that id; the zero Label when it has none.
func (h heldProject) label(id int64) Label {
	for _, l := range h.Labels {
		if l.ID == id {
			return l
		}
	}
	return Label{}
}

// milestone is the project's milestone of that id; the zero Milestone when it has none.
func (h heldProject) milestone(id int64) Milestone {
	for _, m := range h.Milestones {
		if m.ID == id {
			return m
		}
	}
	return Milestone{}
}

// mayKnow reports whether the project exists for the viewer.
func (h heldProject) mayKnow(v *auth.Viewer) bool {
	return h.Project.ID != 0 && (!h.Project.Private || h.mayWork(v))
}

// mayEdit reports whether the viewer may change the project itself.
func (h heldProject) mayEdit(v *auth.Viewer) bool {
	return v.Admin() || v.Known() && h.Project.LeadID != nil && *h.Project.LeadID == v.ID
}

// mayWork reports whether the viewer may make and change its tasks.
func (h heldProject) mayWork(v *auth.Viewer) bool { return h.mayEdit(v) || v.Known() && h.Team.has(v) }

// mayMake reports whether the viewer may make new tasks: an archived project takes none, though what is open in it may still be done.
func (h heldProject) mayMake(v *auth.Viewer) bool { return h.allowNew(v) == nil }

// allowNew is why the viewer may make no task; nil when they may.
// Errors: fault.Forbidden.
func (h heldProject) allowNew(v *auth.Viewer) error {
	switch {
	case !h.mayWork(v):
		return errNotTeam()
	case h.Project.ArchivedAt != nil:
		return fault.New(fault.Forbidden, "“%s” is archived and takes no new tasks. Its lead can take it out of the archive.", h.Project.Name)
	}
	return nil
}

// mayTask reports whether the viewer may work on this task: the team, and if they may know of the project, who it is assigned
// to, and whoever has the role whose queue it lies in.
func (h heldProject) mayTask(v *auth.Viewer, t Task) bool {
	return h.mayWork(v) || h.mayKnow(v) && v.Known() && (t.AssigneeID != nil && *t.AssigneeID == v.ID || t.mayTake(v))
}

// keyFrom makes a task key of a project's name: the first letters of its words, or of its only word.
func keyFrom(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(data.Fold(name)), func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) })
	if len(words) == 0 {
		return "PRJ"
	}
	if len(words) == 1 {
		return data.Cut(words[0]+"XX", max(3, min(4, len(words[0]))))
	}
	var key strings.Builder
	for _, w := range words[:min(4, len(words))] {
		key.WriteByte(w[0])
	}
	if key.Len() < 3 {
		return data.Cut(key.String()+words[len(words)-1][1:]+"X", 3)
	}
	return key.String()
}

// numbered is the n-th key to try when others are taken: NET, NET2, NET3.
func numbered(key string, n int) string {
	if n < 2 {
		return key
	}
	return fmt.Sprintf("%s%d", key, n)
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
