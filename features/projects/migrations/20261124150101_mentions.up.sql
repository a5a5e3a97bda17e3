-- What a text names: a person or a task, by id, so that a link lives on when what it leads to gets another key.
CREATE TABLE IF NOT EXISTS mentions (
  id         {{.ID}},
  project_id BIGINT       NOT NULL, -- of the text
  task_id    BIGINT,                -- NULL: the text is the project's own
  comment_id BIGINT,                -- NULL: the text is a description
  word       VARCHAR(120) NOT NULL, -- as it was typed, without the @ or #: NET-12
  user_id    BIGINT,
  target_id  BIGINT,                -- a task
  created_at {{.Time}}    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (comment_id) REFERENCES comments (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id),
  FOREIGN KEY (target_id) REFERENCES tasks (id) ON DELETE CASCADE
  {{- .Index "mentions_project" "mentions" "project_id, task_id, comment_id"}}
  {{- .Index "mentions_task" "mentions" "task_id"}}
  {{- .Index "mentions_comment" "mentions" "comment_id"}}
  {{- .Index "mentions_user" "mentions" "user_id"}}
  {{- .Index "mentions_target" "mentions" "target_id"}}
) {{.Table}};
