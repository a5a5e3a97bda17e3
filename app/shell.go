package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/setting"
	"portal/app/web"
	"portal/assets"
	"portal/components"
)

// makeFrame makes what stands around every page.
func (p *Portal) makeFrame() *web.Frame {
	secret := sha256.Sum256([]byte("flash|" + p.Config.SecretKey))
	return &web.Frame{Shell: p.shell, Bare: p.bare, Around: p.around, Help: func() string { return setting.Contact.Of(p.Settings) }, Secret: secret[:], Secure: p.Config.HTTPS()}
}

// around is the shell as it was drawn for this viewer before: it is the same on most of their pages.
func (p *Portal) around(c *fiber.Ctx) (web.Drawn, error) {
	ctx := c.UserContext()
	v := auth.From(ctx)
	s := p.shell(c)
	active := ""
	for _, g := range s.Nav {
		for _, item := range g.Items {
			if item.Active {
				active = item.URL
			}
		}
	}
	key := fmt.Sprintf("%s/%s/%s/%d/%s/%s/%d/%s/%d/%t", v.Sight(), v.Theme, active, v.Avatar, v.Name, v.Username, s.Viewing.Minutes, s.Brand, s.Inbox.Unread, s.Inbox.Active)
	kept, err := p.layouts.Get(ctx, key, func(ctx context.Context) ([]byte, error) {
		d, err := web.DrawFrame(ctx, s)
		return d.Bytes(), err
	})
	return web.DrawnFrom(kept), err
}

// bare is what a page without menus shows; it runs no query, since the page may have to say that none is answered.
func (p *Portal) bare(c *fiber.Ctx) components.Shell {
	v := auth.From(c.UserContext())
	s := components.Shell{Brand: setting.Name.Of(p.Settings), Theme: v.Theme, Path: c.Path()}
	if v.Viewing() {
		left := v.ViewUntil().Sub(p.DB.Now()) + time.Minute - time.Second // the minute that has begun counts
		s.Viewing = components.Viewing{Who: v.Whom(), Minutes: int(left.Minutes())}
	}
	return s
}

// shell is the menus and the person of this request. It runs no query while the count of the inbox is held.
func (p *Portal) shell(c *fiber.Ctx) components.Shell {
	v := auth.From(c.UserContext())
	s := p.bare(c)
	if !v.Known() {
		return s
	}
	s.Nav = p.menu(v, c.Path())
	s.Person = components.Person{ID: v.ID, Name: v.Name, Username: v.Username, AvatarURL: auth.AvatarURL(v.ID, v.Avatar)}
	s.Inbox = p.bell(c.UserContext(), v, c.Path())
	s.ViewAs = v.Admin() && v.Can("home.viewas.see")
	return s
}

// menu holds what the viewer may open and the mappings show, in the mappings' order.
func (p *Portal) menu(v *auth.Viewer, path string) []components.NavGroup {
	a := p.Gate.Access()
	groups := map[int64]*components.NavGroup{}
	weights := map[string]int64{}
	for _, f := range p.features {
		for _, n := range f.Nav {
			name := f.Name + "." + n.Route
			m := a.Mappings[name]
			if m == nil || !m.Shown || !v.Can(name) {
				continue
			}
			g := groups[m.Category]
			if g == nil {
				g = &components.NavGroup{Label: a.Categories[m.Category].Name, Icon: a.Categories[m.Category].Icon}
				groups[m.Category] = g
			}
			item := navItem(f, n, m, path)
			weights[item.URL] = m.Weight
			g.Items = append(g.Items, item)
		}
	}
	var ids []int64
	for id := range groups {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y int64) int {
		if x == 0 || y == 0 { // what has no category comes first
			return int(x - y)
		}
		return int(a.Categories[x].Weight - a.Categories[y].Weight)
	})
	var all []components.NavGroup
	for _, id := range ids {
		slices.SortStableFunc(groups[id].Items, func(x, y components.NavItem) int { return int(weights[x.URL] - weights[y.URL]) })
		all = append(all, *groups[id])
	}
	return nearest(all, path)
}

// nearest leaves one entry active, the one whose address is the longest: /admin/users is below /admin too. The page that
// others of the menu lie below is where it stands itself, and nothing further.
func nearest(groups []components.NavGroup, path string) []components.NavGroup {
	longest := 0
	for _, g := range groups {
		for _, item := range g.Items {
			if item.Active {
				longest = max(longest, len(item.URL))
			}
		}
	}
	for _, g := range groups {
		for i := range g.Items {
			item := &g.Items[i]
			item.Active = item.Active && len(item.URL) == longest && (path == item.URL || !leads(groups, item.URL))
		}
	}
	return groups
}

// leads reports whether other entries of the menu lie below the address.
func leads(groups []components.NavGroup, url string) bool {
	for _, g := range groups {
		for _, item := range g.Items {
			if strings.HasPrefix(item.URL, url+"/") {
				return true
			}
		}
	}
	return false
}

func navItem(f feature.Feature, n feature.NavItem, m *auth.Mapping, path string) components.NavItem {
	item := components.NavItem{Title: n.Title, Icon: n.Icon, Key: n.Key}
	for _, r := range f.Routes {
		if r.Name == n.Route {
			item.URL = prefix(f.Name) + r.Path
		}
	}
	if item.URL == "" {
		item.URL = "/"
	}
	if m.Title != "" {
		item.Title = m.Title
	}
	if m.Icon != "" {
		item.Icon = m.Icon
	}
	item.Active = path == item.URL || item.URL != "/" && strings.HasPrefix(path, item.URL+"/")
	return item
}

// asset answers with a file of the binary.
func (p *Portal) asset(c *fiber.Ctx) error {
	f, ok := assets.File(c.Path())
	if !ok {
		return fault.New(fault.NotFound, "There is no such file.")
	}
	c.Set(fiber.HeaderCacheControl, f.CacheControl)
	c.Set(fiber.HeaderETag, f.ETag)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if c.Get(fiber.HeaderIfNoneMatch) == f.ETag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, f.Type)
	switch {
	case f.Brotli != nil && web.Takes(c, "br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(f.Brotli)
	case f.Gzip != nil && web.Takes(c, "gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.Gzip)
	}
	return c.Send(f.Body)
}

// Listen opens the address of the settings.
// Errors: one sentence that names the setting.
func (p *Portal) Listen() (net.Listener, error) {
	l, err := net.Listen("tcp", p.Config.Addr)
	if err != nil {
		return nil, fmt.Errorf("PORTAL_ADDR: %s can't be listened on (%s); stop what uses it or choose another", p.Config.Addr, lastWord(err))
	}
	return l, nil
}

func lastWord(err error) string {
	s := err.Error()
	return strings.TrimSpace(s[strings.LastIndex(s, ":")+1:])
}
