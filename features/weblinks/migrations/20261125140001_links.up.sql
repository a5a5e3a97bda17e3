CREATE TABLE IF NOT EXISTS link_categories (
  id         {{.ID}},
  name       VARCHAR(100) NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE, -- folded
  version    BIGINT       NOT NULL,
  updated_at {{.Time}}    NOT NULL
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS link_tags (
  id         {{.ID}},
  name       VARCHAR(100) NOT NULL,
  name_key   VARCHAR(190) NOT NULL UNIQUE,
  version    BIGINT       NOT NULL,
  updated_at {{.Time}}    NOT NULL
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS links (
  id          {{.ID}},
  url         VARCHAR(2000) NOT NULL, -- what a click leads to
  url_key     VARCHAR(64)   NOT NULL, -- the same for addresses that mean the same page
  name        VARCHAR(200)  NOT NULL,
  name_key    VARCHAR(190)  NOT NULL, -- folded, for sorting
  notes       {{.Text}}     NOT NULL,
  icon        VARCHAR(60)   NOT NULL,
  category_id BIGINT,
  owner_id    BIGINT,
  seen_by     VARCHAR(20)   NOT NULL, -- everyone, roles or me
  pinned      {{.Bool}}     NOT NULL,
  clicks      BIGINT        NOT NULL,
  clicked_at  {{.Time}},
  checked_at  {{.Time}},              -- NULL: it was never looked at
  broken      VARCHAR(200)  NOT NULL, -- what was wrong then; empty for nothing
  broken_at   {{.Time}},              -- since when it is; NULL while it is not
  search_text VARCHAR(3000) NOT NULL, -- folded name, address and notes
  deleted_at  {{.Time}},              -- in the trash since
  version     BIGINT        NOT NULL,
  created_at  {{.Time}}     NOT NULL,
  updated_at  {{.Time}}     NOT NULL,
  FOREIGN KEY (category_id) REFERENCES link_categories (id),
  FOREIGN KEY (owner_id) REFERENCES users (id)
  {{- .Index "links_name" "links" "deleted_at, name_key"}}
  {{- .Index "links_url" "links" "url_key"}}
  {{- .Index "links_category" "links" "category_id"}}
  {{- .Index "links_owner" "links" "owner_id"}}
  {{- .Index "links_checked" "links" "checked_at"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS link_tag_links (
  link_id BIGINT NOT NULL,
  tag_id  BIGINT NOT NULL,
  PRIMARY KEY (link_id, tag_id),
  FOREIGN KEY (link_id) REFERENCES links (id) ON DELETE CASCADE,
  FOREIGN KEY (tag_id) REFERENCES link_tags (id) ON DELETE CASCADE
  {{- .Index "link_tag_links_tag" "link_tag_links" "tag_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS link_roles (
  link_id BIGINT NOT NULL,
  role_id BIGINT NOT NULL,
  PRIMARY KEY (link_id, role_id),
  FOREIGN KEY (link_id) REFERENCES links (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
  {{- .Index "link_roles_role" "link_roles" "role_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS link_favourites (
  user_id BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  PRIMARY KEY (user_id, link_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (link_id) REFERENCES links (id) ON DELETE CASCADE
  {{- .Index "link_favourites_link" "link_favourites" "link_id"}}
) {{.Table}};
