DROP TABLE IF EXISTS import_labels;
--bun:split
DROP TABLE IF EXISTS import_rows;
--bun:split
DROP TABLE IF EXISTS import_parts;
--bun:split
DROP TABLE IF EXISTS imports;
