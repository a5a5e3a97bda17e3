CREATE TABLE IF NOT EXISTS attachments (
  id         {{.ID}},
  project_id BIGINT       NOT NULL,
  task_id    BIGINT,                -- NULL: of the project itself
  comment_id BIGINT,                -- NULL: of no comment
  name       VARCHAR(255) NOT NULL,
  name_key   VARCHAR(255) NOT NULL, -- folded
  type       VARCHAR(100) NOT NULL, -- by its content
  size       BIGINT       NOT NULL, -- bytes
  sha256     VARCHAR(64)  NOT NULL,
  object     VARCHAR(64)  NOT NULL, -- key in the store of files
  small      VARCHAR(64)  NOT NULL, -- key of the small picture; empty for none
  loose      {{.Bool}}    NOT NULL, -- sent for a text that is not saved yet
  created_by BIGINT,
  author     VARCHAR(200) NOT NULL, -- the name then
  deleted_at {{.Time}},
  version    BIGINT       NOT NULL,
  created_at {{.Time}}    NOT NULL,
  updated_at {{.Time}}    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (comment_id) REFERENCES comments (id) ON DELETE CASCADE,
  FOREIGN KEY (created_by) REFERENCES users (id)
  {{- .Index "attachments_project" "attachments" "project_id, created_at"}}
  {{- .Index "attachments_task" "attachments" "task_id"}}
  {{- .Index "attachments_comment" "attachments" "comment_id"}}
  {{- .Index "attachments_created_by" "attachments" "created_by"}}
  {{- .Index "attachments_object" "attachments" "object"}}
  {{- .Index "attachments_small" "attachments" "small"}}
) {{.Table}};
