package projects

import (
	"context"
	"fmt"
	"net/url"

	"portal/app/data"
	"portal/app/savedview"
)

// writeViews writes the department's saved views.
func (f *filling) writeViews(ctx context.Context, tx *data.Tx) error {
	views, err := f.savedViews(ctx, tx)
	if err != nil {
		return err
	}
	return writeRows(ctx, tx, f, views, 0)
}

// savedViews are some views of the department's lists: of the list of projects, and of the first project's tasks and board.
// Those that are shared are shared with the role that everybody has.
func (f *filling) savedViews(ctx context.Context, tx *data.Tx) ([]savedview.View, error) {
	var roles []int64
	if err := tx.NewSelect().Table("roles").Column("id").Where("name = ?", "user").Scan(ctx, &roles); err != nil {
		return nil, fmt.Errorf("role of shared views: %w", err)
	}
	if len(f.projects) == 0 || f.projects[0].LeadID == nil {
		return nil, nil
	}
	var shared *int64
	if len(roles) > 0 {
		shared = &roles[0]
	}
	now := tx.Now
	var all []savedview.View
	for i, v := range []struct {
		list, name string
		query      url.Values
		role       *int64
	}{
		{savedProjects, "Overdue projects", url.Values{"show": {"overdue"}, "sort": {"-priority"}}, shared},
		{savedProjects, "Active, as cards", url.Values{"show": {"active"}, "view": {viewGrid}}, shared},
		{savedTasks + id(1), "Who does what", url.Values{"show": {"open"}, "group": {"assignee"}}, shared},
		{savedTasks + id(1), "Urgent first", url.Values{"show": {"open"}, "sort": {"-priority,due"}}, nil},
		{savedBoard + id(1), "Overdue, by person", url.Values{"show": {"overdue"}, "lanes": {laneAssignee}}, shared},
	} {
		all = append(all, savedview.View{
			OwnerID: *f.projects[0].LeadID, List: v.list, Name: v.name, Query: v.query.Encode(), RoleID: v.role,
			Position: int64(i + 1), Version: 1, CreatedAt: now, UpdatedAt: now,
		})
	}
	return all, nil
}
