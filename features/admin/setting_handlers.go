package admin

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/setting"
	"portal/app/web"
)

// settingHandlers are the page of settings.
type settingHandlers struct{ feature.Kit }

const settingsPath = "/admin/settings"

func settings(k feature.Kit) part {
	h := settingHandlers{k}
	return part{
		routes: []feature.Route{
			feature.Get("setting.see.list", "/settings", "Settings", h.list),
			feature.Get("setting.see.environment", "/settings/environment", "Settings of the environment", h.environment),
			feature.Post("setting.edit.one", "/settings/:name", "Change a setting", h.save).Confirmed(),
		},
		nav: []feature.NavItem{{Title: "Settings", Icon: "settings", Route: "setting.see.list", Category: menu, Weight: 110}},
	}
}

// settingView is one setting as the page shows it.
type settingView struct {
	*setting.Setting
	value string // in force
	typed string // in the field
	set   bool   // by somebody; else it is the default
	may   bool   // be changed by the viewer
	saved bool   // just now
	wrong string
}

// id is of the setting's element and field.
func (v settingView) id() string { return "setting-" + strings.ReplaceAll(v.Name, ".", "-") }

func (v settingView) path() string { return settingsPath + "/" + v.Name }

func (h settingHandlers) view(c *fiber.Ctx, s *setting.Setting) settingView {
	v := settingView{Setting: s, may: auth.From(c.UserContext()).Can("admin.setting.edit.one")}
	v.value, v.set = h.Settings.Value(s)
	v.typed = v.value
	return v
}

func (h settingHandlers) views(c *fiber.Ctx) []settingView {
	all := make([]settingView, len(setting.All()))
	for i, s := range setting.All() {
		all[i] = h.view(c, s)
	}
	return all
}

func (h settingHandlers) list(c *fiber.Ctx) error {
	return web.Show(c, web.Page{Title: "Settings", Body: settingsPage(h.views(c))})
}

// save changes a setting, or sets it back to its default.
func (h settingHandlers) save(c *fiber.Ctx) error {
	s := setting.Named(c.Params("name"))
	if s == nil {
		return fault.New(fault.NotFound, "There is no such setting.")
	}
	var f struct {
		Value string `form:"value"`
		Was   string `form:"was"`
		Reset bool   `form:"reset"`
	}
	err := web.Bind(c, &f)
	if f.Reset {
		f.Value = s.Default
	}
	if err == nil {
		err = h.Settings.Set(c.UserContext(), s, f.Was, f.Value)
	}
	v := h.view(c, s)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		v.wrong = fault.Of(err).Public
		if fault.Is(err, fault.Invalid) {
			v.typed = f.Value
		}
		return web.Retry(c, err, web.Page{Title: "Settings", Body: settingsPage(settingAmong(h.views(c), v))})
	}
	if err != nil {
		return err
	}
	v.saved = true
	return web.Done(c, web.Result{Piece: settingCard(v), Back: settingsPath, Toast: "“" + s.Title + "” is in force from the next page on."})
}

// settingAmong are all settings, this one as it is given.
func settingAmong(all []settingView, one settingView) []settingView {
	i := slices.IndexFunc(all, func(v settingView) bool { return v.Name == one.Name })
	if i >= 0 {
		all[i] = one
	}
	return all
}
