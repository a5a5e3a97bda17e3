-- The audit log is sealed after the fact: seal counts the sealed lines without a gap, hash is chained over them.
-- (SQLite takes no comment behind an added column.)
ALTER TABLE audit_lines ADD COLUMN url VARCHAR(300) NOT NULL DEFAULT '';
--bun:split
ALTER TABLE audit_lines ADD COLUMN seal BIGINT;
--bun:split
ALTER TABLE audit_lines ADD COLUMN hash VARCHAR(64);
--bun:split
CREATE UNIQUE INDEX audit_lines_seal ON audit_lines (seal);
--bun:split
CREATE TABLE audit_heads (
  id          BIGINT      NOT NULL PRIMARY KEY, -- always 1
  key_id      VARCHAR(16) NOT NULL,             -- tells secret keys apart without saying anything of them
  removed     BIGINT      NOT NULL,             -- seal of the last line that retention removed, 0 for none
  anchor      VARCHAR(64) NOT NULL,             -- its hash
  sealed      BIGINT      NOT NULL,             -- seal of the last sealed line
  hash        VARCHAR(64) NOT NULL,             -- its hash
  mac         VARCHAR(64) NOT NULL,             -- over all of the above
  updated_at  {{.Time}}   NOT NULL
) {{.Table}};
--bun:split
CREATE TABLE audit_checks (
  id       {{.ID}},
  began_at {{.Time}}    NOT NULL,
  ended_at {{.Time}},
  who      VARCHAR(200) NOT NULL,
  done     BIGINT       NOT NULL, -- lines looked at
  total    BIGINT       NOT NULL, -- lines there are to look at
  ok       {{.Bool}}    NOT NULL,
  said     VARCHAR(500) NOT NULL  -- a whole sentence; empty while it runs
) {{.Table}};
