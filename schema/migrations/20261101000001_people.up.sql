CREATE TABLE IF NOT EXISTS users (
  id                  {{.ID}},
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
  password_changed_at {{.Time}},
  locked_at           {{.Time}},                    -- NULL: may sign in
  zone                VARCHAR(60)  NOT NULL,        -- IANA name; empty for the portal's
  theme               VARCHAR(10)  NOT NULL,        -- system, light or dark
  avatar_version      BIGINT       NOT NULL,        -- 0: no picture
  last_sign_in_at     {{.Time}},
  version             BIGINT       NOT NULL,
  created_at          {{.Time}}    NOT NULL,
  updated_at          {{.Time}}    NOT NULL
  {{- .Index "users_email" "users" "email_key"}}
  {{- .Index "users_name" "users" "name"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS avatars (
  user_id BIGINT      NOT NULL PRIMARY KEY,
  type    VARCHAR(40) NOT NULL,
  body    {{.Bytes}}  NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS user_preferences (
  user_id BIGINT       NOT NULL,
  name    VARCHAR(64)  NOT NULL,
  value   VARCHAR(500) NOT NULL,
  PRIMARY KEY (user_id, name),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS roles (
  id         {{.ID}},
  name       VARCHAR(64)  NOT NULL UNIQUE, -- lower case
  notes      VARCHAR(500) NOT NULL,
  icon       VARCHAR(60)  NOT NULL,
  version    BIGINT       NOT NULL,
  created_at {{.Time}}    NOT NULL,
  updated_at {{.Time}}    NOT NULL
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS role_includes (
  role_id     BIGINT NOT NULL,
  included_id BIGINT NOT NULL,
  PRIMARY KEY (role_id, included_id),
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE,
  FOREIGN KEY (included_id) REFERENCES roles (id) ON DELETE CASCADE
  {{- .Index "role_includes_included" "role_includes" "included_id"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS user_roles (
  user_id    BIGINT       NOT NULL,
  role_id    BIGINT       NOT NULL,
  until_at   {{.Time}},                 -- NULL: without an end
  reason     VARCHAR(300) NOT NULL,
  granted_at {{.Time}}    NOT NULL,
  PRIMARY KEY (user_id, role_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
  {{- .Index "user_roles_role" "user_roles" "role_id"}}
) {{.Table}};
