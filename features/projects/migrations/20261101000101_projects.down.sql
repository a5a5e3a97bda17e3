DROP TABLE IF EXISTS project_roles;
--bun:split
DROP TABLE IF EXISTS project_people;
--bun:split
DROP TABLE IF EXISTS projects;
--bun:split
DROP TABLE IF EXISTS priorities;
--bun:split
DROP TABLE IF EXISTS statuses;
