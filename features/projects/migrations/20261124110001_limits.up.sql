CREATE TABLE IF NOT EXISTS project_limits (
  project_id BIGINT NOT NULL,
  status_id  BIGINT NOT NULL,
  most       BIGINT NOT NULL, -- tasks in the column at once, 1 or more
  PRIMARY KEY (project_id, status_id),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (status_id) REFERENCES statuses (id) ON DELETE CASCADE
  {{- .Index "project_limits_status" "project_limits" "status_id"}}
) {{.Table}};
