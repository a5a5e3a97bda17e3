CREATE TABLE IF NOT EXISTS menu_categories (
  id          {{.ID}},
  name        VARCHAR(64)  NOT NULL UNIQUE,
  icon        VARCHAR(60)  NOT NULL,
  description VARCHAR(300) NOT NULL,
  weight      BIGINT       NOT NULL,
  version     BIGINT       NOT NULL,
  updated_at  {{.Time}}    NOT NULL
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS route_mappings (
  id          {{.ID}},
  node        VARCHAR(150) NOT NULL UNIQUE, -- a route's name or the beginning of some
  audience    VARCHAR(20)  NOT NULL,        -- inherit, anyone, signed-in or roles
  title       VARCHAR(128) NOT NULL,        -- in the menu; empty for the route's own
  icon        VARCHAR(60)  NOT NULL,
  category_id BIGINT,
  weight      BIGINT       NOT NULL,
  shown       {{.Bool}}    NOT NULL,        -- in the menu
  changed     {{.Bool}}    NOT NULL,        -- by a person, so no longer what the portal came with
  version     BIGINT       NOT NULL,
  updated_at  {{.Time}}    NOT NULL,
  FOREIGN KEY (category_id) REFERENCES menu_categories (id)
  {{- .Index "route_mappings_category" "route_mappings" "category_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS route_mapping_roles (
  mapping_id BIGINT NOT NULL,
  role_id    BIGINT NOT NULL,
  PRIMARY KEY (mapping_id, role_id),
  FOREIGN KEY (mapping_id) REFERENCES route_mappings (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
  {{- .Index "route_mapping_roles_role" "route_mapping_roles" "role_id"}}
) {{.Table}};
