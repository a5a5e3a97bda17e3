-- The page of the audit log shows the latest lines first, whatever they are filtered by.
DROP INDEX audit_lines_at{{if .MySQL}} ON audit_lines{{end}};
--bun:split
DROP INDEX audit_lines_user{{if .MySQL}} ON audit_lines{{end}};
--bun:split
DROP INDEX audit_lines_thing{{if .MySQL}} ON audit_lines{{end}};
--bun:split
CREATE INDEX audit_lines_thing ON audit_lines (kind, thing_id, created_at, id);
--bun:split
CREATE INDEX audit_lines_number ON audit_lines (thing_id, created_at, id);
--bun:split
CREATE INDEX audit_lines_at ON audit_lines (created_at, id);
--bun:split
CREATE INDEX audit_lines_user ON audit_lines (user_id, created_at, id);
--bun:split
CREATE INDEX audit_lines_kind ON audit_lines (kind, created_at, id);
--bun:split
CREATE INDEX audit_lines_action ON audit_lines (action, created_at, id);
--bun:split
CREATE INDEX audit_lines_both ON audit_lines (kind, action, created_at, id);
--bun:split
CREATE INDEX audit_lines_address ON audit_lines (address, created_at, id);
--bun:split
CREATE INDEX audit_lines_request ON audit_lines (request_id, created_at, id);
--bun:split
CREATE INDEX activities_at ON activities (created_at);
