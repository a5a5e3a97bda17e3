package weblinks

import (
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Link is a row of links.
type Link struct {
	bun.BaseModel `bun:"table:links,alias:l"`

	ID         int64  `bun:",pk,autoincrement"`
	URL        string // what a click leads to
	URLKey     string // of what the address means: see addressKey
	Name       string
	NameKey    string
	Notes      string
	Icon       string
	CategoryID *int64
	OwnerID    *int64
	SeenBy     string // everyone, roles or me
	Pinned     bool
	Clicks     int64
	ClickedAt  *time.Time
	CheckedAt  *time.Time // nil: it was never looked at
	Broken     string     // what was wrong then; empty for nothing
	BrokenAt   *time.Time // since when
	SearchText string
	DeletedAt  *time.Time
	Version    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time

	Tags  string `bun:",scanonly"` // the ids of its tags, with commas between
	Roles string `bun:",scanonly"` // of the roles that see it
	Mine  bool   `bun:",scanonly"` // one of the viewer's favourites
}

// Who may see a link.
const (
	seenByAll   = "everyone"
	seenByRoles = "roles"
	seenByMe    = "me"
)

// seenNames are the words for who may see a link.
var seenNames = map[string]string{seenByAll: "Everyone", seenByRoles: "Some roles", seenByMe: "Only me"}

const listPath = "/weblinks"

// Path is the link's own page.
func (l Link) Path() string { return listPath + "/" + id(l.ID) }

// OpenPath is the address that counts the click and leads on.
func (l Link) OpenPath() string { return l.Path() + "/open" }

// fill sets the columns that follow from others.
func (l *Link) fill() {
	l.URLKey, l.NameKey = addressKey(l.URL), data.Key(l.Name)
	l.SearchText = data.Cut(data.Fold(l.Name+" "+l.URL+" "+l.Notes), 3000)
}

// picture is the link's icon, or the one of its sort of address.
func (l Link) picture() string {
	switch {
	case l.Icon != "":
		return l.Icon
	case strings.HasPrefix(l.URL, "mailto:"):
		return "mail"
	case strings.HasPrefix(l.URL, "tel:"), strings.HasPrefix(l.URL, "sip"):
		return "phone"
	case strings.HasPrefix(l.URL, "ssh:"):
		return "server"
	}
	return "link"
}

// The topics that pages listen to.
const listTopic = "weblinks"

func linkTopic(n int64) string { return "weblinks.link:" + id(n) }

// change is the sentence a write says about the link.
func (l Link) change(what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "weblinks", Kind: "link", ID: l.ID, Version: l.Version, What: what, Title: l.Name, URL: l.Path(), Fields: fields,
		Live: []string{listTopic, linkTopic(l.ID)}, Guard: linkTopic(l.ID),
	}
}

// maySee reports whether the viewer may know of the link: what is one's own is not even for administrators.
func (l Link) maySee(v *auth.Viewer) bool {
	switch {
	case v.IsSystem(), v.Known() && l.OwnerID != nil && *l.OwnerID == v.ID:
		return true
	case l.SeenBy == seenByAll:
		return true
	case l.SeenBy != seenByRoles:
		return false
	}
	held := map[int64]bool{}
	for _, r := range v.Roles() {
		held[r] = true
	}
	for _, r := range split(l.Roles) {
		if held[r] {
			return true
		}
	}
	return v.Admin()
}

// mayShare reports whether the viewer may say who sees the link.
func (l Link) mayShare(v *auth.Viewer) bool {
	return l.ID == 0 || v.Admin() || v.Known() && l.OwnerID != nil && *l.OwnerID == v.ID
}

// visibleTo limits a query over links l to those the viewer may know of.
func visibleTo(v *auth.Viewer) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if v.IsSystem() {
			return q
		}
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			q = q.Where("l.seen_by = ?", seenByAll).WhereOr("l.owner_id = ?", v.ID)
			if v.Admin() {
				return q.WhereOr("l.seen_by = ?", seenByRoles)
			}
			if roles := v.Roles(); len(roles) > 0 {
				q = q.WhereOr("l.seen_by = ? AND EXISTS (SELECT 1 FROM link_roles AS lr WHERE lr.link_id = l.id AND lr.role_id IN (?))", seenByRoles, bun.In(roles))
			}
			return q
		})
	}
}

// errNoLink is the same for a link that is not there and one that the viewer may not know of.
func errNoLink() error {
	return fault.New(fault.NotFound, "There is no such link, or it is not for you.")
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// split reads ids that the database has joined by commas.
func split(joined string) []int64 {
	var all []int64
	for part := range strings.SplitSeq(joined, ",") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil {
			all = append(all, n)
		}
	}
	return all
}
