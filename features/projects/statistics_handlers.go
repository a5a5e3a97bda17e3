package projects

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/feature"
	"portal/app/sheet"
	"portal/app/web"
)

type statisticsHandlers struct {
	base
	statistics *statisticsStore
}

// statisticsRoutes are the routes of a project's figures.
func statisticsRoutes(b base) []feature.Route {
	h := statisticsHandlers{b, b.statistics}
	return []feature.Route{
		feature.Get("project.see.statistics", "/:id<int>/statistics", "A project's statistics", h.show),
		feature.Get("project.see.statistics.table", "/:id<int>/statistics.csv", "A table of a project's statistics", h.table),
	}
}

// openStatistics are the figures of the address.
func (h statisticsHandlers) openStatistics(c *fiber.Ctx) (statisticsView, error) {
	ctx := c.UserContext()
	head, err := h.head(c, "statistics")
	if err != nil {
		return statisticsView{}, err
	}
	v := statisticsView{headView: head, today: h.today(ctx)}
	web.Query(c, &v.f)
	v.f.tidy(v.today)
	v.figures, err = h.statistics.Figures(ctx, head.Project.ID, v.f, v.today)
	return v, err
}

func (h statisticsHandlers) show(c *fiber.Ctx) error {
	v, err := h.openStatistics(c)
	if err != nil {
		return err
	}
	web.Push(c, v.link())
	return web.Show(c, web.Page{Title: v.Project.Name + ": statistics", Body: statisticsPage(v)})
}

// table answers with one chart's figures as CSV.
func (h statisticsHandlers) table(c *fiber.Ctx) error {
	v, err := h.openStatistics(c)
	if err != nil {
		return err
	}
	rows := v.tableOf(v.f.Chart)
	if rows == nil {
		return fault.New(fault.NotFound, "There is no such table.")
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // Excel then knows that it is UTF-8
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range rows {
		for i := range row {
			if _, err := strconv.ParseFloat(row[i], 64); err != nil { // a figure is no formula
				row[i] = sheet.Cell(row[i])
			}
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+v.Project.TaskKey+"-"+known(v.f.Chart, "flow")+"-"+string(v.today)+`.csv"`)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(b.Bytes())
}
