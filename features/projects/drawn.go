package projects

import (
	"context"
	"fmt"

	"github.com/a-h/templ"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/clock"
	"portal/app/web"
)

// drawn holds the large pieces of pages that are looked at again and again, as they were drawn for one person:
// to draw a board takes five times as long as all the rest of its page. It keeps no form's token, and lives
// as short as figures do, since it says how long ago things were.
type drawn struct {
	region   cache.Region[[]byte]
	projects *projectStore
}

func newDrawn(p *projectStore, c *cache.Cache) *drawn {
	return &drawn{cache.Statistics[[]byte](c, "projects.drawn"), p}
}

// piece is the piece of that name and address, as the viewer sees it: held, or drawn by what draw returns.
// It is drawn anew after a write that names the family, and when the viewer's sight, the day, people or words are others.
// draw must read itself all that it shows: what was read before may be older than what the piece is kept as.
func (d *drawn) piece(ctx context.Context, family, address string, today clock.Day, draw func(context.Context) (templ.Component, error)) (templ.Component, error) {
	key := d.region.Family(family, fmt.Sprintf("%s/%s/%s/%d/%d", address, auth.From(ctx).Sight(), today,
		d.projects.users.PeopleSerial(), d.projects.words.held.Serial()))
	kept, err := d.region.Get(ctx, key, func(ctx context.Context) ([]byte, error) {
		c, err := draw(ctx)
		if err != nil {
			return nil, err
		}
		made, err := web.Draw(ctx, c)
		return made.Bytes(), err
	})
	return web.DrawnFrom(kept), err
}
