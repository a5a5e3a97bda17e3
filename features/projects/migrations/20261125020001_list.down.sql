CREATE INDEX comments_project ON comments (project_id, task_id, id);
--bun:split
DROP INDEX comments_of_project{{if .MySQL}} ON comments{{end}};
--bun:split
CREATE INDEX todos_assignee ON todos (assignee_id);
--bun:split
DROP INDEX todos_mine{{if .MySQL}} ON todos{{end}};
--bun:split
CREATE INDEX tasks_created_by ON tasks (created_by);
--bun:split
DROP INDEX tasks_made{{if .MySQL}} ON tasks{{end}};
--bun:split
DROP INDEX projects_list{{if .MySQL}} ON projects{{end}};
--bun:split
CREATE INDEX projects_updated ON projects (deleted_at, archived_at, updated_at);
