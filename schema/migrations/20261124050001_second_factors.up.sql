CREATE TABLE IF NOT EXISTS second_factors (
  user_id    BIGINT       NOT NULL PRIMARY KEY,
  secret     VARCHAR(300) NOT NULL, -- sealed with the portal's secret key
  last_step  BIGINT       NOT NULL, -- of the code used last: steps of 30 seconds since 1970; a code works once
  created_at {{.Time}}    NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS recovery_codes (
  id         {{.ID}},
  user_id    BIGINT      NOT NULL,
  code_hash  VARCHAR(64) NOT NULL,
  used_at    {{.Time}},            -- NULL: works still
  created_at {{.Time}}   NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "recovery_codes_user" "recovery_codes" "user_id, code_hash"}}
) {{.Table}};
