ALTER TABLE roles DROP COLUMN second_factor
