-- The list of projects and the cards over it count from the index alone.
DROP INDEX projects_updated{{if .MySQL}} ON projects{{end}};
--bun:split
CREATE INDEX projects_list ON projects (deleted_at, archived_at, template, updated_at, status_id, lead_id, next_due_on, private);
