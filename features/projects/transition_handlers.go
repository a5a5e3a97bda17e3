package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// stepsView is the matrix of the steps between statuses.
type stepsView struct {
	words  *words
	access *auth.Access
	me     *auth.Viewer
}

func (v stepsView) may() bool { return v.me.Can(editWords) }

// who says who may take the step, and its tone: the fewer, the warmer.
func (v stepsView) who(way step) (said, tone string) {
	roles := v.words.steps[way]
	said = stepWho(v.access, roles)
	switch {
	case len(roles) == 0:
		return said, "green"
	case said == "Nobody":
		return said, "red"
	}
	return said, "amber"
}

func stepPath(way step) string { return wordsPath + "/steps/" + id(way.from) + "/" + id(way.to) }

// stepView is the form of a step.
type stepView struct {
	way      step
	from, to Status
	f        stepForm
	roles    []components.Option
	wrong    map[string]string
	said     string // what is wrong as a whole
}

func (h wordHandlers) steps(c *fiber.Ctx) error {
	w, err := h.projects.words.All(c.UserContext())
	if err != nil {
		return err
	}
	v := stepsView{w, h.projects.users.Gate().Access(), auth.From(c.UserContext())}
	return web.Show(c, web.Page{Title: "Steps between statuses", Body: stepsPage(v)})
}

// step is the step of the address, as it is now.
// Errors: fault.NotFound.
func (h wordHandlers) step(c *fiber.Ctx) (stepView, error) {
	w, err := h.projects.words.All(c.UserContext())
	if err != nil {
		return stepView{}, err
	}
	from, _ := web.ID(c, "from")
	to, _ := web.ID(c, "to")
	v := stepView{way: step{from, to}, from: w.Status(from), to: w.Status(to), roles: h.roles()}
	if v.from.ID == 0 || v.to.ID == 0 || from == to {
		return v, errNoWord()
	}
	roles := w.steps[v.way]
	v.f = stepForm{Who: "roles", Roles: roles, Was: stepValue(roles)}
	switch {
	case len(roles) == 0:
		v.f.Who = "everyone"
	case len(roles) == 1 && roles[0] == nobodysStep:
		v.f.Who, v.f.Roles = "nobody", nil
	}
	return v, nil
}

func (h wordHandlers) stepForm(c *fiber.Ctx) error {
	v, err := h.step(c)
	if err != nil {
		return err
	}
	return v.form().Show(c, nil)
}

func (v stepView) title() string { return "From " + v.from.Name + " to " + v.to.Name }

func (v stepView) form() web.ShortForm {
	return web.ShortForm{Title: v.title(), Back: components.Link{Label: "Steps between statuses", URL: wordsPath + "/steps"}, Fields: stepFields(v)}
}

func (h wordHandlers) saveStep(c *fiber.Ctx) error {
	v, err := h.step(c)
	if err != nil {
		return err
	}
	var f stepForm
	if err = web.Bind(c, &f); err == nil {
		err = h.projects.words.SetStep(c.UserContext(), v.way, f, h.projects.users.Gate().Access())
	}
	switch {
	case fault.Is(err, fault.Conflict): // the form comes back with what is so now
		v.said = fault.Of(err).Public
	case fault.Is(err, fault.Invalid):
		f.Was, v.f, v.wrong = given(f.Was, v.f.Was), f, fault.Of(err).Fields
	case err != nil:
		return err
	default:
		return web.Done(c, web.Result{Back: wordsPath + "/steps", Toast: "Who takes tasks from " + v.from.Name + " to " + v.to.Name + " is set."})
	}
	return v.form().Show(c, err)
}
