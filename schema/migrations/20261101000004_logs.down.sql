DROP TABLE IF EXISTS audit_lines;
--bun:split
DROP TABLE IF EXISTS activities;
--bun:split
DROP TABLE IF EXISTS history;
