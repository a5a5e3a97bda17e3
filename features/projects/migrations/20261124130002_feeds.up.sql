-- The address at which a person's calendar reads their due dates. The token itself is kept nowhere.
CREATE TABLE IF NOT EXISTS feeds (
  id         {{.ID}},
  user_id    BIGINT      NOT NULL UNIQUE,
  token_hash VARCHAR(64) NOT NULL UNIQUE, -- SHA-256 in hex
  used_at    {{.Time}},                   -- NULL: never yet; at most an hour old
  created_at {{.Time}}   NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id)
) {{.Table}};
