CREATE TABLE IF NOT EXISTS mapping_saves (
  id         {{.ID}},
  body       {{.Text}} NOT NULL, -- JSON: the mappings that a save replaced
  created_at {{.Time}} NOT NULL
  {{- .Index "mapping_saves_at" "mapping_saves" "created_at"}}
) {{.Table}}
