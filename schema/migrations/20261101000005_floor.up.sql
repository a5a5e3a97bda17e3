-- What other processes on this database must know of each write: which cache entries ended, which pages changed.
CREATE TABLE IF NOT EXISTS changes (
  id         {{.ID}},
  node       VARCHAR(40) NOT NULL, -- the process that wrote, which knows already
  body       {{.Text}}   NOT NULL, -- JSON
  created_at {{.Time}}   NOT NULL
  {{- .Index "changes_at" "changes" "created_at"}}
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS jobs (
  name       VARCHAR(60)  NOT NULL PRIMARY KEY, -- oncall.remind
  holder     VARCHAR(40)  NOT NULL,             -- the process that runs it, empty for none
  held_until {{.Time}}    NOT NULL,
  next_at    {{.Time}}    NOT NULL,
  began_at   {{.Time}},
  ended_at   {{.Time}},
  error      VARCHAR(500) NOT NULL              -- of the last run; empty when it went well
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS legacy_ids (
  kind      VARCHAR(40)  NOT NULL, -- the old table
  legacy_id VARCHAR(100) NOT NULL, -- the old key
  id        BIGINT       NOT NULL, -- ours; 0: looked at and left out
  PRIMARY KEY (kind, legacy_id)
) {{.Table}};
--bun:split
CREATE TABLE IF NOT EXISTS settings (
  name       VARCHAR(100) NOT NULL PRIMARY KEY,
  value      {{.Text}}    NOT NULL,
  updated_at {{.Time}}    NOT NULL
) {{.Table}};
--bun:split
-- What a form has made, by a number in the form: sent twice, it makes one thing.
CREATE TABLE IF NOT EXISTS form_results (
  once       VARCHAR(64) NOT NULL PRIMARY KEY,
  id         BIGINT      NOT NULL,
  created_at {{.Time}}   NOT NULL
  {{- .Index "form_results_at" "form_results" "created_at"}}
) {{.Table}};
