CREATE TABLE IF NOT EXISTS notifications (
  id         {{.ID}},
  user_id    BIGINT       NOT NULL, -- who is told
  kind       VARCHAR(60)  NOT NULL, -- projects.task.assigned
  thing_kind VARCHAR(60)  NOT NULL, -- projects.task
  thing_id   BIGINT       NOT NULL,
  guard      VARCHAR(100) NOT NULL, -- topic that the person must be allowed to hear, to see the row at all; empty for none
  title      VARCHAR(300) NOT NULL, -- of the thing
  what       VARCHAR(300) NOT NULL, -- what happened, in the past tense
  url        VARCHAR(300) NOT NULL,
  actor_id   BIGINT,                -- who did it last; NULL: the portal itself
  actor      VARCHAR(200) NOT NULL, -- the name then
  events     BIGINT       NOT NULL, -- how many have come together in the row
  read_at    {{.Time}},             -- NULL: not yet
  created_at {{.Time}}    NOT NULL,
  updated_at {{.Time}}    NOT NULL, -- of the last event
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (actor_id) REFERENCES users (id)
  {{- .Index "notifications_unread" "notifications" "user_id, read_at, updated_at"}}
  {{- .Index "notifications_all" "notifications" "user_id, updated_at"}}
  {{- .Index "notifications_actor" "notifications" "actor_id"}}
  {{- .Index "notifications_read" "notifications" "read_at"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS notification_choices (
  user_id BIGINT      NOT NULL,
  kind    VARCHAR(60) NOT NULL, -- projects.task.assigned
  choice  VARCHAR(10) NOT NULL, -- none, inbox or mail
  PRIMARY KEY (user_id, kind),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) {{.Table}};
