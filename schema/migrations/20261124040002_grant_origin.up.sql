-- Where a grant comes from: empty for a person or a command, ldap for a group of the directory. (SQLite takes no comment behind an added column.)
ALTER TABLE user_roles ADD COLUMN origin VARCHAR(10) NOT NULL DEFAULT ''
