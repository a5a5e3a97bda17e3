package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/audit"
	"portal/app/cache"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

// overviewHandlers are the dashboard of who runs the portal.
type overviewHandlers struct {
	feature.Kit
	counts cache.Region[overviewCounts]
	jobs   jobStore
	needs  []overviewNeed
}

// overviewNeed finds what somebody must look at; it is gone when it has been mended.
type overviewNeed func(ctx context.Context, s overviewState) ([]overviewItem, error)

// overviewItem is one thing that somebody must look at.
type overviewItem struct {
	Text string // a whole sentence
	URL  string // where it is mended; empty when that is not within the portal
	Link string // what the link says
	Bad  bool   // something is wrong now, not only to be thought of
}

// overviewState is what all needs are found in.
type overviewState struct {
	now     time.Time
	figures overviewFigures
	jobs    []jobState
	check   audit.Check
	disk    overviewDisk
}

func overview(k feature.Kit) part {
	h := overviewHandlers{k, cache.Statistics[overviewCounts](k.Cache, "admin.overview"), jobStore{k}, nil}
	// A noun that has something to say adds its function here.
	h.needs = []overviewNeed{h.needAudit, h.needJobs, h.needMappings, h.needDisk, h.needSignIns, h.needMails, h.needBackup,
		h.needFactors, h.needAccounts}
	return part{
		routes: []feature.Route{feature.Get("overview.see.page", "", "Administration", h.show)},
		nav:    []feature.NavItem{{Title: "Dashboard", Icon: "chart-bar", Route: "overview.see.page", Category: menu, Weight: 10}},
		caches: []string{"admin.overview"},
	}
}

// overviewView is what the page shows.
type overviewView struct {
	counts overviewCounts
	health []overviewHealth
	items  []overviewItem
}

// overviewHealth is one line of how the portal does.
type overviewHealth struct{ name, tone, label, said string }

func (h overviewHandlers) show(c *fiber.Ctx) error {
	ctx := c.UserContext()
	s, err := h.state(ctx)
	if err != nil {
		return err
	}
	var v overviewView
	if v.counts, err = h.counts.Get(ctx, "counts", h.readCounts); err != nil {
		return err
	}
	for _, need := range h.needs {
		found, err := need(ctx, s)
		if err != nil {
			return err
		}
		v.items = append(v.items, found...)
	}
	slices.SortStableFunc(v.items, func(a, b overviewItem) int { // what is wrong comes first
		switch {
		case a.Bad == b.Bad:
			return 0
		case a.Bad:
			return -1
		}
		return 1
	})
	if v.health, err = h.health(ctx, s, v.counts); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Administration", Body: overviewPage(v)})
}

func (h overviewHandlers) state(ctx context.Context) (overviewState, error) {
	s := overviewState{now: h.DB.Now(), disk: freeDisk(h.Config.DataDir)}
	var err error
	if s.figures, err = h.readFigures(ctx, s.now); err != nil {
		return s, err
	}
	if s.jobs, err = h.jobs.all(ctx); err != nil {
		return s, err
	}
	s.check, err = h.Audit.LastCheck(ctx)
	return s, err
}

// stats are the cards over the page.
func (v overviewView) stats() []components.Stat {
	all := []components.Stat{
		{Label: "People", Value: v.counts.People, URL: "/admin/users", Icon: "users"},
		{Label: "Locked", Value: v.counts.Locked, URL: "/admin/users?state=locked", Icon: "lock"},
		{Label: "Sessions now", Value: v.counts.Sessions, URL: sessionsPath, Icon: "device-desktop"},
	}
	if v.counts.Has {
		all = append(all, components.Stat{Label: "Projects", Value: v.counts.Projects, URL: "/projects", Icon: "folders"},
			components.Stat{Label: "Open tasks", Value: v.counts.Tasks, URL: "/projects", Icon: "checkbox"})
	}
	return all
}

// overviewGaps are mappings without a route, and routes without a mapping.
func (h overviewHandlers) overviewGaps() (invalid, open []string) {
	a := h.Gate.Access()
	for _, m := range h.Routes() {
		if a.Deciding(m.Name) == nil {
			open = append(open, m.Name)
		}
	}
	return h.Mappings.Tree().Invalid(a), open
}

// overviewSome are the first few names of many.
func overviewSome(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:shown], ", ") + " and " + components.Plural(len(names)-shown, "other")
}
