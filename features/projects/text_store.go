package projects

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"portal/app/data"
)

// wholeKey is a task of any project as people write it: NET-12.
var wholeKey = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}-[0-9]{1,9}$`)

// suggestTasks are tasks that fit what was typed: that of the key, if the viewer may know of it, else those of the project,
// which the viewer must have been found to know, the ones changed last first.
func (s *projectStore) suggestTasks(ctx context.Context, h heldProject, typed string) ([]reference, error) {
	if key := strings.ToUpper(typed); wholeKey.MatchString(key) && !strings.HasPrefix(key, h.Project.TaskKey+"-") {
		found, err := findTasks(ctx, s.db.Read, h.Project.ID, []string{key})
		if err != nil || found[key] == 0 {
			return nil, err
		}
		known, err := s.references(ctx, []int64{found[key]})
		r := known[found[key]]
		if other, err := s.held(ctx, r.ProjectID); err != nil || other.Project.Template {
			return nil, err
		}
		if r.ID != 0 {
			return []reference{r}, err
		}
		return nil, err
	}
	if h.Project.ID == 0 {
		return nil, nil
	}
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.id, t.project_id, t.number, t.name, t.status_id, t.open, ? AS task_key", h.Project.TaskKey).
		Where("t.project_id = ?", h.Project.ID).Where("t.deleted_at IS NULL")
	for _, word := range strings.Fields(data.Fold(typed)) {
		q = q.Where("t.search_text LIKE ? ESCAPE '!'", data.Like(word))
	}
	var rows []reference
	if err := q.OrderExpr("t.open DESC, t.updated_at DESC, t.id DESC").Limit(maxSuggestions).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("suggest tasks of project %d: %w", h.Project.ID, err)
	}
	return rows, nil
}
