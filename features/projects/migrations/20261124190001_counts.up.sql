-- The day that the first of its open tasks is due; empty for none. Lists and cards know by it what is overdue, whatever the number of tasks.
ALTER TABLE projects ADD COLUMN next_due_on VARCHAR(10) NOT NULL DEFAULT '';
--bun:split
UPDATE projects SET next_due_on = COALESCE((SELECT MIN(t.due_on) FROM tasks AS t WHERE t.project_id = projects.id AND t.open AND t.due_on > '' AND t.deleted_at IS NULL), '');
--bun:split
-- Counting a project's tasks reads this alone.
CREATE INDEX tasks_count ON tasks (project_id, deleted_at, status_id, assignee_id);
--bun:split
-- Which projects have something due on a day, from the index alone.
DROP INDEX tasks_open_due{{if .MySQL}} ON tasks{{end}};
--bun:split
CREATE INDEX tasks_open_due ON tasks (open, due_on, deleted_at, project_id);
--bun:split
-- How much of a project is overdue, from the index alone.
DROP INDEX tasks_due{{if .MySQL}} ON tasks{{end}};
--bun:split
CREATE INDEX tasks_due ON tasks (project_id, open, due_on, deleted_at);
