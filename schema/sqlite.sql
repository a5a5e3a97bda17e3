CREATE TABLE activities (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id    BIGINT,
  user_name  VARCHAR(200) NOT NULL,
  kind       VARCHAR(40)  NOT NULL, -- projects.task
  thing_id   BIGINT       NOT NULL,
  parent_id  BIGINT       NOT NULL,
  what       VARCHAR(300) NOT NULL,
  title      VARCHAR(300) NOT NULL,
  url        VARCHAR(300) NOT NULL,
  created_at TIMESTAMP    NOT NULL
);

CREATE INDEX activities_at ON activities (created_at);

CREATE INDEX activities_thing ON activities (kind, parent_id, id);

CREATE INDEX activities_user ON activities (user_id, id);

CREATE TABLE attachments (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id BIGINT       NOT NULL,
  task_id    BIGINT,                -- NULL: of the project itself
  comment_id BIGINT,                -- NULL: of no comment
  name       VARCHAR(255) NOT NULL,
  name_key   VARCHAR(255) NOT NULL, -- folded
  type       VARCHAR(100) NOT NULL, -- by its content
  size       BIGINT       NOT NULL, -- bytes
  sha256     VARCHAR(64)  NOT NULL,
  object     VARCHAR(64)  NOT NULL, -- key in the store of files
  small      VARCHAR(64)  NOT NULL, -- key of the small picture; empty for none
  loose      BOOLEAN    NOT NULL, -- sent for a text that is not saved yet
  created_by BIGINT,
  author     VARCHAR(200) NOT NULL, -- the name then
  deleted_at TIMESTAMP,
  version    BIGINT       NOT NULL,
  created_at TIMESTAMP    NOT NULL,
  updated_at TIMESTAMP    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (comment_id) REFERENCES comments (id) ON DELETE CASCADE,
  FOREIGN KEY (created_by) REFERENCES users (id)
);

CREATE INDEX attachments_comment ON attachments (comment_id);

CREATE INDEX attachments_created_by ON attachments (created_by);

CREATE INDEX attachments_object ON attachments (object);

CREATE INDEX attachments_project ON attachments (project_id, created_at);

CREATE INDEX attachments_small ON attachments (small);

CREATE INDEX attachments_task ON attachments (task_id);

CREATE TABLE audit_checks (
  id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  began_at TIMESTAMP    NOT NULL,
  ended_at TIMESTAMP,
  who      VARCHAR(200) NOT NULL,
  done     BIGINT       NOT NULL, -- lines looked at
  total    BIGINT       NOT NULL, -- lines there are to look at
  ok       BOOLEAN    NOT NULL,
  said     VARCHAR(500) NOT NULL  -- a whole sentence; empty while it runs
);

CREATE TABLE audit_heads (
  id          BIGINT      NOT NULL PRIMARY KEY, -- always 1
  key_id      VARCHAR(16) NOT NULL,             -- tells secret keys apart without saying anything of them
  removed     BIGINT      NOT NULL,             -- seal of the last line that retention removed, 0 for none
  anchor      VARCHAR(64) NOT NULL,             -- its hash
  sealed      BIGINT      NOT NULL,             -- seal of the last sealed line
  hash        VARCHAR(64) NOT NULL,             -- its hash
  mac         VARCHAR(64) NOT NULL,             -- over all of the above
  updated_at  TIMESTAMP   NOT NULL
, rekeyed BIGINT NOT NULL DEFAULT 0, rekeyed_at TIMESTAMP);

CREATE TABLE audit_lines (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id    BIGINT,
  user_name  VARCHAR(200) NOT NULL,
  address    VARCHAR(64)  NOT NULL,
  request_id VARCHAR(40)  NOT NULL,
  action     VARCHAR(300) NOT NULL, -- past tense
  kind       VARCHAR(40)  NOT NULL,
  thing_id   BIGINT       NOT NULL,
  title      VARCHAR(300) NOT NULL,
  fields     TEXT    NOT NULL, -- JSON: [{"field":…,"old":…,"new":…}]
  created_at TIMESTAMP    NOT NULL
, url VARCHAR(300) NOT NULL DEFAULT '', seal BIGINT, hash VARCHAR(64));

CREATE INDEX audit_lines_action ON audit_lines (action, created_at, id);

CREATE INDEX audit_lines_address ON audit_lines (address, created_at, id);

CREATE INDEX audit_lines_at ON audit_lines (created_at, id);

CREATE INDEX audit_lines_both ON audit_lines (kind, action, created_at, id);

CREATE INDEX audit_lines_kind ON audit_lines (kind, created_at, id);

CREATE INDEX audit_lines_number ON audit_lines (thing_id, created_at, id);

CREATE INDEX audit_lines_request ON audit_lines (request_id, created_at, id);

CREATE UNIQUE INDEX audit_lines_seal ON audit_lines (seal);

CREATE INDEX audit_lines_thing ON audit_lines (kind, thing_id, created_at, id);

CREATE INDEX audit_lines_user ON audit_lines (user_id, created_at, id);

CREATE TABLE audit_words (
  field VARCHAR(10)  NOT NULL, -- kind or action
  word  VARCHAR(300) NOT NULL,
  PRIMARY KEY (field, word)
);

