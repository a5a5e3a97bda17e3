ALTER TABLE tasks DROP COLUMN next_id;
--bun:split
DROP TABLE IF EXISTS due_reminders;
--bun:split
DROP TABLE IF EXISTS project_watchers;
--bun:split
DROP TABLE IF EXISTS task_watchers;
