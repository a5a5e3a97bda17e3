-- A change of the secret key seals the log anew; the head says up to which line that was. NULL: the key never changed.
ALTER TABLE audit_heads ADD COLUMN rekeyed BIGINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE audit_heads ADD COLUMN rekeyed_at {{.Time}};
