{{- $on := "" -}}{{if .MySQL}}{{$on = " ON audit_lines"}}{{end -}}
DROP INDEX activities_at{{if .MySQL}} ON activities{{end}};
--bun:split
DROP INDEX audit_lines_number{{$on}};
--bun:split
DROP INDEX audit_lines_thing{{$on}};
--bun:split
DROP INDEX audit_lines_request{{$on}};
--bun:split
DROP INDEX audit_lines_address{{$on}};
--bun:split
DROP INDEX audit_lines_both{{$on}};
--bun:split
DROP INDEX audit_lines_action{{$on}};
--bun:split
DROP INDEX audit_lines_kind{{$on}};
--bun:split
DROP INDEX audit_lines_user{{$on}};
--bun:split
DROP INDEX audit_lines_at{{$on}};
--bun:split
CREATE INDEX audit_lines_user ON audit_lines (user_id, id);
--bun:split
CREATE INDEX audit_lines_at ON audit_lines (created_at);
--bun:split
CREATE INDEX audit_lines_thing ON audit_lines (kind, thing_id, id);
