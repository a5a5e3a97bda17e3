DROP TABLE IF EXISTS form_results;
--bun:split
DROP TABLE IF EXISTS settings;
--bun:split
DROP TABLE IF EXISTS legacy_ids;
--bun:split
DROP TABLE IF EXISTS jobs;
--bun:split
DROP TABLE IF EXISTS changes;
