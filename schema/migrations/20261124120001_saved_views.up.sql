CREATE TABLE IF NOT EXISTS saved_views (
  id         {{.ID}},
  owner_id   BIGINT        NOT NULL,
  list       VARCHAR(80)   NOT NULL, -- which list: projects, projects.tasks:12
  name       VARCHAR(100)  NOT NULL,
  query      VARCHAR(1000) NOT NULL, -- what the list's address says behind the question mark
  role_id    BIGINT,                 -- whose people see it too; NULL for nobody's
  position   BIGINT        NOT NULL, -- among its owner's for the list
  deleted_at {{.Time}},
  version    BIGINT        NOT NULL,
  created_at {{.Time}}     NOT NULL,
  updated_at {{.Time}}     NOT NULL,
  FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE SET NULL
  {{- .Index "saved_views_list" "saved_views" "list, owner_id"}}
  {{- .Index "saved_views_owner" "saved_views" "owner_id"}}
  {{- .Index "saved_views_role" "saved_views" "role_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS saved_view_defaults (
  user_id BIGINT      NOT NULL,
  list    VARCHAR(80) NOT NULL,
  view_id BIGINT      NOT NULL, -- what the list opens with
  PRIMARY KEY (user_id, list),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (view_id) REFERENCES saved_views (id) ON DELETE CASCADE
  {{- .Index "saved_view_defaults_list" "saved_view_defaults" "list"}}
  {{- .Index "saved_view_defaults_view" "saved_view_defaults" "view_id"}}
) {{.Table}};
