package admin

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

// jobHandlers are the pages of background jobs.
type jobHandlers struct {
	feature.Kit
	jobs jobStore
}

const jobsPath = "/admin/jobs"

func jobPath(name string) string { return jobsPath + "/" + name }

// jobID is the id of the job's row on the page.
func jobID(name string) string { return "job-" + strings.ReplaceAll(name, ".", "-") }

func jobs(k feature.Kit) part {
	h := jobHandlers{k, jobStore{k}}
	return part{
		routes: []feature.Route{
			feature.Get("job.see.list", "/jobs", "Background jobs", h.list),
			feature.Get("job.see.one", "/jobs/:name", "A background job and its runs", h.one),
			feature.Get("job.see.row", "/jobs/:name/row", "A background job's line", h.row),
			feature.Post("job.edit.run", "/jobs/:name/run", "Run a background job now", h.run),
		},
		nav: []feature.NavItem{{Title: "Jobs", Icon: "clock", Route: "job.see.list", Category: menu, Weight: 90}},
	}
}

// jobView is a job as the pages show it.
type jobView struct {
	jobState
	now time.Time
	may bool // be run by the viewer
}

// busy reports whether the row should ask again.
func (v jobView) busy() bool { return v.Holder != "" || v.due(v.now) }

// where is the process that runs it.
func (v jobView) where(node string) string {
	if v.Holder == node {
		return "this process"
	}
	return "process " + v.Holder
}

func (h jobHandlers) view(c *fiber.Ctx, s jobState) jobView {
	return jobView{s, h.DB.Now(), auth.From(c.UserContext()).Can("admin.job.edit.run")}
}

func (h jobHandlers) list(c *fiber.Ctx) error {
	all, err := h.jobs.all(c.UserContext())
	if err != nil {
		return err
	}
	views := make([]jobView, len(all))
	for i, s := range all {
		views[i] = h.view(c, s)
	}
	return web.Show(c, web.Page{Title: "Jobs", Body: jobsPage(views, h.Node)})
}

func (h jobHandlers) one(c *fiber.Ctx) error {
	s, err := h.jobs.state(c.UserContext(), c.Params("name"))
	if err != nil {
		return err
	}
	runs, err := h.jobs.runs(c.UserContext(), s.Name)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: s.Title, Body: jobPage(h.view(c, s), runs, h.Node)})
}

func (h jobHandlers) row(c *fiber.Ctx) error {
	s, err := h.jobs.state(c.UserContext(), c.Params("name"))
	if err != nil {
		return err
	}
	if !web.IsFragment(c) {
		return c.Redirect(jobPath(s.Name), fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: jobRow(h.view(c, s), h.Node)})
}

func (h jobHandlers) run(c *fiber.Ctx) error {
	name := c.Params("name")
	if err := h.jobs.runNow(c.UserContext(), name, "asked to run the job now"); err != nil {
		return err
	}
	s, err := h.jobs.state(c.UserContext(), name)
	if err != nil {
		return err
	}
	r := web.Result{Back: jobsPath, Toast: "“" + s.Title + "” runs in a moment."}
	if c.Get("HX-Target") == jobID(name) {
		r.Piece = jobRow(h.view(c, s), h.Node)
	}
	return web.Done(c, r)
}

// jobEvery is how often a job runs, in words.
func jobEvery(d time.Duration) string {
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		switch {
		case d == unit.of:
			return "every " + unit.name
		case d > unit.of && d%unit.of == 0:
			return "every " + components.Plural(int(d/unit.of), unit.name)
		}
	}
	return "every " + d.String()
}

// jobTook is how long a run took, in words.
func jobTook(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "under 1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
