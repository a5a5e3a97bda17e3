// Package feature says what a feature is: one value, declared by one folder.
package feature

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/audit"
	"portal/app/auth"
	"portal/app/cache"
	"portal/app/config"
	"portal/app/data"
	"portal/app/demo"
	"portal/app/files"
	"portal/app/inbox"
	"portal/app/legacy"
	"portal/app/mail"
	"portal/app/search"
	"portal/app/secret"
	"portal/app/setting"
)

// Feature is all the portal needs to know about one area of work.
// A field left zero means "none".
type Feature struct {
	Name       string // URL prefix, first part of every route name, name in PORTAL_FEATURES_OFF: "projects"
	Title      string // as menus show it: "Projects"
	Routes     []Route
	Access     []Access // the nodes of the access tree and who has them on a new install
	Nav        []NavItem
	Panels     []Panel  // fragments of ours on pages of no feature
	Migrations fs.FS    // the folder of *.up.sql and *.down.sql
	Caches     []string // the cache regions we keep: "projects.task"
	Jobs       []Job
	Holdings   []Holding                                                    // what a person may hold of ours, and hands over when they leave
	Objects    *Objects                                                     // the files that our rows refer to; nil: they refer to none
	Seed       func(context.Context, *data.Tx) error                        // what a new install begins with; run at every start
	Warm       func(context.Context) error                                  // fills the caches at start
	Live       func(ctx context.Context, topic string) bool                 // may the viewer hear of changes to the topic; nil: nobody may of ours
	Heard      func(ctx context.Context, topics []string) ([]string, error) // Live for many topics at once, in few queries; nil: Live is asked for each
	Finds      []search.Kind                                                // what of ours can be found
	Actions    []search.Action                                              // what can be done from anywhere
	Notices    []inbox.Kind                                                 // what people are told of by us
	Demo       func(context.Context, *data.Tx, Department) error            // fills an empty department
	Import     func(context.Context, *data.Tx, Legacy) error                // our part of `portal import legacy`
}

// Route is one line of a feature's route table.
type Route struct {
	Name   string // within the feature: "task.edit.status"; with the feature's name in front it is the access it needs
	Title  string // for the mapping page: "Change a task's status"
	Method string // GET or POST: forms know no others
	Path   string // below the feature's prefix: "/tasks/:id<int>/status"; what a parameter :token stands for is kept out of the log
	Do     fiber.Handler
	Stream bool // answers for as long as the page is open: no deadline
	File   bool // answers with a file, which may take long to arrive
	Body   int  // bytes of body allowed, fewer or more than others take; 0 means the portal's megabyte. More are refused unread

	Confirm bool // asks for the password again when it was last given more than ten minutes ago
}

// Confirmed is the route, asking for the password again when it was last given more than ten minutes ago:
// for what somebody at another's open browser must not do. Files of a form have to be chosen again then, so the page
// with such a form should be Confirmed as well.
func (r Route) Confirmed() Route {
	r.Confirm = true
	return r
}

// Get is the line of a route table for a read.
func Get(name, path, title string, do fiber.Handler) Route {
	return Route{Name: name, Title: title, Method: fiber.MethodGet, Path: path, Do: do}
}

// Post is the line of a route table for a write.
func Post(name, path, title string, do fiber.Handler) Route {
	return Route{Name: name, Title: title, Method: fiber.MethodPost, Path: path, Do: do}
}

// Objects are the files of the portal's store that rows of a feature refer to, by their keys.
type Objects struct {
	Known func(ctx context.Context, keys []string) ([]string, error)                    // those of the keys that a row refers to
	Page  func(ctx context.Context, after string, limit int) (keys []string, err error) // the next keys behind after, in their order
}

// Access is a node of the access tree: a prefix of route names, and who has it on a new install.
type Access struct {
	Node  string   // "projects.task.edit"; covers projects.task.edit.status and all else below it
	Label string   // for the mapping page: "Add, change and move tasks"
	Roles []string // "user"; auth.SignedIn or auth.Anyone, alone, where no role is needed
}

// NavItem is an entry of the menu, as it is on a new install; its mapping may change all but the route.
type NavItem struct {
	Title    string
	Icon     string
	Route    string // within the feature
	Category string // menu category, empty for the top
	Weight   int64  // lower comes first
	Key      string // shortcut: "g p"
}

// Panel is a fragment of ours on a page of no feature.
type Panel struct {
	Slot  string // "home"
	Route string // within the feature: a read without parameters
	ID    string // of the element it fills
	Title string // of the link to it, for a browser without scripts
}

// Job is work done every so often, by one process at a time.
type Job struct {
	Name  string // "oncall.remind"
	Title string // what it does, for the jobs page: "Remind who is next on call"
	Every time.Duration
	Run   func(context.Context) error
	Ready func(context.Context) (bool, error) // a cheap look whether there is work, before the job counts as due; nil: always
}

// JobState is a job with its last and its next run.
type JobState struct {
	Job
	Holder  string     // the process that runs it now; empty for none
	NextAt  *time.Time // nil: it was never due yet
	BeganAt *time.Time // of the last run, or the one that goes on; nil: it never ran
	EndedAt *time.Time // of the last run that ended
	Error   string     // of that run; empty when it went well
}

// Took is how long the last run took, 0 while one goes on.
func (s JobState) Took() time.Duration {
	if s.BeganAt == nil || s.EndedAt == nil || s.EndedAt.Before(*s.BeganAt) {
		return 0
	}
	return s.EndedAt.Sub(*s.BeganAt)
}

// Department is what `portal demo` fills an empty portal with.
type Department struct {
	*demo.Department
	IDs      []int64             // users.id of each of the department's people, in their order
	Progress func(done, all int) // never nil
}

// Legacy is what `portal import legacy` brings over.
type Legacy struct {
	*legacy.Source
	Report *legacy.Report
	IDs    *legacy.IDs       // the old ids of all that has come over, ours beside them
	Step   func(step string) // says what is being brought over now; never nil
}

// New declares a feature. It opens nothing.
type New func(Kit) (Feature, error)

// Mounted is a route as it is served.
type Mounted struct {
	Name    string // "projects.task.edit.status"
	Title   string
	Method  string
	Path    string // "/projects/tasks/:id<int>/status"
	Feature string
	Stream  bool
}

// Kit is what a feature is built from. The functions answer once all features are declared.
type Kit struct {
	DB        *data.DB
	Cache     *cache.Cache
	Users     *auth.Users
	Gate      *auth.Gate
	Mappings  *auth.Mappings
	Passwords *auth.Passwords
	Mail      *mail.Outbox
	Inbox     *inbox.Store
	Factors   *auth.Factors
	Box       secret.Box // seals what must not be read from a copy of the database
	Config    config.Config
	Log       *slog.Logger
	All       func() []Feature            // every feature that is on
	Routes    func() []Mounted            // every route that is served
	Jobs      func() []Job                // every job that runs
	Warm      func(context.Context) error // fills the caches
	JobStates func(context.Context) ([]JobState, error)
	Pending   func(context.Context) (int, error) // how many migrations wait
	Backed    func() (time.Time, error)          // when the newest backup in the data folder was made; zero for none
	Node      string                             // this process's name among those on the database
	Audit     *audit.Log
	Settings  *setting.Store
	Files     *files.Store
}

// ClearPrefix begins the stale key of a change that empties the cache region named after it in every process;
// nothing after it means all regions.
const ClearPrefix = "app.clear:"
