DROP INDEX projects_list{{if .MySQL}} ON projects{{end}};
--bun:split
CREATE INDEX projects_updated ON projects (deleted_at, archived_at, updated_at);
