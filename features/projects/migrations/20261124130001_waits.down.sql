DROP TABLE date_moves;
--bun:split
DROP TABLE dependency_locks;
