package auth

import (
	"context"
	"fmt"
	"slices"

	"portal/app/data"
	"portal/app/legacy"
)

func (l Legacy) categories(ctx context.Context, tx *data.Tx) error {
	rows, err := l.Rows(ctx, "navigation_category")
	if err != nil {
		return err
	}
	var ours []categoryRow
	if err := tx.NewSelect().Model(&ours).Scan(ctx); err != nil {
		return fmt.Errorf("read menu categories: %w", err)
	}
	byKey := map[string]int64{}
	for _, c := range ours {
		byKey[data.Fold(c.Name)] = c.ID
	}
	line := l.Report.Table("navigation_category")
	for _, r := range rows {
		line.Read++
		key, name := legacy.Key(r.ID()), data.Cut(r.Line("name"), 64)
		id := byKey[data.Fold(name)]
		switch {
		case l.IDs.Seen("navigation_category", key):
			line.Known++
			continue
		case name == "":
			l.Report.Skip("navigation_category", key, "The category has no name.")
		case id != 0:
			l.Report.Merge("navigation_category", key, "There is a category %s already.", name)
		default:
			c := categoryRow{
				Name: name, Icon: legacy.Icon(r.Text("icon"), "folder"), Description: data.Cut(r.Text("description"), 300),
				Weight: 100, Version: 1, UpdatedAt: tx.Now,
			}
			if r.Has("weight") {
				c.Weight = r.Int("weight")
			}
			if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
				return fmt.Errorf("make category %s: %w", name, err)
			}
			line.Imported++
			id = c.ID
			byKey[data.Fold(name)] = id
		}
		l.IDs.Keep("navigation_category", key, id)
	}
	return nil
}

// oldPage is a mapping of the old portal.
type oldPage struct {
	legacy.Record
	key, route string
	node, why  string // of ours, or why there is none
	part       bool   // the node is the whole feature's
	named      bool   // roles were named: without any it was for all who are signed in
	roles      []int64
	came       bool // over, in this run
}

// oldPages are all mappings, pages that stand for a whole feature before its parts.
func (l Legacy) oldPages(ctx context.Context) ([]*oldPage, error) {
	rows, err := l.Rows(ctx, "page_route_mapping")
	if err != nil {
		return nil, err
	}
	pairs, err := l.Rows(ctx, "route_roles")
	if err != nil {
		return nil, err
	}
	byID := map[int64]*oldPage{}
	var all []*oldPage
	for _, r := range rows {
		p := &oldPage{Record: r, key: legacy.Key(r.ID()), route: r.Line("route")}
		p.node, p.part, p.why = pageOf(p.route, l.Routes)
		byID[r.ID()] = p
		all = append(all, p)
	}
	for _, r := range pairs {
		p := byID[r.Int("route_id")]
		if p == nil {
			continue
		}
		p.named = true
		if role := l.IDs.Of("role", r.Int("role_id")); role != 0 && !slices.Contains(p.roles, role) {
			p.roles = append(p.roles, role)
		}
	}
	slices.SortStableFunc(all, func(a, b *oldPage) int {
		switch {
		case a.part == b.part:
			return 0
		case a.part:
			return 1
		}
		return -1
	})
	return all, nil
}

func (l Legacy) mappings(ctx context.Context, tx *data.Tx) error {
	pages, err := l.oldPages(ctx)
	if err != nil {
		return err
	}
	var ours []mappingRow
	if err := tx.NewSelect().Model(&ours).Scan(ctx); err != nil {
		return fmt.Errorf("read mappings: %w", err)
	}
	byNode := map[string]mappingRow{}
	for _, m := range ours {
		byNode[m.Node] = m
	}
	line := l.Report.Table("page_route_mapping")
	for _, p := range pages {
		line.Read++
		row, have := byNode[p.node]
		switch {
		case l.IDs.Seen("page_route_mapping", p.key):
			line.Known++
			continue
		case p.why != "":
			l.Report.Skip("page_route_mapping", p.key, "%s has no place here: %s.", p.route, p.why)
		case have && (row.Changed || p.part):
			l.Report.Merge("page_route_mapping", p.key, "%s goes with the mapping of %s.", p.route, p.node)
		default:
			if row, err = l.mapping(ctx, tx, row, p); err != nil {
				return fmt.Errorf("mapping of %s: %w", p.route, err)
			}
			line.Imported++
			p.came = true
			byNode[p.node] = row
		}
		l.IDs.Keep("page_route_mapping", p.key, row.ID)
	}
	if err := l.pageRoles(ctx, pages); err != nil {
		return err
	}
	return l.compare(ctx, tx, pages)
}

// pageRoles counts the roles of the mappings; those that came over are written with them.
func (l Legacy) pageRoles(ctx context.Context, pages []*oldPage) error {
	rows, err := l.Rows(ctx, "route_roles")
	if err != nil {
		return err
	}
	byID := map[int64]*oldPage{}
	for _, p := range pages {
		byID[p.ID()] = p
	}
	line := l.Report.Table("route_roles")
	for _, r := range rows {
		line.Read++
		page, role := byID[r.Int("route_id")], l.IDs.Of("role", r.Int("role_id"))
		key := legacy.Key(r.Int("route_id"), r.Int("role_id"))
		switch {
		case l.IDs.Seen("route_roles", key):
			line.Known++
			continue
		case page == nil:
			l.Report.Skip("route_roles", key, "There is no such page.")
		case role == 0:
			l.Report.Skip("route_roles", key, "There is no such role.")
		case page.why != "":
			l.Report.Skip("route_roles", key, "Its page %s has no place here.", page.route)
		case !page.came:
			l.Report.Merge("route_roles", key, "Its page %s goes with the mapping of %s, whose roles count.", page.route, page.node)
		default:
			line.Imported++
		}
		l.IDs.Keep("route_roles", key, role)
	}
	return nil
}

// mapping writes what the old portal said about a page: in the menu, and whom it is for.
func (l Legacy) mapping(ctx context.Context, tx *data.Tx, row mappingRow, p *oldPage) (mappingRow, error) {
	row.Node, row.Title, row.Icon = p.node, data.Cut(p.Line("page_name"), 128), iconOf(p.Text("icon"), row.Icon, p.node)
	row.Weight, row.Shown = 100, p.YesUnless("show_in_navbar")
	if p.Has("weight") {
		row.Weight = p.Int("weight")
	}
	if c := l.IDs.Of("navigation_category", p.Int("category_id")); c != 0 {
		row.CategoryID = &c
	}
	roles := p.roles
	kept := inAdmin(p.node) && row.ID != 0 // whomever the old portal showed it to, only its place in the menu comes over
	switch {
	case kept:
	case p.named || inAdmin(p.node): // even if none of them came over: then it is for administrators
		row.Audience = string(ForRoles)
	default:
		row.Audience = string(ForSignedIn)
	}
	if inAdmin(p.node) {
		roles = nil
	}
	row.Changed, row.UpdatedAt = true, tx.Now
	row.Version++
	var err error
	if row.ID == 0 {
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
	} else {
		_, err = tx.NewUpdate().Model(&row).WherePK().Exec(ctx)
	}
	if err != nil || kept {
		return row, err
	}
	if _, err := tx.NewDelete().Table("route_mapping_roles").Where("mapping_id = ?", row.ID).Exec(ctx); err != nil {
		return row, err
	}
	var pairs []allowRow
	for _, role := range roles {
		pairs = append(pairs, allowRow{MappingID: row.ID, RoleID: role})
	}
	return row, legacy.Insert(ctx, tx, pairs)
}
