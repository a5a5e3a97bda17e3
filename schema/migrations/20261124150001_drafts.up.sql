-- What somebody has typed into a form and not sent yet.
CREATE TABLE IF NOT EXISTS drafts (
  user_id    BIGINT       NOT NULL,
  address    VARCHAR(190) NOT NULL, -- that the form is sent to
  page       VARCHAR(300) NOT NULL, -- that the form stands on; empty when it is not known
  title      VARCHAR(200) NOT NULL, -- of that page, as the writer last saw it; empty when it is not known
  fields     {{.Text}}    NOT NULL, -- JSON: the fields' texts by their names
  updated_at {{.Time}}    NOT NULL,
  PRIMARY KEY (user_id, address),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  {{- .Index "drafts_updated" "drafts" "updated_at"}}
) {{.Table}};
