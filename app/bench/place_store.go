package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// place is what is looked at: a board of about forty tasks that a person leads who holds no special role.
type place struct {
	project  int64
	number   int64 // of one of its tasks
	tasks    int
	username string
}

func (p place) board() string { return "/projects/" + strconv.FormatInt(p.project, 10) }
func (p place) task() string  { return p.board() + "/tasks/" + strconv.FormatInt(p.number, 10) }

// wanted is how many tasks the measured board should have.
const wanted = 40

// openBeside opens the database only to look at it, beside the server that works on it.
func openBeside(path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)")
}

// findPlace chooses the board, one of its tasks, and who looks at them.
// Errors: a sentence, when the database holds no department.
func findPlace(ctx context.Context, path string) (p place, err error) {
	db, err := openBeside(path)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.QueryRowContext(ctx, `SELECT p.id, u.username, count(*), max(t.number)
		FROM projects p JOIN users u ON u.id = p.lead_id JOIN tasks t ON t.project_id = p.id AND t.deleted_at IS NULL AND t.parent_id IS NULL
		WHERE NOT p.private AND p.archived_at IS NULL AND p.deleted_at IS NULL AND u.locked_at IS NULL
		AND EXISTS (SELECT 1 FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id AND r.name IN ('user', 'manager'))
		AND NOT EXISTS (SELECT 1 FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id AND r.name = 'admin')
		GROUP BY p.id, u.username ORDER BY abs(count(*) - ?), p.id LIMIT 1`, wanted).Scan(&p.project, &p.username, &p.tasks, &p.number)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("the database %s holds no open project that somebody leads; bench needs the demo department", path)
	}
	if err != nil {
		return p, fmt.Errorf("look for a board: %w", err)
	}
	return p, nil
}

// department says how much the database holds.
func department(ctx context.Context, path string) (said string, err error) {
	db, err := openBeside(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var users, projects, tasks int
	err = db.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM projects), (SELECT count(*) FROM tasks)").
		Scan(&users, &projects, &tasks)
	return fmt.Sprintf("%d people, %d projects, %d tasks", users, projects, tasks), err
}

// card is a task on the board as it lies now.
type card struct {
	id, number, status, version int64
	waits                       bool // for other tasks: it cannot be completed before them
}

// cards are those of the board, column by column from the top; columns with a limit are left out, for they may be full.
func cards(ctx context.Context, db *sql.DB, project int64) ([]card, error) {
	rows, err := db.QueryContext(ctx, `SELECT id, number, status_id, version, waits_on > 0 FROM tasks
		WHERE project_id = ? AND deleted_at IS NULL AND parent_id IS NULL AND NOT EXISTS (SELECT 1 FROM project_limits AS l
			WHERE l.project_id = tasks.project_id AND l.status_id = tasks.status_id) ORDER BY status_id, position, id`, project)
	if err != nil {
		return nil, fmt.Errorf("read the board: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var all []card
	for rows.Next() {
		var c card
		if err := rows.Scan(&c.id, &c.number, &c.status, &c.version, &c.waits); err != nil {
			return nil, fmt.Errorf("read the board: %w", err)
		}
		all = append(all, c)
	}
	return all, rows.Err()
}
