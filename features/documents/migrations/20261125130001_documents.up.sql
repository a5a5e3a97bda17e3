CREATE TABLE IF NOT EXISTS document_categories (
  id         {{.ID}},
  parent_id  BIGINT,                -- NULL: at the top
  name       VARCHAR(100) NOT NULL,
  name_key   VARCHAR(190) NOT NULL, -- folded
  private    {{.Bool}}    NOT NULL, -- what lies in it is for those alone that it is shared with
  version    BIGINT       NOT NULL,
  created_at {{.Time}}    NOT NULL,
  updated_at {{.Time}}    NOT NULL,
  FOREIGN KEY (parent_id) REFERENCES document_categories (id)
  {{- .Index "document_categories_parent" "document_categories" "parent_id, name_key"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS documents (
  id          {{.ID}},
  title       VARCHAR(256) NOT NULL,
  title_key   VARCHAR(190) NOT NULL, -- folded
  category_id BIGINT,
  owner_id    BIGINT,
  private     {{.Bool}}    NOT NULL,
  template    {{.Bool}}    NOT NULL, -- others are made from it
  review_on   VARCHAR(10)  NOT NULL, -- calendar day by which somebody looks whether it still holds; empty for none
  state       VARCHAR(10)  NOT NULL, -- of the newest version: draft, review or released
  latest      BIGINT       NOT NULL, -- number of the newest version
  released    BIGINT       NOT NULL, -- number of the version that readers see; 0 for none
  released_at {{.Time}},
  created_by  BIGINT,
  deleted_at  {{.Time}},
  version     BIGINT       NOT NULL,
  created_at  {{.Time}}    NOT NULL,
  updated_at  {{.Time}}    NOT NULL,
  FOREIGN KEY (category_id) REFERENCES document_categories (id),
  FOREIGN KEY (owner_id) REFERENCES users (id),
  FOREIGN KEY (created_by) REFERENCES users (id)
  {{- .Index "documents_category" "documents" "category_id, deleted_at"}}
  {{- .Index "documents_owner" "documents" "owner_id, deleted_at"}}
  {{- .Index "documents_created_by" "documents" "created_by"}}
  {{- .Index "documents_title" "documents" "title_key"}}
  {{- .Index "documents_updated" "documents" "deleted_at, updated_at"}}
  {{- .Index "documents_review" "documents" "deleted_at, review_on"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_versions (
  id          {{.ID}},
  document_id BIGINT       NOT NULL,
  number      BIGINT       NOT NULL, -- 1 is the first
  title       VARCHAR(256) NOT NULL,
  content     {{.Text}}    NOT NULL, -- in Markdown
  note        VARCHAR(300) NOT NULL, -- what changed, in its author's words
  author_id   BIGINT,                -- NULL: nobody known any more
  author      VARCHAR(200) NOT NULL, -- the name then
  created_at  {{.Time}}    NOT NULL,
  UNIQUE (document_id, number),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (author_id) REFERENCES users (id)
  {{- .Index "document_versions_author" "document_versions" "author_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_decisions (
  id          {{.ID}},
  document_id BIGINT        NOT NULL,
  number      BIGINT        NOT NULL, -- of the version
  what        VARCHAR(10)   NOT NULL, -- submitted, released or returned
  comment     VARCHAR(1000) NOT NULL,
  user_id     BIGINT,
  user_name   VARCHAR(200)  NOT NULL,
  created_at  {{.Time}}     NOT NULL,
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id)
  {{- .Index "document_decisions_document" "document_decisions" "document_id, id"}}
  {{- .Index "document_decisions_user" "document_decisions" "user_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_shares (
  id          {{.ID}},
  document_id BIGINT,
  category_id BIGINT,               -- one of the two is not NULL
  user_id     BIGINT,
  role_id     BIGINT,               -- one of the two is not NULL
  level       VARCHAR(10) NOT NULL, -- read, write or manage
  created_at  {{.Time}}   NOT NULL,
  UNIQUE (document_id, user_id, role_id),
  UNIQUE (category_id, user_id, role_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (category_id) REFERENCES document_categories (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
  {{- .Index "document_shares_user" "document_shares" "user_id, document_id"}}
  {{- .Index "document_shares_role" "document_shares" "role_id, document_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_tags (
  id         {{.ID}},
  name       VARCHAR(60)  NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE, -- folded
  version    BIGINT       NOT NULL,
  created_at {{.Time}}    NOT NULL,
  updated_at {{.Time}}    NOT NULL
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_tag_links (
  document_id BIGINT NOT NULL,
  tag_id      BIGINT NOT NULL,
  PRIMARY KEY (document_id, tag_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (tag_id) REFERENCES document_tags (id) ON DELETE CASCADE
  {{- .Index "document_tag_links_tag" "document_tag_links" "tag_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_readers (
  document_id BIGINT NOT NULL,
  role_id     BIGINT NOT NULL, -- whoever has the role has to confirm that they read what is released
  PRIMARY KEY (document_id, role_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
  {{- .Index "document_readers_role" "document_readers" "role_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_receipts (
  document_id BIGINT    NOT NULL,
  number      BIGINT    NOT NULL, -- of the version that was read and understood
  user_id     BIGINT    NOT NULL,
  created_at  {{.Time}} NOT NULL,
  PRIMARY KEY (document_id, number, user_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "document_receipts_user" "document_receipts" "user_id, document_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_favourites (
  user_id     BIGINT NOT NULL,
  document_id BIGINT NOT NULL,
  PRIMARY KEY (user_id, document_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE
  {{- .Index "document_favourites_document" "document_favourites" "document_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS document_watchers (
  document_id BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  PRIMARY KEY (document_id, user_id),
  FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "document_watchers_user" "document_watchers" "user_id"}}
) {{.Table}};
