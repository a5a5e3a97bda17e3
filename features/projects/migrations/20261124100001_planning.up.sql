CREATE TABLE IF NOT EXISTS labels (
  id         {{.ID}},
  project_id BIGINT       NOT NULL,
  name       VARCHAR(60)  NOT NULL,
  name_key   VARCHAR(190) NOT NULL, -- folded
  tone       VARCHAR(20)  NOT NULL, -- a colour of the design system
  version    BIGINT       NOT NULL,
  created_at {{.Time}}    NOT NULL,
  updated_at {{.Time}}    NOT NULL,
  UNIQUE (project_id, name_key),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS task_labels (
  task_id  BIGINT NOT NULL,
  label_id BIGINT NOT NULL,
  PRIMARY KEY (task_id, label_id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (label_id) REFERENCES labels (id) ON DELETE CASCADE
  {{- .Index "task_labels_label" "task_labels" "label_id, task_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS milestones (
  id          {{.ID}},
  project_id  BIGINT       NOT NULL,
  name        VARCHAR(200) NOT NULL,
  description {{.Text}}    NOT NULL, -- Markdown
  due_on      VARCHAR(10)  NOT NULL, -- a calendar day; empty for none
  reached_at  {{.Time}},             -- NULL: not yet
  created_by  BIGINT,
  deleted_at  {{.Time}},
  version     BIGINT       NOT NULL,
  created_at  {{.Time}}    NOT NULL,
  updated_at  {{.Time}}    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (created_by) REFERENCES users (id)
  {{- .Index "milestones_project" "milestones" "project_id, due_on"}}
  {{- .Index "milestones_created_by" "milestones" "created_by"}}
) {{.Table}};
--bun:split
-- What a completed task does that waits for another one: refuse, or warn.
ALTER TABLE projects ADD COLUMN waits_rule VARCHAR(20) NOT NULL DEFAULT 'refuse';
--bun:split
-- A project that others are made from; it is in no list but that of the templates.
ALTER TABLE projects ADD COLUMN template {{.Bool}} NOT NULL DEFAULT 0;
--bun:split
-- Minutes of work; 0 for not estimated.
ALTER TABLE tasks ADD COLUMN estimate BIGINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE tasks ADD COLUMN milestone_id BIGINT;
--bun:split
-- A role whose people may take the task; NULL when it is no role's.
ALTER TABLE tasks ADD COLUMN queue_id BIGINT;
--bun:split
-- How the task comes again when it is done, as an RRULE of RFC 5545; empty for never.
ALTER TABLE tasks ADD COLUMN repeat_rule VARCHAR(300) NOT NULL DEFAULT '';
--bun:split
-- When it first left the stage todo; NULL: it has not.
ALTER TABLE tasks ADD COLUMN started_at {{.Time}};
--bun:split
-- The task's labels as in task_labels, joined by commas: boards and lists show them without asking for each.
ALTER TABLE tasks ADD COLUMN label_ids VARCHAR(300) NOT NULL DEFAULT '';
--bun:split
-- How many open tasks it waits for.
ALTER TABLE tasks ADD COLUMN waits_on BIGINT NOT NULL DEFAULT 0;
--bun:split
CREATE INDEX tasks_milestone ON tasks (milestone_id);
--bun:split
CREATE INDEX tasks_queue ON tasks (queue_id, open, due_on);
--bun:split
UPDATE tasks SET started_at = (SELECT MIN(h.created_at) FROM history AS h WHERE h.kind = 'projects.task' AND h.thing_id = tasks.id AND h.field = 'status');
--bun:split
UPDATE tasks SET waits_on = (SELECT COUNT(*) FROM task_dependencies AS d JOIN (SELECT id FROM tasks WHERE open AND deleted_at IS NULL) AS n ON n.id = d.needs_id WHERE d.task_id = tasks.id);
