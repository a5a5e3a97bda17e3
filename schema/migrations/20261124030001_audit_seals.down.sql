DROP TABLE audit_checks;
--bun:split
DROP TABLE audit_heads;
--bun:split
DROP INDEX audit_lines_seal{{if .MySQL}} ON audit_lines{{end}};
--bun:split
ALTER TABLE audit_lines DROP COLUMN hash;
--bun:split
ALTER TABLE audit_lines DROP COLUMN seal;
--bun:split
ALTER TABLE audit_lines DROP COLUMN url;
