package projects

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/clock"
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
func (d *drawn) piece(ctx context.Context, family, address string, today clock.Day, draw func(context.Context) (templ.Component, error)) (templ.Component, error) {
	key := d.region.Family(family, fmt.Sprintf("%s/%s/%s/%d/%d", address, auth.From(ctx).Sight(), today,
		d.projects.users.PeopleSerial(), d.projects.words.held.Serial()))
	html, err := d.region.Get(ctx, key, func(ctx context.Context) ([]byte, error) {
		c, err := draw(ctx)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = c.Render(ctx, &b)
		return b.Bytes(), err
	})
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(html)
		return err
	}), err
}
