CREATE TABLE IF NOT EXISTS tasks (
  id           {{.ID}},
  project_id   BIGINT       NOT NULL,
  number       BIGINT       NOT NULL,  -- within the project: 12 of NET-12
  parent_id    BIGINT,                 -- a task of the same project; three levels at most
  name         VARCHAR(200) NOT NULL,
  summary      VARCHAR(500) NOT NULL,
  description  {{.Text}}    NOT NULL,  -- Markdown
  status_id    BIGINT       NOT NULL,
  priority_id  BIGINT       NOT NULL,
  assignee_id  BIGINT,
  start_on     VARCHAR(10)  NOT NULL,  -- a calendar day, 2006-01-02; empty for none
  due_on       VARCHAR(10)  NOT NULL,
  position     BIGINT       NOT NULL,  -- in its column of the board; gaps are left between
  open         {{.Bool}}    NOT NULL,  -- its status is neither done nor cancelled
  completed_at {{.Time}},
  search_text  VARCHAR(800) NOT NULL,
  name_key     VARCHAR(250) NOT NULL,
  created_by   BIGINT,
  deleted_at   {{.Time}},
  version      BIGINT       NOT NULL,
  created_at   {{.Time}}    NOT NULL,
  updated_at   {{.Time}}    NOT NULL,
  UNIQUE (project_id, number),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (parent_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (status_id) REFERENCES statuses (id),
  FOREIGN KEY (priority_id) REFERENCES priorities (id),
  FOREIGN KEY (assignee_id) REFERENCES users (id),
  FOREIGN KEY (created_by) REFERENCES users (id)
  {{- .Index "tasks_board" "tasks" "project_id, status_id, position"}}
  {{- .Index "tasks_due" "tasks" "project_id, open, due_on"}}
  {{- .Index "tasks_mine" "tasks" "assignee_id, open, due_on"}}
  {{- .Index "tasks_open_due" "tasks" "open, due_on"}}
  {{- .Index "tasks_parent" "tasks" "parent_id"}}
  {{- .Index "tasks_status" "tasks" "status_id"}}
  {{- .Index "tasks_priority" "tasks" "priority_id"}}
  {{- .Index "tasks_created_by" "tasks" "created_by"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS task_dependencies (
  task_id  BIGINT NOT NULL, -- waits
  needs_id BIGINT NOT NULL, -- for this one
  PRIMARY KEY (task_id, needs_id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (needs_id) REFERENCES tasks (id) ON DELETE CASCADE
  {{- .Index "task_dependencies_needs" "task_dependencies" "needs_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS todos (
  id          {{.ID}},
  project_id  BIGINT       NOT NULL,
  task_id     BIGINT,                 -- NULL: of the project itself
  text        VARCHAR(500) NOT NULL,
  done_at     {{.Time}},              -- NULL: open
  done_by     BIGINT,
  due_on      VARCHAR(10)  NOT NULL,
  assignee_id BIGINT,
  position    BIGINT       NOT NULL,
  created_by  BIGINT,
  deleted_at  {{.Time}},
  version     BIGINT       NOT NULL,
  created_at  {{.Time}}    NOT NULL,
  updated_at  {{.Time}}    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (done_by) REFERENCES users (id),
  FOREIGN KEY (assignee_id) REFERENCES users (id),
  FOREIGN KEY (created_by) REFERENCES users (id)
  {{- .Index "todos_project" "todos" "project_id, task_id, position"}}
  {{- .Index "todos_task" "todos" "task_id, position"}}
  {{- .Index "todos_done_by" "todos" "done_by"}}
  {{- .Index "todos_assignee" "todos" "assignee_id"}}
  {{- .Index "todos_created_by" "todos" "created_by"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS comments (
  id         {{.ID}},
  project_id BIGINT       NOT NULL,
  task_id    BIGINT,                 -- NULL: on the project itself
  author_id  BIGINT,                 -- NULL: nobody known any more
  author     VARCHAR(200) NOT NULL,  -- the name then
  text       {{.Text}}    NOT NULL,  -- Markdown
  edited_at  {{.Time}},
  deleted_at {{.Time}},
  version    BIGINT       NOT NULL,
  created_at {{.Time}}    NOT NULL,
  updated_at {{.Time}}    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (author_id) REFERENCES users (id)
  {{- .Index "comments_project" "comments" "project_id, task_id, id"}}
  {{- .Index "comments_task" "comments" "task_id, id"}}
  {{- .Index "comments_author" "comments" "author_id"}}
) {{.Table}};
