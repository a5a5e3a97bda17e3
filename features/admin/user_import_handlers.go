package admin

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// importView is the page of an import: the form, and below it what the file would do.
type importView struct {
	text  string // of the file
	plan  auth.ImportPlan
	roles []string
	wrong string // with the file as a whole
}

// shownImport is how many lines of a plan the page shows; wrong ones come first.
const shownImport = 500

// shown are the lines that the page shows: wrong ones, then what is made or changed, then the rest.
func (v importView) shown() []auth.ImportLine {
	var all []auth.ImportLine
	for _, does := range []string{auth.ImportWrong, auth.ImportMakes, auth.ImportChanges, auth.ImportKeeps} {
		for _, l := range v.plan.Lines {
			if l.Does == does && len(all) < shownImport {
				all = append(all, l)
			}
		}
	}
	return all
}

func (v importView) ready() bool {
	return v.plan.Sum != "" && v.plan.Count(auth.ImportWrong) == 0 && v.plan.Count(auth.ImportMakes)+v.plan.Count(auth.ImportChanges) > 0
}

func (h userHandlers) importForm(c *fiber.Ctx) error {
	return web.Show(c, web.Page{Title: "Import users", Body: userImportPage(importView{roles: h.Gate.Access().RoleNames()})})
}

// sentFile is the file that was chosen, or the lines that were pasted.
func sentFile(c *fiber.Ctx) ([]byte, error) {
	head, err := c.FormFile("file")
	if err != nil || head.Size == 0 { // no file is chosen, or the form has none
		return []byte(web.Value(c, "text")), nil
	}
	if head.Size > auth.ImportBytes {
		return nil, fault.Field("file", "The file is larger than one megabyte. Split it.")
	}
	f, err := head.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

// importCheck says what the file would do, and does nothing.
func (h userHandlers) importCheck(c *fiber.Ctx) error {
	raw, err := sentFile(c)
	v := importView{roles: h.Gate.Access().RoleNames()}
	if err == nil {
		v.plan, err = h.Users.PlanImport(c.UserContext(), raw)
	}
	return h.showImport(c, v, raw, err)
}

// showImport shows the plan, or what is wrong with the file.
func (h userHandlers) showImport(c *fiber.Ctx, v importView, raw []byte, err error) error {
	if err == nil {
		v.text = string(raw)
		return web.Show(c, web.Page{Title: "Import users", Body: userImportPage(v)})
	}
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	v.wrong = fault.Of(err).Public
	return web.Retry(c, err, web.Page{Title: "Import users", Body: userImportPage(v)})
}

// importDo does what the check said. When anything changed since, it shows what would happen now.
func (h userHandlers) importDo(c *fiber.Ctx) error {
	ctx := c.UserContext()
	raw := []byte(web.Value(c, "text"))
	plan, err := h.Users.Import(ctx, raw, web.Value(c, "sum"))
	if err != nil {
		v := importView{roles: h.Gate.Access().RoleNames()}
		if now, planErr := h.Users.PlanImport(ctx, raw); planErr == nil {
			v.plan, v.text = now, string(raw)
		}
		return h.showImport(c, v, raw, err)
	}
	return web.Done(c, web.Result{Back: usersPath, Toast: importSaid(plan)})
}

// importTones are the colours of what happens to a line.
var importTones = map[string]string{auth.ImportMakes: "green", auth.ImportChanges: "blue", auth.ImportKeeps: "slate", auth.ImportWrong: "red"}

// wrongColumns are the columns of a line that can't be used, sorted.
func wrongColumns(l auth.ImportLine) []string { return slices.Sorted(maps.Keys(l.Wrong)) }

// importSaid is what an import did, in a sentence.
func importSaid(p auth.ImportPlan) string {
	return fmt.Sprintf("%s made, %d changed, %d unchanged.", components.Plural(p.Count(auth.ImportMakes), "user"),
		p.Count(auth.ImportChanges), p.Count(auth.ImportKeeps))
}
