-- One row that every new dependency locks: two people who close a loop from both ends come one after the other.
CREATE TABLE IF NOT EXISTS dependency_locks (
  id BIGINT NOT NULL PRIMARY KEY
) {{.Table}};
--bun:split
INSERT INTO dependency_locks (id) VALUES (1);
--bun:split
-- What an act that moved the dates of several tasks has moved, so that it can be taken back as one.
CREATE TABLE IF NOT EXISTS date_moves (
  id         {{.ID}},
  act        VARCHAR(40) NOT NULL, -- the same for all tasks of one act
  user_id    BIGINT,               -- who did it; NULL: the portal
  task_id    BIGINT      NOT NULL,
  old_start  VARCHAR(10) NOT NULL, -- calendar days; empty for none
  old_due    VARCHAR(10) NOT NULL,
  new_start  VARCHAR(10) NOT NULL,
  new_due    VARCHAR(10) NOT NULL,
  created_at {{.Time}}   NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
  {{- .Index "date_moves_act" "date_moves" "act"}}
  {{- .Index "date_moves_user" "date_moves" "user_id"}}
  {{- .Index "date_moves_task" "date_moves" "task_id"}}
  {{- .Index "date_moves_created" "date_moves" "created_at"}}
) {{.Table}};
