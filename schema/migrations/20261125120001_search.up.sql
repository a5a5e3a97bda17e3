CREATE TABLE IF NOT EXISTS search_entries (
  id         {{.ID}},
  kind       VARCHAR(60)  NOT NULL,  -- of the thing: projects.task
  thing_id   BIGINT       NOT NULL,
  parent_id  BIGINT       NOT NULL,  -- what it belongs to, 0 for nothing
  title      VARCHAR(300) NOT NULL,
  title_key  VARCHAR(200) NOT NULL,  -- folded
  url        VARCHAR(300) NOT NULL,
  digest     VARCHAR(64)  NOT NULL,  -- of what is found and shown
  updated_at {{.Time}}    NOT NULL,  -- of the thing
  text       {{.Text}}    NOT NULL,  -- the last column: SQLite reads what stands before it without it
  UNIQUE (kind, thing_id)
) {{.Table}};
--bun:split
-- The words of the entries, under their ids.
{{if .MySQL}}
CREATE TABLE IF NOT EXISTS search_words (
  id    BIGINT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  words MEDIUMTEXT NOT NULL, -- those of the title too
  FULLTEXT INDEX search_words_title (title),
  FULLTEXT INDEX search_words_words (words)
) {{.Table}};
{{else}}
CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5 (
  title, text, kind, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);
{{end}}
--bun:split
-- How far the entries of each kind have been made.
CREATE TABLE IF NOT EXISTS search_states (
  kind     VARCHAR(60) NOT NULL PRIMARY KEY,
  version  BIGINT      NOT NULL,
  after_id BIGINT      NOT NULL
) {{.Table}};
--bun:split
-- What each person opened last by searching.
CREATE TABLE IF NOT EXISTS search_recents (
  user_id   BIGINT      NOT NULL,
  kind      VARCHAR(60) NOT NULL,
  thing_id  BIGINT      NOT NULL,
  opened_at {{.Time}}   NOT NULL,
  PRIMARY KEY (user_id, kind, thing_id),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) {{.Table}};
