-- What lines of the audit log are about, for its filters: to find that in a million lines takes too long.
CREATE TABLE IF NOT EXISTS audit_words (
  field VARCHAR(10)  NOT NULL, -- kind or action
  word  VARCHAR(300) NOT NULL,
  PRIMARY KEY (field, word)
) {{.Table}};
--bun:split
INSERT INTO audit_words (field, word) SELECT DISTINCT 'kind', kind FROM audit_lines WHERE seal IS NOT NULL;
--bun:split
INSERT INTO audit_words (field, word) SELECT DISTINCT 'action', action FROM audit_lines WHERE seal IS NOT NULL
