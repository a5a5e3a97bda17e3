CREATE TABLE IF NOT EXISTS mails (
  id         {{.ID}},
  event      VARCHAR(150) NOT NULL UNIQUE, -- what it tells of: one mail an event
  kind       VARCHAR(40)  NOT NULL,        -- password.forgot
  user_id    BIGINT,                       -- whose account it goes to; NULL: an address alone
  recipient  VARCHAR(200) NOT NULL,        -- address
  subject    VARCHAR(200) NOT NULL,
  body       {{.Text}}    NOT NULL,        -- JSON of its paragraphs, sealed when it is secret; empty once a secret one is through
  secret     {{.Bool}}    NOT NULL,        -- whoever reads the body can sign in
  state      VARCHAR(20)  NOT NULL,        -- waiting, sending, sent, failed or discarded
  tries      BIGINT       NOT NULL,
  next_at    {{.Time}}    NOT NULL,        -- while waiting: not before; while sending: when another process may take it over
  expires_at {{.Time}},                    -- NULL: never too late
  error      VARCHAR(500) NOT NULL,        -- of the last try
  message_id VARCHAR(150) NOT NULL,
  created_at {{.Time}}    NOT NULL,
  sent_at    {{.Time}},
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "mails_due" "mails" "state, next_at"}}
  {{- .Index "mails_recipient" "mails" "recipient, kind, created_at"}}
  {{- .Index "mails_user" "mails" "user_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS forgotten_passwords (
  id         {{.ID}},
  typed      VARCHAR(200) NOT NULL, -- user name or e-mail, as it was typed
  address    VARCHAR(64)  NOT NULL, -- where from
  created_at {{.Time}}    NOT NULL
) {{.Table}};
