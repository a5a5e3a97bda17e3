package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/legacy"
)

// noRole stands for those who hold no role at all.
const noRole = "no role"

// compare tells the operator what each role may do more or less than before: the old portal named roles
// for its pages, but only to hide menu entries; it opened every page to all who were signed in.
func (l Legacy) compare(ctx context.Context, tx *data.Tx, pages []*oldPage) error {
	access, err := LoadAccess(ctx, tx)
	if err != nil {
		return err
	}
	people, err := rolesOfPeople(ctx, tx)
	if err != nil {
		return err
	}
	c := comparison{access, people, l.Routes}
	for _, p := range pages {
		l.Report.Access = append(l.Report.Access, c.page(p))
	}
	for _, name := range l.Pages {
		if !slices.ContainsFunc(pages, func(p *oldPage) bool { return p.node == name }) {
			l.Report.Access = append(l.Report.Access, c.unmapped(name))
		}
	}
	for _, name := range access.RoleNames() {
		if name == Admin {
			continue
		}
		var loses, gains []string
		role := access.RoleID(name)
		for _, p := range pages {
			if !p.came {
				continue
			}
			m, title := access.Deciding(p.node), p.Line("page_name")
			may := m != nil && (m.Audience != ForRoles || m.passes[role])
			named := !p.named || slices.Contains(p.roles, role)
			switch {
			case !may:
				loses = append(loses, title)
			case !named:
				gains = append(gains, title)
			}
		}
		if len(loses) > 0 {
			l.Report.Note("page_route_mapping", name, legacy.Access,
				"The role %s can no longer open %s: the old portal named other roles for these pages, but let everybody in.", name, strings.Join(loses, ", "))
		}
		if len(gains) > 0 {
			l.Report.Note("page_route_mapping", name, legacy.Access,
				"The role %s was not named for %s; it may open them because it includes a role that was.", name, strings.Join(gains, ", "))
		}
	}
	return nil
}

// comparison is what was and is compared by.
type comparison struct {
	access *Access
	people [][]int64 // the roles of each account
	routes []string
}

// page is who could open a page of the old portal, and who can now. Before, its roles only said who was shown
// the page in the menu: whoever was signed in could open each page, whether it had a mapping or not.
func (c comparison) page(p *oldPage) legacy.Page {
	page := legacy.Page{Title: p.Line("page_name"), Route: p.route, Node: p.node, Gone: p.why}
	page.Built = p.why == "" && slices.ContainsFunc(c.routes, func(r string) bool { return r == p.node || strings.HasPrefix(r, p.node+".") })
	c.compare(&page, true, func(roles []int64) bool {
		return !p.named || slices.ContainsFunc(roles, func(r int64) bool { return slices.Contains(p.roles, r) })
	})
	return page
}

// unmapped is a page of ours that no old mapping tells of. In a part that the old portal had, whoever was signed
// in could open what it had in its place; other parts are new.
func (c comparison) unmapped(name string) legacy.Page {
	page := legacy.Page{Title: name, Node: name, Built: true}
	c.compare(&page, hadInItsPlace(name), func([]int64) bool { return false })
	return page
}

// hadInItsPlace reports whether the old portal had something in the place of our page. Of its administration it had
// only some nouns: accounts, roles and the like, but no caches or jobs.
func hadInItsPlace(name string) bool {
	area, rest, _ := strings.Cut(name, ".")
	if area != "admin" {
		return slices.Contains(areas, area)
	}
	noun, _, _ := strings.Cut(rest, ".")
	for _, node := range pages {
		if Covers("admin."+noun, node) {
			return true
		}
	}
	return false
}

// compare fills in each role, those without one, and how many accounts gain and lose.
func (c comparison) compare(page *legacy.Page, before bool, shown func([]int64) bool) {
	may := func(roles []int64) bool {
		return page.Gone == "" && c.access.decide(&Viewer{ID: 1, roles: roles}, page.Node).by != byNothing
	}
	row := func(name string, roles ...int64) {
		a := legacy.RoleAccess{Role: name, Shown: shown(roles), Before: before, After: may(roles)}
		for _, held := range c.people {
			if len(roles) == 0 && len(held) == 0 || len(roles) > 0 && slices.Contains(held, roles[0]) {
				a.People++
			}
		}
		page.Roles = append(page.Roles, a)
	}
	for _, name := range c.access.RoleNames() {
		row(name, c.access.RoleID(name))
	}
	row(noRole)
	if page.Gone != "" {
		return // there is nothing to lose
	}
	for _, held := range c.people {
		switch after := may(held); {
		case before && !after:
			page.Lose++
		case !before && after:
			page.Gain++
		}
	}
}

// rolesOfPeople are the roles of each account that may sign in, one entry an account.
func rolesOfPeople(ctx context.Context, db bun.IDB) ([][]int64, error) {
	var rows []struct {
		ID     int64
		RoleID int64
	}
	err := db.NewSelect().TableExpr("users AS u").Join("LEFT JOIN user_roles AS r ON r.user_id = u.id").
		ColumnExpr("u.id, COALESCE(r.role_id, 0) AS role_id").Where("u.locked_at IS NULL").OrderExpr("u.id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read who holds which role: %w", err)
	}
	var all [][]int64
	last := int64(0)
	for _, r := range rows {
		if r.ID != last {
			all, last = append(all, nil), r.ID
		}
		if r.RoleID != 0 {
			all[len(all)-1] = append(all[len(all)-1], r.RoleID)
		}
	}
	return all, nil
}
