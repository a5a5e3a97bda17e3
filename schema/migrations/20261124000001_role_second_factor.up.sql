-- Who holds the role must sign in with a second factor. (SQLite takes no comment behind an added column.)
ALTER TABLE roles ADD COLUMN second_factor {{.Bool}} NOT NULL DEFAULT FALSE
