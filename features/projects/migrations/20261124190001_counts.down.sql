DROP INDEX tasks_count{{if .MySQL}} ON tasks{{end}};
--bun:split
ALTER TABLE projects DROP COLUMN next_due_on;