CREATE TABLE avatars (
  user_id BIGINT      NOT NULL PRIMARY KEY,
  type    VARCHAR(40) NOT NULL,
  body    BLOB  NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE changes (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  node       VARCHAR(40) NOT NULL, -- the process that wrote, which knows already
  body       TEXT   NOT NULL, -- JSON
  created_at TIMESTAMP   NOT NULL
);

CREATE INDEX changes_at ON changes (created_at);

CREATE TABLE comments (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id BIGINT       NOT NULL,
  task_id    BIGINT,                 -- NULL: on the project itself
  author_id  BIGINT,                 -- NULL: nobody known any more
  author     VARCHAR(200) NOT NULL,  -- the name then
  text       TEXT    NOT NULL,  -- Markdown
  edited_at  TIMESTAMP,
  deleted_at TIMESTAMP,
  version    BIGINT       NOT NULL,
  created_at TIMESTAMP    NOT NULL,
  updated_at TIMESTAMP    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (author_id) REFERENCES users (id)
);

CREATE INDEX comments_author ON comments (author_id);

CREATE INDEX comments_of_project ON comments (project_id, deleted_at, task_id, id);

CREATE INDEX comments_task ON comments (task_id, id);

CREATE TABLE date_moves (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  act        VARCHAR(40) NOT NULL, -- the same for all tasks of one act
  user_id    BIGINT,               -- who did it; NULL: the portal
  task_id    BIGINT      NOT NULL,
  old_start  VARCHAR(10) NOT NULL, -- calendar days; empty for none
  old_due    VARCHAR(10) NOT NULL,
  new_start  VARCHAR(10) NOT NULL,
  new_due    VARCHAR(10) NOT NULL,
  created_at TIMESTAMP   NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE INDEX date_moves_act ON date_moves (act);

CREATE INDEX date_moves_created ON date_moves (created_at);

CREATE INDEX date_moves_task ON date_moves (task_id);

CREATE INDEX date_moves_user ON date_moves (user_id);

CREATE TABLE dependency_locks (
  id BIGINT NOT NULL PRIMARY KEY
);

CREATE TABLE document_categories (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  parent_id  BIGINT,                -- NULL: at the top
  name       VARCHAR(100) NOT NULL,
  name_key   VARCHAR(190) NOT NULL, -- folded
  private    BOOLEAN    NOT NULL, -- what lies in it is for those alone that it is shared with
  version    BIGINT       NOT NULL,
  created_at TIMESTAMP    NOT NULL,
  updated_at TIMESTAMP    NOT NULL,
  FOREIGN KEY (parent_id) REFERENCES document_categories (id)
);

CREATE INDEX document_categories_parent ON document_categories (parent_id, name_key);

CREATE TABLE document_decisions (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  document_id BIGINT        NOT NULL,
  number      BIGINT        NOT NULL, -- of the version
  what        VARCHAR(10)   NOT NULL, -- submitted, released or returned
  comment     VARCHAR(1000) NOT NULL,
  user_id     BIGINT,
  user_name   VARCHAR(200)  NOT NULL,
  created_at  TIMESTAMP     NOT NULL,
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX document_decisions_document ON document_decisions (document_id, id);

CREATE INDEX document_decisions_user ON document_decisions (user_id);

CREATE TABLE document_favourites (
  user_id     BIGINT NOT NULL,
  document_id BIGINT NOT NULL,
  PRIMARY KEY (user_id, document_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX document_favourites_document ON document_favourites (document_id);

CREATE TABLE document_readers (
  document_id BIGINT NOT NULL,
  role_id     BIGINT NOT NULL, -- whoever has the role has to confirm that they read what is released
  PRIMARY KEY (document_id, role_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);

CREATE INDEX document_readers_role ON document_readers (role_id);

CREATE TABLE document_receipts (
  document_id BIGINT    NOT NULL,
  number      BIGINT    NOT NULL, -- of the version that was read and understood
  user_id     BIGINT    NOT NULL,
  created_at  TIMESTAMP NOT NULL,
  PRIMARY KEY (document_id, number, user_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX document_receipts_user ON document_receipts (user_id, document_id);

CREATE TABLE document_shares (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  document_id BIGINT,
  category_id BIGINT,               -- one of the two is not NULL
  user_id     BIGINT,
  role_id     BIGINT,               -- one of the two is not NULL
  level       VARCHAR(10) NOT NULL, -- read, write or manage
  created_at  TIMESTAMP   NOT NULL,
  UNIQUE (document_id, user_id, role_id),
  UNIQUE (category_id, user_id, role_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (category_id) REFERENCES document_categories (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);

CREATE INDEX document_shares_role ON document_shares (role_id, document_id);

CREATE INDEX document_shares_user ON document_shares (user_id, document_id);

CREATE TABLE document_tag_links (
  document_id BIGINT NOT NULL,
  tag_id      BIGINT NOT NULL,
  PRIMARY KEY (document_id, tag_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (tag_id) REFERENCES document_tags (id) ON DELETE CASCADE
);

CREATE INDEX document_tag_links_tag ON document_tag_links (tag_id);

CREATE TABLE document_tags (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name       VARCHAR(60)  NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE, -- folded
  version    BIGINT       NOT NULL,
  created_at TIMESTAMP    NOT NULL,
  updated_at TIMESTAMP    NOT NULL
);

CREATE TABLE document_versions (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  document_id BIGINT       NOT NULL,
  number      BIGINT       NOT NULL, -- 1 is the first
  title       VARCHAR(256) NOT NULL,
  content     TEXT    NOT NULL, -- in Markdown
  note        VARCHAR(300) NOT NULL, -- what changed, in its author's words
  author_id   BIGINT,                -- NULL: nobody known any more
  author      VARCHAR(200) NOT NULL, -- the name then
  created_at  TIMESTAMP    NOT NULL,
  UNIQUE (document_id, number),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (author_id) REFERENCES users (id)
);

CREATE INDEX document_versions_author ON document_versions (author_id);

CREATE TABLE document_watchers (
  document_id BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  PRIMARY KEY (document_id, user_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX document_watchers_user ON document_watchers (user_id);

CREATE TABLE documents (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  title       VARCHAR(256) NOT NULL,
  title_key   VARCHAR(190) NOT NULL, -- folded
  category_id BIGINT,
  owner_id    BIGINT,
  private     BOOLEAN    NOT NULL,
  template    BOOLEAN    NOT NULL, -- others are made from it
  review_on   VARCHAR(10)  NOT NULL, -- calendar day by which somebody looks whether it still holds; empty for none
  state       VARCHAR(10)  NOT NULL, -- of the newest version: draft, review or released
  latest      BIGINT       NOT NULL, -- number of the newest version
  released    BIGINT       NOT NULL, -- number of the version that readers see; 0 for none
  released_at TIMESTAMP,
  created_by  BIGINT,
  deleted_at  TIMESTAMP,
  version     BIGINT       NOT NULL,
  created_at  TIMESTAMP    NOT NULL,
  updated_at  TIMESTAMP    NOT NULL,
  FOREIGN KEY (category_id) REFERENCES document_categories (id),
  FOREIGN KEY (owner_id) REFERENCES users (id),
  FOREIGN KEY (created_by) REFERENCES users (id)
);

CREATE INDEX documents_category ON documents (category_id, deleted_at);

CREATE INDEX documents_created_by ON documents (created_by);

CREATE INDEX documents_owner ON documents (owner_id, deleted_at);

CREATE INDEX documents_review ON documents (deleted_at, review_on);

CREATE INDEX documents_title ON documents (title_key);

CREATE INDEX documents_updated ON documents (deleted_at, updated_at);

CREATE TABLE drafts (
  user_id    BIGINT       NOT NULL,
  address    VARCHAR(190) NOT NULL, -- that the form is sent to
  page       VARCHAR(300) NOT NULL, -- that the form stands on; empty when it is not known
  title      VARCHAR(200) NOT NULL, -- of that page, as the writer last saw it; empty when it is not known
  fields     TEXT    NOT NULL, -- JSON: the fields' texts by their names
  updated_at TIMESTAMP    NOT NULL,
  PRIMARY KEY (user_id, address),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX drafts_updated ON drafts (updated_at);

CREATE TABLE due_reminders (
  user_id     BIGINT      NOT NULL PRIMARY KEY,
  reminded_on VARCHAR(10) NOT NULL, -- the person's calendar day of the last reminder
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE feeds (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id    BIGINT      NOT NULL UNIQUE,
  token_hash VARCHAR(64) NOT NULL UNIQUE, -- SHA-256 in hex
  used_at    TIMESTAMP,                   -- NULL: never yet; at most an hour old
  created_at TIMESTAMP   NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE forgotten_passwords (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  typed      VARCHAR(200) NOT NULL, -- user name or e-mail, as it was typed
  address    VARCHAR(64)  NOT NULL, -- where from
  created_at TIMESTAMP    NOT NULL
);

CREATE TABLE form_results (
  once       VARCHAR(64) NOT NULL PRIMARY KEY,
  id         BIGINT      NOT NULL,
  created_at TIMESTAMP   NOT NULL
);

CREATE INDEX form_results_at ON form_results (created_at);

CREATE TABLE history (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kind       VARCHAR(40)  NOT NULL, -- projects.task
  thing_id   BIGINT       NOT NULL,
  parent_id  BIGINT       NOT NULL, -- the thing it belongs to, 0 for none: a task's project
  version    BIGINT       NOT NULL, -- of the thing, after the change
  field      VARCHAR(60)  NOT NULL, -- empty: the thing itself was made, deleted, brought back
  old_value  TEXT    NOT NULL,
  new_value  TEXT    NOT NULL,
  what       VARCHAR(300) NOT NULL, -- past tense
  user_id    BIGINT,                -- NULL: nobody known any more, or the portal itself
  user_name  VARCHAR(200) NOT NULL, -- as it was then
  created_at TIMESTAMP    NOT NULL
);

CREATE INDEX history_parent ON history (kind, parent_id, id);

CREATE INDEX history_thing ON history (kind, thing_id, id);

CREATE TABLE import_labels (
  import_id BIGINT       NOT NULL,
  place     BIGINT       NOT NULL,
  name_key  VARCHAR(190) NOT NULL,
  name      VARCHAR(60)  NOT NULL,
  PRIMARY KEY (import_id, place, name_key),
  FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE
);

CREATE TABLE import_parts (
  import_id BIGINT      NOT NULL,
  kind      VARCHAR(10) NOT NULL, -- file or errors
  number    BIGINT      NOT NULL,
  body      BLOB  NOT NULL,
  PRIMARY KEY (import_id, kind, number),
  FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE
);

CREATE TABLE import_rows (
  import_id    BIGINT       NOT NULL,
  place        BIGINT       NOT NULL, -- 1 is the first row below the heads
  depth        BIGINT       NOT NULL, -- how deep it lies in rows of the same file, 0 to 2
  parent_place BIGINT       NOT NULL, -- the row it is part of; 0 for none
  parent_id    BIGINT,                -- the task it is part of that was there before
  name         VARCHAR(200) NOT NULL,
  summary      VARCHAR(500) NOT NULL,
  description  TEXT    NOT NULL,
  status_id    BIGINT       NOT NULL,
  priority_id  BIGINT       NOT NULL,
  assignee_id  BIGINT,
  start_on     VARCHAR(10)  NOT NULL,
  due_on       VARCHAR(10)  NOT NULL,
  estimate     BIGINT       NOT NULL, -- minutes
  milestone_id BIGINT,
  open         BOOLEAN    NOT NULL,
  started_at   TIMESTAMP,
  completed_at TIMESTAMP,
  search_text  VARCHAR(800) NOT NULL,
  name_key     VARCHAR(250) NOT NULL,
  PRIMARY KEY (import_id, place),
  FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE
);

CREATE TABLE imports (
  id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id   BIGINT       NOT NULL,
  user_id      BIGINT       NOT NULL,
  file_name    VARCHAR(200) NOT NULL,
  size         BIGINT       NOT NULL, -- bytes of the file
  settings     TEXT    NOT NULL, -- which column is which field, and what to do with unknown words; JSON
  preview      TEXT    NOT NULL, -- the sheets, the heads and the first rows; JSON
  state        VARCHAR(20)  NOT NULL,
  total        BIGINT       NOT NULL, -- rows below the heads
  done         BIGINT       NOT NULL, -- rows read so far
  bad          BIGINT       NOT NULL, -- errors found
  problems     TEXT    NOT NULL, -- the first of them; JSON
  said         VARCHAR(500) NOT NULL, -- why it failed
  first_number BIGINT       NOT NULL, -- of the tasks it made; 0 for none
  last_number  BIGINT       NOT NULL,
  ended_at     TIMESTAMP,             -- when it was done, failed or was cancelled
  undone_at    TIMESTAMP,             -- when its tasks went to the trash
  created_at   TIMESTAMP    NOT NULL,
  updated_at   TIMESTAMP    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX imports_project ON imports (project_id, id);

CREATE INDEX imports_state ON imports (state, updated_at);

CREATE INDEX imports_user ON imports (user_id);

CREATE TABLE job_runs (
  id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  job      VARCHAR(60)  NOT NULL,
  node     VARCHAR(40)  NOT NULL, -- the process that ran it
  began_at TIMESTAMP    NOT NULL,
  ended_at TIMESTAMP    NOT NULL,
  error    VARCHAR(500) NOT NULL  -- empty when it went well
);

CREATE INDEX job_runs_job ON job_runs (job, id);

CREATE TABLE jobs (
  name       VARCHAR(60)  NOT NULL PRIMARY KEY, -- oncall.remind
  holder     VARCHAR(40)  NOT NULL,             -- the process that runs it, empty for none
  held_until TIMESTAMP    NOT NULL,
  next_at    TIMESTAMP    NOT NULL,
  began_at   TIMESTAMP,
  ended_at   TIMESTAMP,
  error      VARCHAR(500) NOT NULL              -- of the last run; empty when it went well
);

CREATE TABLE labels (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id BIGINT       NOT NULL,
  name       VARCHAR(60)  NOT NULL,
  name_key   VARCHAR(190) NOT NULL, -- folded
  tone       VARCHAR(20)  NOT NULL, -- a colour of the design system
  version    BIGINT       NOT NULL,
  created_at TIMESTAMP    NOT NULL,
  updated_at TIMESTAMP    NOT NULL, deleted_at TIMESTAMP,
  UNIQUE (project_id, name_key),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE TABLE legacy_ids (
  kind      VARCHAR(40)  NOT NULL, -- the old table
  legacy_id VARCHAR(100) NOT NULL, -- the old key
  id        BIGINT       NOT NULL, -- ours; 0: looked at and left out
  PRIMARY KEY (kind, legacy_id)
);

CREATE TABLE link_categories (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name       VARCHAR(100) NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE, -- folded
  version    BIGINT       NOT NULL,
  updated_at TIMESTAMP    NOT NULL
);

CREATE TABLE link_favourites (
  user_id BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  PRIMARY KEY (user_id, link_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (link_id) REFERENCES links (id) ON DELETE CASCADE
);

CREATE INDEX link_favourites_link ON link_favourites (link_id);

CREATE TABLE link_roles (
  link_id BIGINT NOT NULL,
  role_id BIGINT NOT NULL,
  PRIMARY KEY (link_id, role_id),
  FOREIGN KEY (link_id) REFERENCES links (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);

CREATE INDEX link_roles_role ON link_roles (role_id);

CREATE TABLE link_tag_links (
  link_id BIGINT NOT NULL,
  tag_id  BIGINT NOT NULL,
  PRIMARY KEY (link_id, tag_id),
  FOREIGN KEY (link_id) REFERENCES links (id) ON DELETE CASCADE,
  FOREIGN KEY (tag_id) REFERENCES link_tags (id) ON DELETE CASCADE
);

CREATE INDEX link_tag_links_tag ON link_tag_links (tag_id);

CREATE TABLE link_tags (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name       VARCHAR(100) NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE,
  version    BIGINT       NOT NULL,
  updated_at TIMESTAMP    NOT NULL
);

CREATE TABLE links (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  url         VARCHAR(2000) NOT NULL, -- what a click leads to
  url_key     VARCHAR(64)   NOT NULL, -- the same for addresses that mean the same page
  name        VARCHAR(200)  NOT NULL,
  name_key    VARCHAR(190)  NOT NULL, -- folded, for sorting
  notes       TEXT     NOT NULL,
  icon        VARCHAR(60)   NOT NULL,
  category_id BIGINT,
  owner_id    BIGINT,
  seen_by     VARCHAR(20)   NOT NULL, -- everyone, roles or me
  pinned      BOOLEAN     NOT NULL,
  clicks      BIGINT        NOT NULL,
  clicked_at  TIMESTAMP,
  checked_at  TIMESTAMP,              -- NULL: it was never looked at
  broken      VARCHAR(200)  NOT NULL, -- what was wrong then; empty for nothing
  broken_at   TIMESTAMP,              -- since when it is; NULL while it is not
  search_text VARCHAR(3000) NOT NULL, -- folded name, address and notes
  deleted_at  TIMESTAMP,              -- in the trash since
  version     BIGINT        NOT NULL,
  created_at  TIMESTAMP     NOT NULL,
  updated_at  TIMESTAMP     NOT NULL,
  FOREIGN KEY (category_id) REFERENCES link_categories (id),
  FOREIGN KEY (owner_id) REFERENCES users (id)
);

CREATE INDEX links_category ON links (category_id);

CREATE INDEX links_checked ON links (checked_at);

CREATE INDEX links_name ON links (deleted_at, name_key);

CREATE INDEX links_owner ON links (owner_id);

CREATE INDEX links_url ON links (url_key);

CREATE TABLE mails (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  event      VARCHAR(150) NOT NULL UNIQUE, -- what it tells of: one mail an event
  kind       VARCHAR(40)  NOT NULL,        -- password.forgot
  user_id    BIGINT,                       -- whose account it goes to; NULL: an address alone
  recipient  VARCHAR(200) NOT NULL,        -- address
  subject    VARCHAR(200) NOT NULL,
  body       TEXT    NOT NULL,        -- JSON of its paragraphs, sealed when it is secret; empty once a secret one is through
  secret     BOOLEAN    NOT NULL,        -- whoever reads the body can sign in
  state      VARCHAR(20)  NOT NULL,        -- waiting, sending, sent, failed or discarded
  tries      BIGINT       NOT NULL,
  next_at    TIMESTAMP    NOT NULL,        -- while waiting: not before; while sending: when another process may take it over
  expires_at TIMESTAMP,                    -- NULL: never too late
  error      VARCHAR(500) NOT NULL,        -- of the last try
  message_id VARCHAR(150) NOT NULL,
  created_at TIMESTAMP    NOT NULL,
  sent_at    TIMESTAMP, guard VARCHAR(100) NOT NULL DEFAULT '',
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX mails_due ON mails (state, next_at);

CREATE INDEX mails_recipient ON mails (recipient, kind, created_at);

CREATE INDEX mails_user ON mails (user_id);

CREATE TABLE mapping_saves (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  body       TEXT NOT NULL, -- JSON: the mappings that a save replaced
  created_at TIMESTAMP NOT NULL
);

CREATE INDEX mapping_saves_at ON mapping_saves (created_at);

CREATE TABLE mentions (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id BIGINT       NOT NULL, -- of the text
  task_id    BIGINT,                -- NULL: the text is the project's own
  comment_id BIGINT,                -- NULL: the text is a description
  word       VARCHAR(120) NOT NULL, -- as it was typed, without the @ or #: NET-12
  user_id    BIGINT,
  target_id  BIGINT,                -- a task
  created_at TIMESTAMP    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (comment_id) REFERENCES comments (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id),
  FOREIGN KEY (target_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE INDEX mentions_comment ON mentions (comment_id);

CREATE INDEX mentions_project ON mentions (project_id, task_id, comment_id);

CREATE INDEX mentions_target ON mentions (target_id);

CREATE INDEX mentions_task ON mentions (task_id);

CREATE INDEX mentions_user ON mentions (user_id);

CREATE TABLE menu_categories (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name        VARCHAR(64)  NOT NULL UNIQUE,
  icon        VARCHAR(60)  NOT NULL,
  description VARCHAR(300) NOT NULL,
  weight      BIGINT       NOT NULL,
  version     BIGINT       NOT NULL,
  updated_at  TIMESTAMP    NOT NULL
);

CREATE TABLE migration_locks ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "table_name" VARCHAR, UNIQUE ("table_name"));

CREATE TABLE migrations ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" VARCHAR, "group_id" INTEGER, "migrated_at" TIMESTAMP NOT NULL DEFAULT current_timestamp);

CREATE TABLE milestones (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id  BIGINT       NOT NULL,
  name        VARCHAR(200) NOT NULL,
  description TEXT    NOT NULL, -- Markdown
  due_on      VARCHAR(10)  NOT NULL, -- a calendar day; empty for none
  reached_at  TIMESTAMP,             -- NULL: not yet
  created_by  BIGINT,
  deleted_at  TIMESTAMP,
  version     BIGINT       NOT NULL,
  created_at  TIMESTAMP    NOT NULL,
  updated_at  TIMESTAMP    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (created_by) REFERENCES users (id)
);

CREATE INDEX milestones_created_by ON milestones (created_by);

CREATE INDEX milestones_project ON milestones (project_id, due_on);

CREATE TABLE notification_choices (
  user_id BIGINT      NOT NULL,
  kind    VARCHAR(60) NOT NULL, -- projects.task.assigned
  choice  VARCHAR(10) NOT NULL, -- none, inbox or mail
  PRIMARY KEY (user_id, kind),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE notifications (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
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
  read_at    TIMESTAMP,             -- NULL: not yet
  created_at TIMESTAMP    NOT NULL,
  updated_at TIMESTAMP    NOT NULL, -- of the last event
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (actor_id) REFERENCES users (id)
);

CREATE INDEX notifications_actor ON notifications (actor_id);

CREATE INDEX notifications_all ON notifications (user_id, updated_at);

CREATE INDEX notifications_read ON notifications (read_at);

CREATE INDEX notifications_unread ON notifications (user_id, read_at, updated_at);

CREATE TABLE one_time_links (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  token_hash VARCHAR(64) NOT NULL UNIQUE, -- SHA-256 of the token, hexadecimal
  purpose    VARCHAR(20) NOT NULL,        -- first-admin or set-password
  user_id    BIGINT,                      -- NULL when the link makes the account
  expires_at TIMESTAMP   NOT NULL,
  used_at    TIMESTAMP,
  created_at TIMESTAMP   NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX one_time_links_user ON one_time_links (user_id);

CREATE TABLE priorities (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name       VARCHAR(60)  NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE,
  tone       VARCHAR(20)  NOT NULL,
  position   BIGINT       NOT NULL,        -- 1 is the least urgent
  version    BIGINT       NOT NULL,
  updated_at TIMESTAMP    NOT NULL
);

CREATE TABLE project_limits (
  project_id BIGINT NOT NULL,
  status_id  BIGINT NOT NULL,
  most       BIGINT NOT NULL, -- tasks in the column at once, 1 or more
  PRIMARY KEY (project_id, status_id),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (status_id) REFERENCES statuses (id) ON DELETE CASCADE
);

CREATE INDEX project_limits_status ON project_limits (status_id);

CREATE TABLE project_people (
  project_id BIGINT      NOT NULL,
  user_id    BIGINT      NOT NULL,
  kind       VARCHAR(20) NOT NULL, -- watcher, stakeholder or shareholder
  PRIMARY KEY (project_id, user_id, kind),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX project_people_user ON project_people (user_id, project_id);

CREATE TABLE project_roles (
  project_id BIGINT NOT NULL,
  role_id    BIGINT NOT NULL,
  PRIMARY KEY (project_id, role_id),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);

CREATE INDEX project_roles_role ON project_roles (role_id, project_id);

CREATE TABLE project_watchers (
  project_id BIGINT   NOT NULL,
  user_id    BIGINT   NOT NULL,
  muted      BOOLEAN NOT NULL, -- hears nothing, although the team counts them in
  PRIMARY KEY (project_id, user_id),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX project_watchers_user ON project_watchers (user_id);

CREATE TABLE projects (
  id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name           VARCHAR(200) NOT NULL,
  task_key       VARCHAR(10)  NOT NULL UNIQUE, -- NET of NET-12
  summary        VARCHAR(500) NOT NULL,
  description    TEXT    NOT NULL,        -- Markdown
  icon           VARCHAR(60)  NOT NULL,
  status_id      BIGINT       NOT NULL,
  priority_id    BIGINT       NOT NULL,
  percent_set    BIGINT,                       -- 0 to 100 by hand; NULL: computed from the tasks
  private        BOOLEAN    NOT NULL,
  lead_id        BIGINT,
  notify_created BOOLEAN    NOT NULL,
  notify_done    BOOLEAN    NOT NULL,
  notify_comment BOOLEAN    NOT NULL,
  tasks_total    BIGINT       NOT NULL,        -- without cancelled and deleted ones
  tasks_done     BIGINT       NOT NULL,
  last_number    BIGINT       NOT NULL,        -- the highest task number given out
  search_text    VARCHAR(800) NOT NULL,        -- folded name, key and summary
  name_key       VARCHAR(250) NOT NULL,        -- folded name, for sorting
  created_by     BIGINT,
  archived_at    TIMESTAMP,
  deleted_at     TIMESTAMP,                    -- in the trash since
  version        BIGINT       NOT NULL,
  created_at     TIMESTAMP    NOT NULL,
  updated_at     TIMESTAMP    NOT NULL, waits_rule VARCHAR(20) NOT NULL DEFAULT 'refuse', template BOOLEAN NOT NULL DEFAULT 0, next_due_on VARCHAR(10) NOT NULL DEFAULT '',
  FOREIGN KEY (status_id) REFERENCES statuses (id),
  FOREIGN KEY (priority_id) REFERENCES priorities (id),
  FOREIGN KEY (lead_id) REFERENCES users (id),
  FOREIGN KEY (created_by) REFERENCES users (id)
);

CREATE INDEX projects_created_by ON projects (created_by);

CREATE INDEX projects_lead ON projects (lead_id);

CREATE INDEX projects_list ON projects (deleted_at, archived_at, template, updated_at, status_id, lead_id, next_due_on, private);

CREATE INDEX projects_name ON projects (name_key);

CREATE INDEX projects_priority ON projects (priority_id);

CREATE INDEX projects_status ON projects (status_id);

CREATE TABLE recovery_codes (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id    BIGINT      NOT NULL,
  code_hash  VARCHAR(64) NOT NULL,
  used_at    TIMESTAMP,            -- NULL: works still
  created_at TIMESTAMP   NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX recovery_codes_user ON recovery_codes (user_id, code_hash);

CREATE TABLE role_includes (
  role_id     BIGINT NOT NULL,
  included_id BIGINT NOT NULL,
  PRIMARY KEY (role_id, included_id),
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE,
  FOREIGN KEY (included_id) REFERENCES roles (id) ON DELETE CASCADE
);

CREATE INDEX role_includes_included ON role_includes (included_id);

CREATE TABLE roles (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name       VARCHAR(64)  NOT NULL UNIQUE, -- lower case
  notes      VARCHAR(500) NOT NULL,
  icon       VARCHAR(60)  NOT NULL,
  version    BIGINT       NOT NULL,
  created_at TIMESTAMP    NOT NULL,
  updated_at TIMESTAMP    NOT NULL
, second_factor BOOLEAN NOT NULL DEFAULT FALSE);

CREATE TABLE route_mapping_roles (
  mapping_id BIGINT NOT NULL,
  role_id    BIGINT NOT NULL,
  PRIMARY KEY (mapping_id, role_id),
  FOREIGN KEY (mapping_id) REFERENCES route_mappings (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);

CREATE INDEX route_mapping_roles_role ON route_mapping_roles (role_id);

CREATE TABLE route_mappings (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  node        VARCHAR(150) NOT NULL UNIQUE, -- a route's name or the beginning of some
  audience    VARCHAR(20)  NOT NULL,        -- inherit, anyone, signed-in or roles
  title       VARCHAR(128) NOT NULL,        -- in the menu; empty for the route's own
  icon        VARCHAR(60)  NOT NULL,
  category_id BIGINT,
  weight      BIGINT       NOT NULL,
  shown       BOOLEAN    NOT NULL,        -- in the menu
  changed     BOOLEAN    NOT NULL,        -- by a person, so no longer what the portal came with
  version     BIGINT       NOT NULL,
  updated_at  TIMESTAMP    NOT NULL,
  FOREIGN KEY (category_id) REFERENCES menu_categories (id)
);

CREATE INDEX route_mappings_category ON route_mappings (category_id);

CREATE TABLE saved_view_defaults (
  user_id BIGINT      NOT NULL,
  list    VARCHAR(80) NOT NULL,
  view_id BIGINT      NOT NULL, -- what the list opens with
  PRIMARY KEY (user_id, list),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (view_id) REFERENCES saved_views (id) ON DELETE CASCADE
);

CREATE INDEX saved_view_defaults_list ON saved_view_defaults (list);

CREATE INDEX saved_view_defaults_view ON saved_view_defaults (view_id);

CREATE TABLE saved_views (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  owner_id   BIGINT        NOT NULL,
  list       VARCHAR(80)   NOT NULL, -- which list: projects, projects.tasks:12
  name       VARCHAR(100)  NOT NULL,
  query      VARCHAR(1000) NOT NULL, -- what the list's address says behind the question mark
  role_id    BIGINT,                 -- whose people see it too; NULL for nobody's
  position   BIGINT        NOT NULL, -- among its owner's for the list
  deleted_at TIMESTAMP,
  version    BIGINT        NOT NULL,
  created_at TIMESTAMP     NOT NULL,
  updated_at TIMESTAMP     NOT NULL,
  FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE SET NULL
);

CREATE INDEX saved_views_list ON saved_views (list, owner_id);

CREATE INDEX saved_views_owner ON saved_views (owner_id);

CREATE INDEX saved_views_role ON saved_views (role_id);

CREATE TABLE search_entries (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kind       VARCHAR(60)  NOT NULL,  -- of the thing: projects.task
  thing_id   BIGINT       NOT NULL,
  parent_id  BIGINT       NOT NULL,  -- what it belongs to, 0 for nothing
  title      VARCHAR(300) NOT NULL,
  title_key  VARCHAR(200) NOT NULL,  -- folded
  url        VARCHAR(300) NOT NULL,
  digest     VARCHAR(64)  NOT NULL,  -- of what is found and shown
  updated_at TIMESTAMP    NOT NULL,  -- of the thing
  text       TEXT    NOT NULL,  -- the last column: SQLite reads what stands before it without it
  UNIQUE (kind, thing_id)
);

CREATE TABLE search_recents (
  user_id   BIGINT      NOT NULL,
  kind      VARCHAR(60) NOT NULL,
  thing_id  BIGINT      NOT NULL,
  opened_at TIMESTAMP   NOT NULL,
  PRIMARY KEY (user_id, kind, thing_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE search_states (
  kind     VARCHAR(60) NOT NULL PRIMARY KEY,
  version  BIGINT      NOT NULL,
  after_id BIGINT      NOT NULL
);

CREATE VIRTUAL TABLE search_words USING fts5 (
  title, text, kind, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE second_factors (
  user_id    BIGINT       NOT NULL PRIMARY KEY,
  secret     VARCHAR(300) NOT NULL, -- sealed with the portal's secret key
  last_step  BIGINT       NOT NULL, -- of the code used last: steps of 30 seconds since 1970; a code works once
  created_at TIMESTAMP    NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE sessions (
  k VARCHAR(64)  NOT NULL PRIMARY KEY,
  v BLOB         NOT NULL,
  e BIGINT       NOT NULL DEFAULT 0 -- unix seconds; 0: never ends
);

CREATE INDEX sessions_e ON sessions (e);

CREATE TABLE settings (
  name       VARCHAR(100) NOT NULL PRIMARY KEY,
  value      TEXT    NOT NULL,
  updated_at TIMESTAMP    NOT NULL
);

CREATE TABLE sign_in_failures (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  account_key VARCHAR(190) NOT NULL,
  address_key VARCHAR(64)  NOT NULL,
  failed_at   TIMESTAMP    NOT NULL
);

CREATE INDEX sign_in_failures_account ON sign_in_failures (account_key, failed_at);

CREATE INDEX sign_in_failures_address ON sign_in_failures (address_key, failed_at);

CREATE INDEX sign_in_failures_at ON sign_in_failures (failed_at);

CREATE TABLE sign_ins (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id     BIGINT       NOT NULL,
  session_key VARCHAR(64)  NOT NULL UNIQUE, -- sessions.k
  address     VARCHAR(64)  NOT NULL,
  device      VARCHAR(300) NOT NULL,        -- the browser, as it says itself
  kept        BOOLEAN    NOT NULL,        -- keep me signed in
  created_at  TIMESTAMP    NOT NULL,
  seen_at     TIMESTAMP    NOT NULL,        -- to about a minute
  ends_at     TIMESTAMP    NOT NULL,        -- whatever happens
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX sign_ins_ends ON sign_ins (ends_at);

CREATE INDEX sign_ins_user ON sign_ins (user_id);

CREATE TABLE status_steps (
  from_id BIGINT NOT NULL,
  to_id   BIGINT NOT NULL,
  role_id BIGINT NOT NULL,
  PRIMARY KEY (from_id, to_id, role_id),
  FOREIGN KEY (from_id) REFERENCES statuses (id) ON DELETE CASCADE,
  FOREIGN KEY (to_id) REFERENCES statuses (id) ON DELETE CASCADE
);

CREATE INDEX status_steps_to ON status_steps (to_id);

CREATE TABLE statuses (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name       VARCHAR(60)  NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE, -- folded
  tone       VARCHAR(20)  NOT NULL,        -- a colour of the design system
  stage      VARCHAR(20)  NOT NULL,        -- todo, in-progress, review, done or cancelled
  position   BIGINT       NOT NULL,
  version    BIGINT       NOT NULL,
  updated_at TIMESTAMP    NOT NULL
);

CREATE TABLE task_dependencies (
  task_id  BIGINT NOT NULL, -- waits
  needs_id BIGINT NOT NULL, -- for this one
  PRIMARY KEY (task_id, needs_id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (needs_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE INDEX task_dependencies_needs ON task_dependencies (needs_id);

CREATE TABLE task_labels (
  task_id  BIGINT NOT NULL,
  label_id BIGINT NOT NULL,
  PRIMARY KEY (task_id, label_id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (label_id) REFERENCES labels (id) ON DELETE CASCADE
);

CREATE INDEX task_labels_label ON task_labels (label_id, task_id);

CREATE TABLE task_watchers (
  task_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  PRIMARY KEY (task_id, user_id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX task_watchers_user ON task_watchers (user_id, task_id);

CREATE TABLE tasks (
  id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id   BIGINT       NOT NULL,
  number       BIGINT       NOT NULL,  -- within the project: 12 of NET-12
  parent_id    BIGINT,                 -- a task of the same project; three levels at most
  name         VARCHAR(200) NOT NULL,
  summary      VARCHAR(500) NOT NULL,
  description  TEXT    NOT NULL,  -- Markdown
  status_id    BIGINT       NOT NULL,
  priority_id  BIGINT       NOT NULL,
  assignee_id  BIGINT,
  start_on     VARCHAR(10)  NOT NULL,  -- a calendar day, 2006-01-02; empty for none
  due_on       VARCHAR(10)  NOT NULL,
  position     BIGINT       NOT NULL,  -- in its column of the board; gaps are left between
  open         BOOLEAN    NOT NULL,  -- its status is neither done nor cancelled
  completed_at TIMESTAMP,
  search_text  VARCHAR(800) NOT NULL,
  name_key     VARCHAR(250) NOT NULL,
  created_by   BIGINT,
  deleted_at   TIMESTAMP,
  version      BIGINT       NOT NULL,
  created_at   TIMESTAMP    NOT NULL,
  updated_at   TIMESTAMP    NOT NULL, estimate BIGINT NOT NULL DEFAULT 0, milestone_id BIGINT, queue_id BIGINT, repeat_rule VARCHAR(300) NOT NULL DEFAULT '', started_at TIMESTAMP, label_ids VARCHAR(300) NOT NULL DEFAULT '', waits_on BIGINT NOT NULL DEFAULT 0, next_id BIGINT,
  UNIQUE (project_id, number),
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (parent_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (status_id) REFERENCES statuses (id),
  FOREIGN KEY (priority_id) REFERENCES priorities (id),
  FOREIGN KEY (assignee_id) REFERENCES users (id),
  FOREIGN KEY (created_by) REFERENCES users (id)
);

CREATE INDEX tasks_board ON tasks (project_id, status_id, position);

CREATE INDEX tasks_count ON tasks (project_id, deleted_at, status_id, assignee_id);

CREATE INDEX tasks_due ON tasks (project_id, open, due_on, deleted_at);

CREATE INDEX tasks_made ON tasks (created_by, open, deleted_at, project_id);

CREATE INDEX tasks_milestone ON tasks (milestone_id);

CREATE INDEX tasks_mine ON tasks (assignee_id, open, due_on);

CREATE INDEX tasks_open_due ON tasks (open, due_on, deleted_at, project_id);

CREATE INDEX tasks_parent ON tasks (parent_id);

CREATE INDEX tasks_priority ON tasks (priority_id);

CREATE INDEX tasks_queue ON tasks (queue_id, open, due_on);

CREATE INDEX tasks_status ON tasks (status_id);

CREATE TABLE todos (
  id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id  BIGINT       NOT NULL,
  task_id     BIGINT,                 -- NULL: of the project itself
  text        VARCHAR(500) NOT NULL,
  done_at     TIMESTAMP,              -- NULL: open
  done_by     BIGINT,
  due_on      VARCHAR(10)  NOT NULL,
  assignee_id BIGINT,
  position    BIGINT       NOT NULL,
  created_by  BIGINT,
  deleted_at  TIMESTAMP,
  version     BIGINT       NOT NULL,
  created_at  TIMESTAMP    NOT NULL,
  updated_at  TIMESTAMP    NOT NULL,
  FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  FOREIGN KEY (done_by) REFERENCES users (id),
  FOREIGN KEY (assignee_id) REFERENCES users (id),
  FOREIGN KEY (created_by) REFERENCES users (id)
);

CREATE INDEX todos_created_by ON todos (created_by);

CREATE INDEX todos_done_by ON todos (done_by);

CREATE INDEX todos_mine ON todos (assignee_id, done_at, deleted_at, task_id, project_id);

CREATE INDEX todos_project ON todos (project_id, task_id, position);

CREATE INDEX todos_task ON todos (task_id, position);

CREATE TABLE undo_rows (
  undo_id BIGINT       NOT NULL,
  number  BIGINT       NOT NULL, -- of a task in its project, or a project's id
  name    VARCHAR(220) NOT NULL, -- key and name then
  outcome VARCHAR(10)  NOT NULL, -- done, same, refused; once taken back: undone, left
  reason  VARCHAR(500) NOT NULL, -- of what was refused or left
  version BIGINT       NOT NULL, -- after the act; 0 when nothing was written
  was     TEXT    NOT NULL, -- what changed, by field, as JSON: before the act
  became  TEXT    NOT NULL, -- and after it
  PRIMARY KEY (undo_id, number),
  FOREIGN KEY (undo_id) REFERENCES undos (id) ON DELETE CASCADE
);

CREATE TABLE undos (
  id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id    BIGINT       NOT NULL, -- who did it, and alone may take it back
  project_id BIGINT       NOT NULL, -- whose tasks; 0 for an act on several projects
  what       VARCHAR(300) NOT NULL, -- in the past tense
  done       BIGINT       NOT NULL, -- rows
  refused    BIGINT       NOT NULL,
  undone_at  TIMESTAMP,             -- NULL: may be taken back for a day
  created_at TIMESTAMP    NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX undos_at ON undos (created_at);

CREATE INDEX undos_user ON undos (user_id, project_id, created_at);

CREATE TABLE user_preferences (
  user_id BIGINT       NOT NULL,
  name    VARCHAR(64)  NOT NULL,
  value   VARCHAR(500) NOT NULL,
  PRIMARY KEY (user_id, name),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE user_roles (
  user_id    BIGINT       NOT NULL,
  role_id    BIGINT       NOT NULL,
  until_at   TIMESTAMP,                 -- NULL: without an end
  reason     VARCHAR(300) NOT NULL,
  granted_at TIMESTAMP    NOT NULL, origin VARCHAR(10) NOT NULL DEFAULT '',
  PRIMARY KEY (user_id, role_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);

CREATE INDEX user_roles_role ON user_roles (role_id);

CREATE TABLE users (
  id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  username            VARCHAR(150) NOT NULL,
  username_key        VARCHAR(190) NOT NULL UNIQUE, -- folded: two names that read alike are one
  name                VARCHAR(200) NOT NULL,
  search_text         VARCHAR(500) NOT NULL,        -- folded name, user name and e-mail
  email               VARCHAR(200) NOT NULL,        -- empty for none
  email_key           VARCHAR(200) NOT NULL,        -- lower case
  phone               VARCHAR(60)  NOT NULL,
  employee_number     VARCHAR(60)  NOT NULL,
  directory_id        VARCHAR(60)  NOT NULL,        -- the name in the company's directory
  source              VARCHAR(10)  NOT NULL,        -- local or ldap
  password_hash       VARCHAR(300) NOT NULL,        -- empty: no local password
  password_changed_at TIMESTAMP,
  locked_at           TIMESTAMP,                    -- NULL: may sign in
  zone                VARCHAR(60)  NOT NULL,        -- IANA name; empty for the portal's
  theme               VARCHAR(10)  NOT NULL,        -- system, light or dark
  avatar_version      BIGINT       NOT NULL,        -- 0: no picture
  last_sign_in_at     TIMESTAMP,
  version             BIGINT       NOT NULL,
  created_at          TIMESTAMP    NOT NULL,
  updated_at          TIMESTAMP    NOT NULL
, locked_reason VARCHAR(300) NOT NULL DEFAULT '');

CREATE INDEX users_email ON users (email_key);

CREATE INDEX users_name ON users (name);
