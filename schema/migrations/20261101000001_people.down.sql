DROP TABLE IF EXISTS user_roles;
--bun:split
DROP TABLE IF EXISTS role_includes;
--bun:split
DROP TABLE IF EXISTS roles;
--bun:split
DROP TABLE IF EXISTS user_preferences;
--bun:split
DROP TABLE IF EXISTS avatars;
--bun:split
DROP TABLE IF EXISTS users;
