CREATE TABLE IF NOT EXISTS imports (
  id           {{.ID}},
  project_id   BIGINT       NOT NULL,
  user_id      BIGINT       NOT NULL,
  file_name    VARCHAR(200) NOT NULL,
  size         BIGINT       NOT NULL, -- bytes of the file
  settings     {{.Text}}    NOT NULL, -- which column is which field, and what to do with unknown words; JSON
  preview      {{.Text}}    NOT NULL, -- the sheets, the heads and the first rows; JSON
  state        VARCHAR(20)  NOT NULL,
  total        BIGINT       NOT NULL, -- rows below the heads
  done         BIGINT       NOT NULL, -- rows read so far
  bad          BIGINT       NOT NULL, -- errors found
  problems     {{.Text}}    NOT NULL, -- the first of them; JSON
  said         VARCHAR(500) NOT NULL, -- why it failed
  first_number BIGINT       NOT NULL, -- of the tasks it made; 0 for none
  last_number  BIGINT       NOT NULL,
  ended_at     {{.Time}},             -- when it was done, failed or was cancelled
  undone_at    {{.Time}},             -- when its tasks went to the trash
  created_at   {{.Time}}    NOT NULL,
  updated_at   {{.Time}}    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id)
  {{- .Index "imports_project" "imports" "project_id, id"}}
  {{- .Index "imports_user" "imports" "user_id"}}
  {{- .Index "imports_state" "imports" "state, updated_at"}}
) {{.Table}};
--bun:split
-- The file and the list of its errors, in slices: neither stays longer than the import needs it.
CREATE TABLE IF NOT EXISTS import_parts (
  import_id BIGINT      NOT NULL,
  kind      VARCHAR(10) NOT NULL, -- file or errors
  number    BIGINT      NOT NULL,
  body      {{.Bytes}}  NOT NULL,
  PRIMARY KEY (import_id, kind, number),
  FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE
) {{.Table}};
--bun:split
-- The tasks that an import is going to make. Nobody sees them; they become tasks all at once.
CREATE TABLE IF NOT EXISTS import_rows (
  import_id    BIGINT       NOT NULL,
  place        BIGINT       NOT NULL, -- 1 is the first row below the heads
  depth        BIGINT       NOT NULL, -- how deep it lies in rows of the same file, 0 to 2
  parent_place BIGINT       NOT NULL, -- the row it is part of; 0 for none
  parent_id    BIGINT,                -- the task it is part of that was there before
  name         VARCHAR(200) NOT NULL,
  summary      VARCHAR(500) NOT NULL,
  description  {{.Text}}    NOT NULL,
  status_id    BIGINT       NOT NULL,
  priority_id  BIGINT       NOT NULL,
  assignee_id  BIGINT,
  start_on     VARCHAR(10)  NOT NULL,
  due_on       VARCHAR(10)  NOT NULL,
  estimate     BIGINT       NOT NULL, -- minutes
  milestone_id BIGINT,
  open         {{.Bool}}    NOT NULL,
  started_at   {{.Time}},
  completed_at {{.Time}},
  search_text  VARCHAR(800) NOT NULL,
  name_key     VARCHAR(250) NOT NULL,
  PRIMARY KEY (import_id, place),
  FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS import_labels (
  import_id BIGINT       NOT NULL,
  place     BIGINT       NOT NULL,
  name_key  VARCHAR(190) NOT NULL,
  name      VARCHAR(60)  NOT NULL,
  PRIMARY KEY (import_id, place, name_key),
  FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE
) {{.Table}};
