package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// mappingRow is a row of route_mappings.
type mappingRow struct {
	bun.BaseModel `bun:"table:route_mappings"`
	ID            int64 `bun:",pk,autoincrement"`
	Node          string
	Audience      string
	Title         string
	Icon          string
	CategoryID    *int64
	Weight        int64
	Shown         bool
	Changed       bool
	Version       int64
	UpdatedAt     time.Time
}

// Default is the mapping a node has on a new install.
type Default struct {
	Node     string
	Audience Audience
	Roles    []string
	Title    string
	Icon     string
	Category string // name of a menu category, empty for none
	Weight   int64
	Shown    bool
}

// world is all that access is made of, as the database has it.
type world struct {
	roles      []Role
	mappings   map[string]state // by node
	categories []Category
}

// state is a mapping with its roles.
type state struct {
	mappingRow
	roles []int64
}

// LoadAccess reads roles, mappings and menu categories.
func LoadAccess(ctx context.Context, db bun.IDB) (*Access, error) {
	w, err := loadWorld(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
	if err != nil {
		return nil, err
	}
	return w.access(), nil
}

// loadWorld reads it all; lock is applied to the mappings, which are read first.
func loadWorld(ctx context.Context, db bun.IDB, lock func(*bun.SelectQuery) *bun.SelectQuery) (world, error) {
	w := world{mappings: map[string]state{}}
	if err := w.loadMappings(ctx, db, lock); err != nil {
		return w, err
	}
	if err := db.NewSelect().Table("roles").Column("id", "name", "second_factor").Scan(ctx, &w.roles); err != nil {
		return w, fmt.Errorf("load roles: %w", err)
	}
	var includes []struct{ RoleID, IncludedID int64 }
	if err := db.NewSelect().Table("role_includes").Column("role_id", "included_id").Scan(ctx, &includes); err != nil {
		return w, fmt.Errorf("load role hierarchy: %w", err)
	}
	for i := range w.roles {
		for _, in := range includes {
			if in.RoleID == w.roles[i].ID {
				w.roles[i].Includes = append(w.roles[i].Includes, in.IncludedID)
			}
		}
	}
	if err := db.NewSelect().Table("menu_categories").Column("id", "name", "icon", "weight").Scan(ctx, &w.categories); err != nil {
		return w, fmt.Errorf("load menu categories: %w", err)
	}
	return w, nil
}

func (w *world) loadMappings(ctx context.Context, db bun.IDB, lock func(*bun.SelectQuery) *bun.SelectQuery) error {
	var rows []mappingRow
	if err := lock(db.NewSelect().Model(&rows)).Scan(ctx); err != nil {
		return fmt.Errorf("load mappings: %w", err)
	}
	var pairs []struct{ MappingID, RoleID int64 }
	if err := db.NewSelect().Table("route_mapping_roles").Column("mapping_id", "role_id").OrderExpr("role_id").Scan(ctx, &pairs); err != nil {
		return fmt.Errorf("load roles of mappings: %w", err)
	}
	roles := map[int64][]int64{}
	for _, p := range pairs {
		roles[p.MappingID] = append(roles[p.MappingID], p.RoleID)
	}
	for _, r := range rows {
		w.mappings[r.Node] = state{r, roles[r.ID]}
	}
	return nil
}

// access is what this decides.
func (w world) access() *Access {
	all := make([]Mapping, 0, len(w.mappings))
	for _, s := range w.mappings {
		all = append(all, s.mapping())
	}
	return NewAccess(w.roles, all, w.categories)
}

func (s state) mapping() Mapping {
	m := Mapping{
		ID: s.ID, Node: s.Node, Audience: Audience(s.Audience), Roles: s.roles, Title: s.Title, Icon: s.Icon,
		Weight: s.Weight, Shown: s.Shown, Changed: s.Changed, Version: s.Version, Since: s.UpdatedAt,
	}
	if s.CategoryID != nil {
		m.Category = *s.CategoryID
	}
	return m
}

// builtIn are the roles every portal has.
var builtIn = []struct{ name, notes, icon, includes string }{
	{Admin, "May do everything", "shield", ""},
	{"manager", "Leads projects and people", "briefcase", "user"},
	{"user", "Works in the portal", "user", ""},
	{"auditor", "Reads what users read, and the audit log; writes nothing", "eye", ""},
}

// Seed makes the built-in roles and gives every node that has no mapping yet its default one.
// It returns the nodes that were new.
func Seed(ctx context.Context, tx *data.Tx, defaults []Default) ([]string, error) {
	if err := seedRoles(ctx, tx); err != nil {
		return nil, err
	}
	before, err := LoadAccess(ctx, tx)
	if err != nil {
		return nil, err
	}
	var fresh []string
	for _, d := range defaults {
		if before.Mappings[d.Node] != nil {
			continue
		}
		if m := before.Deciding(d.Node); m != nil && m.Changed { // what a person has set is not opened by an update
			d.Audience, d.Roles = ForInherit, nil
		}
		if err := seedMapping(ctx, tx, d); err != nil {
			return nil, fmt.Errorf("default mapping of %s: %w", d.Node, err)
		}
		fresh = append(fresh, d.Node)
	}
	return fresh, nil
}

func seedRoles(ctx context.Context, tx *data.Tx) error {
	ids, err := roleIDs(ctx, tx)
	if err != nil || ids[Admin] != 0 {
		return err
	}
	for _, r := range builtIn {
		if ids[r.name], err = makeRole(ctx, tx, r.name, r.notes, r.icon); err != nil {
			return fmt.Errorf("make role %s: %w", r.name, err)
		}
	}
	for _, r := range builtIn {
		if r.includes == "" {
			continue
		}
		pair := map[string]any{"role_id": ids[r.name], "included_id": ids[r.includes]}
		if _, err := tx.NewInsert().Model(&pair).Table("role_includes").Exec(ctx); err != nil {
			return fmt.Errorf("role %s includes %s: %w", r.name, r.includes, err)
		}
	}
	return nil
}

func makeRole(ctx context.Context, tx *data.Tx, name, notes, icon string) (int64, error) {
	r := roleRow{Name: name, Notes: notes, Icon: icon, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
	_, err := tx.NewInsert().Model(&r).Exec(ctx)
	return r.ID, err
}

func roleIDs(ctx context.Context, db bun.IDB) (map[string]int64, error) {
	var rows []struct {
		ID   int64
		Name string
	}
	if err := db.NewSelect().Table("roles").Column("id", "name").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("load roles: %w", err)
	}
	ids := map[string]int64{}
	for _, r := range rows {
		ids[r.Name] = r.ID
	}
	return ids, nil
}

func seedMapping(ctx context.Context, tx *data.Tx, d Default) error {
	row := mappingRow{
		Node: d.Node, Audience: string(d.Audience), Title: d.Title, Icon: d.Icon, Weight: d.Weight, Shown: d.Shown,
		Version: 1, UpdatedAt: tx.Now,
	}
	if d.Category != "" {
		id, err := category(ctx, tx, d.Category)
		if err != nil {
			return err
		}
		row.CategoryID = &id
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return err
	}
	ids, err := roleIDs(ctx, tx)
	if err != nil {
		return err
	}
	for _, name := range d.Roles {
		if ids[name] == 0 {
			return fmt.Errorf("there is no role %q", name)
		}
		pair := map[string]any{"mapping_id": row.ID, "role_id": ids[name]}
		if _, err := tx.NewInsert().Model(&pair).Table("route_mapping_roles").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// category is the id of the menu category of that name, made when there is none.
func category(ctx context.Context, tx *data.Tx, name string) (int64, error) {
	var ids []int64
	if err := tx.NewSelect().Table("menu_categories").Column("id").Where("name = ?", name).Scan(ctx, &ids); err != nil {
		return 0, err
	}
	if len(ids) > 0 {
		return ids[0], nil
	}
	row := categoryRow{Name: name, Weight: 100, Version: 1, UpdatedAt: tx.Now}
	_, err := tx.NewInsert().Model(&row).Exec(ctx)
	return row.ID, err
}

type categoryRow struct {
	bun.BaseModel `bun:"table:menu_categories"`
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	Icon          string
	Description   string
	Weight        int64
	Version       int64
	UpdatedAt     time.Time
}
