ALTER TABLE labels DROP COLUMN deleted_at;
--bun:split
DROP TABLE IF EXISTS status_steps;
