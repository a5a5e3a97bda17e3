DROP TABLE IF EXISTS undo_rows;
--bun:split
DROP TABLE IF EXISTS undos;
