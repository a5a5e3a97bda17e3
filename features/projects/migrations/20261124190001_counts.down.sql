DROP INDEX tasks_due{{if .MySQL}} ON tasks{{end}};
--bun:split
CREATE INDEX tasks_due ON tasks (project_id, open, due_on);
--bun:split
DROP INDEX tasks_open_due{{if .MySQL}} ON tasks{{end}};
--bun:split
CREATE INDEX tasks_open_due ON tasks (open, due_on);
--bun:split
DROP INDEX tasks_count{{if .MySQL}} ON tasks{{end}};
--bun:split
ALTER TABLE projects DROP COLUMN next_due_on;
