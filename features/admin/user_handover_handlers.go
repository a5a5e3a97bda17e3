package admin

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

// handOverView reads what the account of the address holds.
func (h userHandlers) handOverView(c *fiber.Ctx) (handOverView, error) {
	ctx := c.UserContext()
	v := handOverView{titles: auth.From(ctx).Admin()}
	id, err := web.ID(c, "id")
	if err != nil {
		return v, errNoUser()
	}
	if v.user, err = h.Users.ByID(ctx, id); err != nil {
		return v, err
	}
	people, err := h.Users.People(ctx)
	if err != nil {
		return v, err
	}
	v.people = people.List
	v.holders, err = feature.HeldBy(ctx, h.All(), id)
	return v, err
}

// holdings is the panel of the account's page that says what the person holds.
func (h userHandlers) holdings(c *fiber.Ctx) error {
	v, err := h.handOverView(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "What " + v.user.Name + " holds", Body: userHoldingsPage(v, auth.From(c.UserContext()))})
}

// handOverForm shows all that a person holds; with a successor in the address, what would happen.
func (h userHandlers) handOverForm(c *fiber.Ctx) error {
	v, err := h.handOverView(c)
	if err != nil {
		return err
	}
	to, _ := strconv.ParseInt(c.Query("to"), 10, 64) // 0: none is chosen yet
	for _, p := range v.people {
		if p.ID == to && to != v.user.ID && !p.Locked {
			v.to = p
		}
	}
	if to != 0 && v.to.ID == 0 {
		v.wrong = map[string]string{"to": "Choose somebody else who may sign in."}
	}
	return web.Show(c, web.Page{Title: "Hand over from " + v.user.Name, Body: userHandOverPage(v)})
}

// handOverInput is what the form of a hand-over sends.
type handOverInput struct {
	To     int64  `form:"to"`
	Lock   bool   `form:"lock"`
	Reason string `form:"reason"`
}

// handOver gives all that a person holds to another, and then locks the account if that was asked for.
func (h userHandlers) handOver(c *fiber.Ctx) error {
	ctx := c.UserContext()
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	if err := h.Users.MayChange(ctx, id); err != nil {
		return err
	}
	var f handOverInput
	if err = web.Bind(c, &f); err == nil {
		err = feature.Hand(ctx, feature.Hander{DB: h.DB, Users: h.Users, Features: h.All()}, id, f.To)
	}
	if fault.Is(err, fault.Invalid) {
		v, readErr := h.handOverView(c)
		if readErr != nil {
			return readErr
		}
		v.wrong, v.lock = fault.Of(err).Fields, f.Lock
		return web.Retry(c, err, web.Page{Title: "Hand over from " + v.user.Name, Body: userHandOverPage(v)})
	}
	if err != nil {
		return err
	}
	toast := "Everything is handed over."
	if f.Lock {
		if err := h.Users.Shut(ctx, id, f.Reason); err != nil {
			return h.again(c, err, "lock", func(p *userPage) { p.said = "Everything is handed over, but the account is still open. " + p.said })
		}
		toast = "Everything is handed over, and the account is locked."
	}
	return web.Done(c, web.Result{Back: userPath(id), Toast: toast})
}

// handOverView is the page of what a person holds.
type handOverView struct {
	user    auth.User
	holders []feature.Holder
	people  []auth.Person // who can take over
	to      auth.Person
	titles  bool // the viewer may know of everything that is held
	lock    bool
	wrong   map[string]string
}

// shownHeld is how many things of a sort the page names.
const shownHeld = 10

func (v handOverView) count() int {
	n := 0
	for _, h := range v.holders {
		n += len(h.Held)
	}
	return n
}

func (v handOverView) options() []components.Option {
	all := []components.Option{{Label: "Choose a successor"}}
	for _, p := range v.people {
		if p.ID != v.user.ID && !p.Locked {
			all = append(all, components.Option{Value: strconv.FormatInt(p.ID, 10), Label: p.Name + " (" + p.Username + ")"})
		}
	}
	return all
}

func userIDText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
