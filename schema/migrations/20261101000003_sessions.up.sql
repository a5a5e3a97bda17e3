-- The table of Fiber's session storage. k is the hash of the session's id, so a copy of the database
-- opens no session; on MySQL the storage would make it itself, but without the index on e, and its
-- sweep would then lock every row.
CREATE TABLE IF NOT EXISTS sessions (
  k VARCHAR(64)  NOT NULL PRIMARY KEY,
  v BLOB         NOT NULL,
  e BIGINT       NOT NULL DEFAULT 0 -- unix seconds; 0: never ends
  {{- .Index "sessions_e" "sessions" "e"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS sign_ins (
  id          {{.ID}},
  user_id     BIGINT       NOT NULL,
  session_key VARCHAR(64)  NOT NULL UNIQUE, -- sessions.k
  address     VARCHAR(64)  NOT NULL,
  device      VARCHAR(300) NOT NULL,        -- the browser, as it says itself
  kept        {{.Bool}}    NOT NULL,        -- keep me signed in
  created_at  {{.Time}}    NOT NULL,
  seen_at     {{.Time}}    NOT NULL,        -- to about a minute
  ends_at     {{.Time}}    NOT NULL,        -- whatever happens
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "sign_ins_user" "sign_ins" "user_id"}}
  {{- .Index "sign_ins_ends" "sign_ins" "ends_at"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS sign_in_failures (
  id          {{.ID}},
  account_key VARCHAR(190) NOT NULL,
  address_key VARCHAR(64)  NOT NULL,
  failed_at   {{.Time}}    NOT NULL
  {{- .Index "sign_in_failures_account" "sign_in_failures" "account_key, failed_at"}}
  {{- .Index "sign_in_failures_address" "sign_in_failures" "address_key, failed_at"}}
  {{- .Index "sign_in_failures_at" "sign_in_failures" "failed_at"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS one_time_links (
  id         {{.ID}},
  token_hash VARCHAR(64) NOT NULL UNIQUE, -- SHA-256 of the token, hexadecimal
  purpose    VARCHAR(20) NOT NULL,        -- first-admin or set-password
  user_id    BIGINT,                      -- NULL when the link makes the account
  expires_at {{.Time}}   NOT NULL,
  used_at    {{.Time}},
  created_at {{.Time}}   NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "one_time_links_user" "one_time_links" "user_id"}}
) {{.Table}};
