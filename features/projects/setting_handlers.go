package projects

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

// settingHandlers are those of a project's settings.
type settingHandlers struct{ base }

// settingRoutes are the routes of a project's settings.
func settingRoutes(b base) []feature.Route {
	h := settingHandlers{b}
	return []feature.Route{
		feature.Get("project.edit.settings.form", "/:id<int>/settings", "A project's settings", h.form),
		feature.Post("project.edit.settings.save", "/:id<int>/settings", "Change a project's settings", h.save),
		feature.Post("project.edit.template", "/:id<int>/template", "Make a project a template, or a template a project", h.template),
	}
}

// settingNames are the fields of each of the page's forms.
var settingNames = map[string][]string{
	"notify": {"notify_created", "notify_done", "notify_comment"}, "waits": {"waits_rule"}, "private": {"private"}, "key": {"task_key"},
}

// settingForm is one of the page's forms.
type settingForm struct {
	Section       string `form:"section" validate:"oneof=notify waits private key"`
	NotifyCreated bool   `form:"notify_created"`
	NotifyDone    bool   `form:"notify_done"`
	NotifyComment bool   `form:"notify_comment"`
	WaitsRule     string `form:"waits_rule" validate:"omitempty,oneof=refuse warn"`
	Private       bool   `form:"private"`
	TaskKey       string `form:"task_key" validate:"omitempty,max=10,alphanum,uppercase"`
	Version       int64  `form:"version"`
}

func (f settingForm) project() projectForm {
	return projectForm{
		NotifyCreated: f.NotifyCreated, NotifyDone: f.NotifyDone, NotifyComment: f.NotifyComment, WaitsRule: f.WaitsRule, Private: f.Private,
		TaskKey: f.TaskKey, Version: f.Version,
	}
}

// settingView is the settings tab.
type settingView struct {
	headView
	f     settingForm // what was typed, when it comes back
	wrong map[string]string
}

func settingsPath(project int64) string { return projectPath(project) + "/settings" }

// labels is the list of labels that stands on the page.
func (s settingView) labels() labelView { return labelView{headView: s.headView} }

// key is the task key as it is, or as it was typed.
func (s settingView) key() string {
	if s.f.Section == "key" {
		return s.f.TaskKey
	}
	return s.Project.TaskKey
}

// open is the settings page, for who may change the project.
// Errors: fault.NotFound; fault.Forbidden.
func (h settingHandlers) open(c *fiber.Ctx) (settingView, error) {
	head, err := h.head(c, "settings")
	if err == nil && !head.mayEdit(head.me) {
		err = errNotLead()
	}
	return settingView{headView: head}, err
}

func (h settingHandlers) form(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: v.Project.Name + ": settings", Body: settingsPage(v)})
}

func (h settingHandlers) save(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	project := v.Project.ID
	if err = web.Bind(c, &v.f); err == nil {
		_, err = h.projects.Update(c.UserContext(), project, v.f.project(), settingNames[v.f.Section])
	}
	if clash, ok := data.ClashOf(err); ok {
		view := web.ClashOfForm(c, clash, settingsPath(project), settingsPath(project))
		return web.AskClash(c, err, view)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Of(err).Fields
		return web.Retry(c, err, web.Page{Title: v.Project.Name + ": settings", Body: settingsPage(v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: settingsPath(project), Toast: "The settings are saved."})
}

// template makes the project a template, or a template a project again.
func (h settingHandlers) template(c *fiber.Ctx) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoProject()
	}
	on := web.Value(c, "on") == "1"
	p, err := h.projects.SetTemplate(c.UserContext(), n, on)
	if err != nil {
		return err
	}
	toast := "“" + p.Name + "” is a project again."
	if on {
		toast = "“" + p.Name + "” is a template now. It is in no list but that of the templates."
	}
	return web.Done(c, web.Result{Back: settingsPath(n), Toast: toast})
}

// SetTemplate makes the project a template, which is in no list but that of the templates, or a project again.
// Errors: fault.NotFound; fault.Forbidden.
func (s *projectStore) SetTemplate(ctx context.Context, id int64, on bool) (Project, error) { //nolint:revive // a switch has two ways
	return s.mark(ctx, id, false, func(_ *data.Tx, p *Project) string {
		if p.Template == on {
			return ""
		}
		p.Template = on
		if on {
			return "made the project a template"
		}
		return "made the template a project"
	})
}
