CREATE TABLE IF NOT EXISTS statuses (
  id         {{.ID}},
  name       VARCHAR(60)  NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE, -- folded
  tone       VARCHAR(20)  NOT NULL,        -- a colour of the design system
  stage      VARCHAR(20)  NOT NULL,        -- todo, in-progress, review, done or cancelled
  position   BIGINT       NOT NULL,
  version    BIGINT       NOT NULL,
  updated_at {{.Time}}    NOT NULL
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS priorities (
  id         {{.ID}},
  name       VARCHAR(60)  NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE,
  tone       VARCHAR(20)  NOT NULL,
  position   BIGINT       NOT NULL,        -- 1 is the least urgent
  version    BIGINT       NOT NULL,
  updated_at {{.Time}}    NOT NULL
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS projects (
  id             {{.ID}},
  name           VARCHAR(200) NOT NULL,
  task_key       VARCHAR(10)  NOT NULL UNIQUE, -- NET of NET-12
  summary        VARCHAR(500) NOT NULL,
  description    {{.Text}}    NOT NULL,        -- Markdown
  icon           VARCHAR(60)  NOT NULL,
  status_id      BIGINT       NOT NULL,
  priority_id    BIGINT       NOT NULL,
  percent_set    BIGINT,                       -- 0 to 100 by hand; NULL: computed from the tasks
  private        {{.Bool}}    NOT NULL,
  lead_id        BIGINT,
  notify_created {{.Bool}}    NOT NULL,
  notify_done    {{.Bool}}    NOT NULL,
  notify_comment {{.Bool}}    NOT NULL,
  tasks_total    BIGINT       NOT NULL,        -- without cancelled and deleted ones
  tasks_done     BIGINT       NOT NULL,
  last_number    BIGINT       NOT NULL,        -- the highest task number given out
  search_text    VARCHAR(800) NOT NULL,        -- folded name, key and summary
  name_key       VARCHAR(250) NOT NULL,        -- folded name, for sorting
  created_by     BIGINT,
  archived_at    {{.Time}},
  deleted_at     {{.Time}},                    -- in the trash since
  version        BIGINT       NOT NULL,
  created_at     {{.Time}}    NOT NULL,
  updated_at     {{.Time}}    NOT NULL,
  FOREIGN KEY (status_id) REFERENCES statuses (id),
  FOREIGN KEY (priority_id) REFERENCES priorities (id),
  FOREIGN KEY (lead_id) REFERENCES users (id),
  FOREIGN KEY (created_by) REFERENCES users (id)
  {{- .Index "projects_updated" "projects" "deleted_at, archived_at, updated_at"}}
  {{- .Index "projects_name" "projects" "name_key"}}
  {{- .Index "projects_status" "projects" "status_id"}}
  {{- .Index "projects_priority" "projects" "priority_id"}}
  {{- .Index "projects_lead" "projects" "lead_id"}}
  {{- .Index "projects_created_by" "projects" "created_by"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS project_people (
  project_id BIGINT      NOT NULL,
  user_id    BIGINT      NOT NULL,
  kind       VARCHAR(20) NOT NULL, -- watcher, stakeholder or shareholder
  PRIMARY KEY (project_id, user_id, kind),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "project_people_user" "project_people" "user_id, project_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS project_roles (
  project_id BIGINT NOT NULL,
  role_id    BIGINT NOT NULL,
  PRIMARY KEY (project_id, role_id),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
  {{- .Index "project_roles_role" "project_roles" "role_id, project_id"}}
) {{.Table}};
