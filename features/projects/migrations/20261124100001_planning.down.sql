DROP INDEX tasks_queue{{if .MySQL}} ON tasks{{end}};
--bun:split
DROP INDEX tasks_milestone{{if .MySQL}} ON tasks{{end}};
--bun:split
ALTER TABLE tasks DROP COLUMN waits_on;
--bun:split
ALTER TABLE tasks DROP COLUMN label_ids;
--bun:split
ALTER TABLE tasks DROP COLUMN started_at;
--bun:split
ALTER TABLE tasks DROP COLUMN repeat_rule;
--bun:split
ALTER TABLE tasks DROP COLUMN queue_id;
--bun:split
ALTER TABLE tasks DROP COLUMN milestone_id;
--bun:split
ALTER TABLE tasks DROP COLUMN estimate;
--bun:split
ALTER TABLE projects DROP COLUMN template;
--bun:split
ALTER TABLE projects DROP COLUMN waits_rule;
--bun:split
DROP TABLE IF EXISTS milestones;
--bun:split
DROP TABLE IF EXISTS task_labels;
--bun:split
DROP TABLE IF EXISTS labels;
