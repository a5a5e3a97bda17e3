package admin

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/audit"
	"portal/app/auth"
	"portal/app/cache"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/web"
)

// auditHandlers are the pages of the audit log. No route changes or removes a line.
type auditHandlers struct {
	feature.Kit
	words cache.Region[audit.Words]
	jobs  jobStore
}

const auditPath = "/admin/audit"

func auditLog(k feature.Kit) part {
	h := auditHandlers{k, cache.Statistics[audit.Words](k.Cache, "admin.audit"), jobStore{k}}
	return part{
		routes: []feature.Route{
			feature.Get("audit.see.list", "/audit", "Audit log", h.list),
			feature.Post("audit.see.csv", "/audit/lines.csv", "Audit log as CSV", h.csv),
			feature.Get("audit.see.check", "/audit/check", "Last verification of the audit log", h.check),
			feature.Post("audit.verify.start", "/audit/verify", "Verify the audit log", h.verify),
		},
		access: []feature.Access{
			{Node: "admin.audit.see", Label: "Read the audit log", Roles: []string{"auditor"}},
			{Node: "admin.audit.verify", Label: "Verify the audit log", Roles: []string{"auditor"}},
		},
		nav:    []feature.NavItem{{Title: "Audit log", Icon: "history", Route: "audit.see.list", Category: menu, Weight: 70}},
		caches: []string{"admin.audit"},
	}
}

// auditQuery is what the address of the page asks for.
type auditQuery struct {
	User    int64  `query:"user"` // -1: the portal itself and visitors
	Kind    string `query:"kind"`
	Thing   int64  `query:"thing"`
	Action  string `query:"action"`
	Address string `query:"address"`
	Request string `query:"request"`
	From    string `query:"from"` // a calendar day of the viewer's
	To      string `query:"to"`
	After   string `query:"after"`  // a cursor: the lines older than it
	Before  string `query:"before"` // a cursor: the lines newer than it
	Size    int    `query:"size"`   // 25, 50 or 100
}

// auditDay is the beginning of a day in the zone; more days later. What is no day is no bound.
func auditDay(day string, zone *time.Location, more int) (time.Time, bool) {
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil || at.Year() < 1900 || at.Year() > 9000 {
		return time.Time{}, false
	}
	return at.AddDate(0, 0, more).UTC(), true
}

func (q *auditQuery) filter(zone *time.Location) audit.Filter {
	f := audit.Filter{User: q.User, Kind: q.Kind, Thing: q.Thing, Action: q.Action, Address: q.Address, Request: q.Request}
	var ok bool
	if f.From, ok = auditDay(q.From, zone, 0); !ok {
		q.From = ""
	}
	if f.Until, ok = auditDay(q.To, zone, 1); !ok {
		q.To = ""
	}
	return f
}

func (h auditHandlers) query(c *fiber.Ctx) (auditQuery, audit.Filter) {
	var q auditQuery
	web.Query(c, &q)
	if q.Size != 50 && q.Size != 100 {
		q.Size = 25
	}
	return q, q.filter(auth.From(c.UserContext()).Zone)
}

func (h auditHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	q, f := h.query(c)
	var page audit.Page
	var err error
	if before := audit.ParseCursor(q.Before); before.ID != 0 {
		page, err = h.Audit.Newer(ctx, f, before, q.Size)
	} else {
		page, err = h.Audit.Older(ctx, f, audit.ParseCursor(q.After), q.Size)
	}
	if err != nil {
		return err
	}
	v := auditView{q: q, page: page, zone: auth.From(ctx).Zone, may: auth.From(ctx).Can("admin.audit.verify.start")}
	if v.words, err = h.words.Get(ctx, "words", h.Audit.Words); err != nil {
		return err
	}
	if v.people, err = h.Users.People(ctx); err != nil {
		return err
	}
	if v.check, err = h.last(ctx); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Audit log", Body: auditPage(v)})
}

// auditCheck is the last verification, and whether one waits to begin.
type auditCheck struct {
	audit.Check
	waits bool
	now   time.Time
}

// busy reports whether one goes on, or is about to.
func (a auditCheck) busy() bool { return a.waits || a.Running(a.now) }

func (h auditHandlers) last(ctx context.Context) (auditCheck, error) {
	a := auditCheck{now: h.DB.Now()}
	var err error
	if a.Check, err = h.Audit.LastCheck(ctx); err != nil {
		return a, err
	}
	state, err := h.jobs.state(ctx, auditJob)
	a.waits = state.Holder != "" || state.due(a.now)
	return a, err
}

// auditJob is the job that verifies.
const auditJob = "audit.verify"

func (h auditHandlers) check(c *fiber.Ctx) error {
	a, err := h.last(c.UserContext())
	if err != nil {
		return err
	}
	if !web.IsFragment(c) {
		return c.Redirect(auditPath, fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: auditCheckCard(a, auth.From(c.UserContext()).Can("admin.audit.verify.start"))})
}

// verify has the job run at once. A big log takes a while; the page shows how far it is.
func (h auditHandlers) verify(c *fiber.Ctx) error {
	if err := h.jobs.runNow(c.UserContext(), auditJob, "asked to verify the audit log"); err != nil {
		return err
	}
	a, err := h.last(c.UserContext())
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Piece: auditCheckCard(a, true), Back: auditPath, Toast: "The audit log is being verified."})
}

// told keeps in the log that somebody took the log with them.
func (h auditHandlers) told(ctx context.Context, q auditQuery) error {
	return h.DB.Write(ctx, func(tx *data.Tx) error {
		tx.Changed(data.Change{
			Feature: "admin", Kind: "audit", ID: 1, What: "exported the audit log", Title: "Audit log", URL: auditPath,
			Fields: []data.Field{{Name: "filter", New: q.link(auditPath)}},
		})
		return nil
	})
}
