ALTER TABLE audit_heads DROP COLUMN rekeyed_at;
--bun:split
ALTER TABLE audit_heads DROP COLUMN rekeyed;
