CREATE TABLE IF NOT EXISTS undos (
  id         {{.ID}},
  user_id    BIGINT       NOT NULL, -- who did it, and alone may take it back
  project_id BIGINT       NOT NULL, -- whose tasks; 0 for an act on several projects
  what       VARCHAR(300) NOT NULL, -- in the past tense
  done       BIGINT       NOT NULL, -- rows
  refused    BIGINT       NOT NULL,
  undone_at  {{.Time}},             -- NULL: may be taken back for a day
  created_at {{.Time}}    NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "undos_user" "undos" "user_id, project_id, created_at"}}
  {{- .Index "undos_at" "undos" "created_at"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS undo_rows (
  undo_id BIGINT       NOT NULL,
  number  BIGINT       NOT NULL, -- of a task in its project, or a project's id
  name    VARCHAR(220) NOT NULL, -- key and name then
  outcome VARCHAR(10)  NOT NULL, -- done, same, refused; once taken back: undone, left
  reason  VARCHAR(500) NOT NULL, -- of what was refused or left
  version BIGINT       NOT NULL, -- after the act; 0 when nothing was written
  was     {{.Text}}    NOT NULL, -- what changed, by field, as JSON: before the act
  became  {{.Text}}    NOT NULL, -- and after it
  PRIMARY KEY (undo_id, number),
  FOREIGN KEY (undo_id) REFERENCES undos (id) ON DELETE CASCADE
) {{.Table}};
