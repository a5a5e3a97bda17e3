CREATE TABLE IF NOT EXISTS task_watchers (
  task_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  PRIMARY KEY (task_id, user_id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "task_watchers_user" "task_watchers" "user_id, task_id"}}
) {{.Table}};
--bun:split
-- What people chose themselves; it makes nobody part of the team.
CREATE TABLE IF NOT EXISTS project_watchers (
  project_id BIGINT   NOT NULL,
  user_id    BIGINT   NOT NULL,
  muted      {{.Bool}} NOT NULL, -- hears nothing, although the team counts them in
  PRIMARY KEY (project_id, user_id),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "project_watchers_user" "project_watchers" "user_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS due_reminders (
  user_id     BIGINT      NOT NULL PRIMARY KEY,
  reminded_on VARCHAR(10) NOT NULL, -- the person's calendar day of the last reminder
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) {{.Table}};
--bun:split
-- The task that was made when this one was done, as its rule of repeating says; NULL: none yet.
ALTER TABLE tasks ADD COLUMN next_id BIGINT;
