DROP TABLE IF EXISTS one_time_links;
--bun:split
DROP TABLE IF EXISTS sign_in_failures;
--bun:split
DROP TABLE IF EXISTS sign_ins;
--bun:split
DROP TABLE IF EXISTS sessions;
