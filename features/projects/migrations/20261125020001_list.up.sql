-- The list of projects and the cards over it count from the index alone.
DROP INDEX projects_updated{{if .MySQL}} ON projects{{end}};
--bun:split
CREATE INDEX projects_list ON projects (deleted_at, archived_at, template, updated_at, status_id, lead_id, next_due_on, private);
--bun:split
-- What somebody made and is open, or has to do, from the index alone: they made ten times as much as is open.
CREATE INDEX tasks_made ON tasks (created_by, open, deleted_at, project_id);
--bun:split
DROP INDEX tasks_created_by{{if .MySQL}} ON tasks{{end}};
--bun:split
CREATE INDEX todos_mine ON todos (assignee_id, done_at, deleted_at, task_id, project_id);
--bun:split
DROP INDEX todos_assignee{{if .MySQL}} ON todos{{end}};
--bun:split
-- A project's comments and those in its trash, without reading what is written in all the others.
CREATE INDEX comments_of_project ON comments (project_id, deleted_at, task_id, id);
--bun:split
DROP INDEX comments_project{{if .MySQL}} ON comments{{end}};
