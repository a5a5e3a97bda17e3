DROP TABLE IF EXISTS comments;
--bun:split
DROP TABLE IF EXISTS todos;
--bun:split
DROP TABLE IF EXISTS task_dependencies;
--bun:split
DROP TABLE IF EXISTS tasks;
