package admin

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

// cacheHandlers are the page of caches.
type cacheHandlers struct{ feature.Kit }

const cachesPath = "/admin/caches"

func caches(k feature.Kit) part {
	h := cacheHandlers{k}
	return part{
		routes: []feature.Route{
			feature.Get("cache.see.list", "/caches", "Caches", h.list),
			feature.Post("cache.edit.clear", "/caches/clear", "Clear caches", h.clear),
			feature.Post("cache.edit.warm", "/caches/warm", "Fill the caches", h.warm),
		},
		nav: []feature.NavItem{{Title: "Caches", Icon: "database", Route: "cache.see.list", Category: menu, Weight: 80}},
	}
}

// cacheView is what the page of caches shows.
type cacheView struct {
	rows             []cache.Stats
	mayClear, mayFil bool
	megabytes        int // that all regions may take together
}

// sum is the line of all regions together.
func (v cacheView) sum() cache.Stats {
	s := cache.Stats{Region: "All regions"}
	for _, r := range v.rows {
		s.Hits += r.Hits
		s.Misses += r.Misses
		s.Entries += r.Entries
		s.Size += r.Size
	}
	return s
}

func (h cacheHandlers) list(c *fiber.Ctx) error {
	me := auth.From(c.UserContext())
	return web.Show(c, web.Page{Title: "Caches", Body: cachesPage(cacheView{
		h.Cache.Stats(), me.Can("admin.cache.edit.clear"), me.Can("admin.cache.edit.warm"), h.Config.CacheMB,
	})})
}

// clear empties a region, or all, in every process.
func (h cacheHandlers) clear(c *fiber.Ctx) error {
	region := web.Value(c, "region")
	if region != "" && !h.Cache.Has(region) {
		return fault.New(fault.NotFound, "There is no such cache.")
	}
	title := region
	if region == "" {
		title = "All caches"
	}
	if err := h.told(c.UserContext(), "emptied the cache", title, feature.ClearPrefix+region); err != nil {
		return err
	}
	said := "The cache " + region + " is empty in every process."
	if region == "" {
		said = "All caches are empty, in every process."
	}
	return web.Done(c, web.Result{Back: cachesPath, Toast: said})
}

func (h cacheHandlers) warm(c *fiber.Ctx) error {
	if err := h.Warm(c.UserContext()); err != nil {
		return err
	}
	if err := h.told(c.UserContext(), "filled the caches", "All caches"); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: cachesPath, Toast: "The caches of this process are filled."})
}

func (h cacheHandlers) told(ctx context.Context, what, title string, stale ...string) error {
	return h.DB.Write(ctx, func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "admin", Kind: "cache", What: what, Title: title, URL: cachesPath, Stale: stale})
		return nil
	})
}
