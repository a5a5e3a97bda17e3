-- What happened to each field of each thing, for its history and for merging two people's edits.
CREATE TABLE IF NOT EXISTS history (
  id         {{.ID}},
  kind       VARCHAR(40)  NOT NULL, -- projects.task
  thing_id   BIGINT       NOT NULL,
  parent_id  BIGINT       NOT NULL, -- the thing it belongs to, 0 for none: a task's project
  version    BIGINT       NOT NULL, -- of the thing, after the change
  field      VARCHAR(60)  NOT NULL, -- empty: the thing itself was made, deleted, brought back
  old_value  {{.Text}}    NOT NULL,
  new_value  {{.Text}}    NOT NULL,
  what       VARCHAR(300) NOT NULL, -- past tense
  user_id    BIGINT,                -- NULL: nobody known any more, or the portal itself
  user_name  VARCHAR(200) NOT NULL, -- as it was then
  created_at {{.Time}}    NOT NULL
  {{- .Index "history_thing" "history" "kind, thing_id, id"}}
  {{- .Index "history_parent" "history" "kind, parent_id, id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS activities (
  id         {{.ID}},
  user_id    BIGINT,
  user_name  VARCHAR(200) NOT NULL,
  kind       VARCHAR(40)  NOT NULL, -- projects.task
  thing_id   BIGINT       NOT NULL,
  parent_id  BIGINT       NOT NULL,
  what       VARCHAR(300) NOT NULL,
  title      VARCHAR(300) NOT NULL,
  url        VARCHAR(300) NOT NULL,
  created_at {{.Time}}    NOT NULL
  {{- .Index "activities_user" "activities" "user_id, id"}}
  {{- .Index "activities_thing" "activities" "kind, parent_id, id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS audit_lines (
  id         {{.ID}},
  user_id    BIGINT,
  user_name  VARCHAR(200) NOT NULL,
  address    VARCHAR(64)  NOT NULL,
  request_id VARCHAR(40)  NOT NULL,
  action     VARCHAR(300) NOT NULL, -- past tense
  kind       VARCHAR(40)  NOT NULL,
  thing_id   BIGINT       NOT NULL,
  title      VARCHAR(300) NOT NULL,
  fields     {{.Text}}    NOT NULL, -- JSON: [{"field":…,"old":…,"new":…}]
  created_at {{.Time}}    NOT NULL
  {{- .Index "audit_lines_thing" "audit_lines" "kind, thing_id, id"}}
  {{- .Index "audit_lines_user" "audit_lines" "user_id, id"}}
  {{- .Index "audit_lines_at" "audit_lines" "created_at"}}
) {{.Table}};
