// Package inbox tells people of what concerns them: in their inbox, and by mail if they want that.
//
// A notification is a row of the table notifications, written in the transaction of what it tells of. It names the topic
// that guards its thing: whoever may not hear of that any more sees neither the row nor that it is there.
package inbox

import (
	"context"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/data"
	"portal/app/mail"
)

// Choice is how a person is told of one kind of thing.
type Choice string

// The choices. ByMail is the inbox and a mail at once.
const (
	Nowhere Choice = "none"
	InInbox Choice = "inbox"
	ByMail  Choice = "mail"
)

// Kind is a sort of notification: why somebody is told.
type Kind struct {
	Name  string // "projects.task.assigned"
	Title string // for the page of choices: "A task is assigned to you"
	Short string // for the filter of the inbox: "Assigned"
	Usual Choice // of people who have not chosen; the zero Choice is InInbox
}

// Notice is what one person is told.
type Notice struct {
	To      int64  // users.id; 0, and who did it, are told nothing
	Kind    string // "projects.task.assigned"
	Thing   string // "projects.task"
	ThingID int64
	Guard   string                  // topic that one must be allowed to hear; empty for things that concern the person alone
	Title   string                  // of the thing
	What    string                  // past tense, behind the name of who did it: "assigned the task to you"
	URL     string                  // within the portal
	Many    Many                    // what is said when one act tells the person of several such things
	May     func(*auth.Viewer) bool // whether the person may see the thing now; nil for what concerns them alone
}

// Many is one notification of several things of one kind behind one guard.
type Many struct {
	Title string // "Move to hall B"
	What  string // with the number's place in it: "assigned %d tasks to you"
	URL   string
}

// Row is a row of notifications.
type Row struct {
	bun.BaseModel `bun:"table:notifications,alias:n"`
	ID            int64 `bun:",pk,autoincrement"`
	UserID        int64
	Kind          string
	ThingKind     string
	ThingID       int64
	Guard         string
	Title         string
	What          string
	URL           string
	ActorID       *int64 // nil: the portal itself
	Actor         string // the name then
	Events        int64
	ReadAt        *time.Time
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Options are what the store is made from.
type Options struct {
	DB     *data.DB
	Cache  *cache.Cache
	Users  *auth.Users
	Outbox *mail.Outbox
	Kinds  func() []Kind                                                // every kind there is
	Heard  func(ctx context.Context, topics []string) ([]string, error) // those that the viewer may hear
}

// Store keeps notifications and people's choices.
type Store struct {
	Options
	unread cache.Region[int]
}

// New makes the store.
func New(o Options) *Store { return &Store{o, cache.Statistics[int](o.Cache, region)} }

const region = "home.inbox"

// Caches are the regions kept here.
func (s *Store) Caches() []string { return []string{region} }

// RightsKey is the stale key of a write by which people may see other things than before.
const RightsKey = "home.inbox.rights"

// Topic is what a person's pages listen to.
func Topic(user int64) string { return "home.inbox:" + strconv.FormatInt(user, 10) }

// family is the family of what is held of a person's inbox.
func family(user int64) string { return "home.inbox-" + strconv.FormatInt(user, 10) }

// news is the change by which caches and open pages of these people know of their notifications.
func news(users ...int64) data.Change {
	c := data.Change{Feature: "home", Kind: "notification", Quiet: true}
	for _, u := range users {
		c.Stale, c.Live = append(c.Stale, family(u)), append(c.Live, Topic(u))
	}
	return c
}

// kind is the kind of that name.
func (s *Store) kind(name string) Kind {
	for _, k := range s.Kinds() {
		if k.Name == name {
			return k
		}
	}
	return Kind{Name: name}
}

// usual is what somebody gets who has not chosen.
func (k Kind) usual() Choice {
	if k.Usual == "" {
		return InInbox
	}
	return k.Usual
}
