-- A step from one status to another that not everybody may take. No row for a pair: everybody may.
-- A role's row lets its people; the row of role 0 alone lets nobody. A role that is gone must not open
-- what it closed, so there is no reference to roles.
CREATE TABLE IF NOT EXISTS status_steps (
  from_id BIGINT NOT NULL,
  to_id   BIGINT NOT NULL,
  role_id BIGINT NOT NULL,
  PRIMARY KEY (from_id, to_id, role_id),
  FOREIGN KEY (from_id) REFERENCES statuses (id) ON DELETE CASCADE,
  FOREIGN KEY (to_id) REFERENCES statuses (id) ON DELETE CASCADE
  {{- .Index "status_steps_to" "status_steps" "to_id"}}
) {{.Table}};
--bun:split
-- A label in the trash: its tasks keep it in task_labels, and show it again when it comes back.
ALTER TABLE labels ADD COLUMN deleted_at {{.Time}};
