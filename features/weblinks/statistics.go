package weblinks

import (
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/web"
	"portal/components"
)

// used is how many links there are under something, and how often they were opened.
type used struct {
	ID     int64
	Name   string
	Links  int
	Clicks int64
}

// statisticsView is the page of figures; all of them count the links that the viewer sees.
type statisticsView struct {
	all        used // of all links
	never      int  // opened
	broken     int
	most       []Link
	categories []used
	tags       []used
}

// statisticsMost is how many rows each list of figures has.
const statisticsMost = 20

// Statistics are the figures of the links that the viewer sees, in four queries.
func (s *linkStore) Statistics(ctx context.Context) (statisticsView, error) {
	var v statisticsView
	me := auth.From(ctx)
	q := linkFilter{}.apply(s.DB.Read.NewSelect().TableExpr("links AS l"), me)
	err := q.ColumnExpr("COUNT(*), COALESCE(SUM(l.clicks), 0), COALESCE(SUM(CASE WHEN l.clicks = 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN l.broken_at IS NOT NULL THEN 1 ELSE 0 END), 0)").
		Scan(ctx, &v.all.Links, &v.all.Clicks, &v.never, &v.broken)
	if err != nil {
		return v, fmt.Errorf("figures of links: %w", err)
	}
	q = linkFilter{}.apply(s.DB.Read.NewSelect().TableExpr("links AS l").Column("l.id", "l.name", "l.clicks"), me)
	if err := q.Where("l.clicks > 0").OrderExpr("l.clicks DESC, l.name_key, l.id").Limit(statisticsMost).Scan(ctx, &v.most); err != nil {
		return v, fmt.Errorf("most used links: %w", err)
	}
	const sums = "w.id, w.name, COUNT(*) AS links, SUM(l.clicks) AS clicks"
	q = linkFilter{}.apply(s.DB.Read.NewSelect().TableExpr("links AS l").ColumnExpr(sums).Join("JOIN link_categories AS w ON w.id = l.category_id"), me)
	if err := q.GroupExpr("w.id, w.name").OrderExpr("clicks DESC, links DESC, w.name").Limit(statisticsMost).Scan(ctx, &v.categories); err != nil {
		return v, fmt.Errorf("figures of categories: %w", err)
	}
	q = linkFilter{}.apply(s.DB.Read.NewSelect().TableExpr("links AS l").ColumnExpr(sums).Join("JOIN link_tag_links AS t ON t.link_id = l.id").Join("JOIN link_tags AS w ON w.id = t.tag_id"), me)
	if err := q.GroupExpr("w.id, w.name").OrderExpr("clicks DESC, links DESC, w.name").Limit(statisticsMost).Scan(ctx, &v.tags); err != nil {
		return v, fmt.Errorf("figures of tags: %w", err)
	}
	return v, nil
}

func (h linkHandlers) statistics(c *fiber.Ctx) error {
	v, err := h.links.Statistics(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Statistics of links", Body: statisticsPage(v)})
}

func (v statisticsView) stats() []components.Stat {
	return []components.Stat{
		{Label: "Links", Value: v.all.Links, URL: listPath + "?view=table", Icon: "link"},
		{Label: "Clicks", Value: int(v.all.Clicks), URL: listPath + "?view=table&sort=-clicks", Icon: "chart-bar"},
		{Label: shows["never"], Value: v.never, URL: listPath + "?show=never&view=table", Icon: "circle-dashed"},
		{Label: shows["broken"], Value: v.broken, URL: listPath + "?show=broken", Icon: "alert-triangle", Bad: true},
	}
}

// mostList are the links that are opened most.
func (v statisticsView) mostList() components.AmountList {
	l := components.AmountList{ID: "most", Title: "Most used links", Text: "How often each of the most used links was opened.", First: "Link", Heads: []string{"Clicks"}}
	for _, k := range v.most {
		l.Items = append(l.Items, components.Amount{Label: k.Name, URL: k.Path(), Parts: []components.AmountPart{{Value: float64(k.Clicks)}}})
	}
	return l
}

// usedList are the clicks and links of categories or tags.
func usedList(k wordKind, all []used) components.AmountList {
	l := components.AmountList{
		ID: k.many, Title: "By " + k.name, Text: "How often the links of each " + k.name + " were opened, and how many there are.", First: k.title, Heads: []string{"Clicks", "Links"},
	}
	for _, u := range all {
		l.Items = append(l.Items, components.Amount{Label: u.Name, URL: listPath + "?" + k.name + "=" + id(u.ID) + "&view=table", Parts: []components.AmountPart{{Value: float64(u.Clicks)}, {Value: float64(u.Links)}}})
	}
	return l
}

// bookmarklet is what a browser keeps as a bookmark, and what it then does on any page: it opens the form with that page's
// address and title.
func bookmarklet(base string) string {
	return "javascript:void(open('" + base + listPath + "/new?url='+encodeURIComponent(location.href)+'&title='+encodeURIComponent(document.title)))"
}
