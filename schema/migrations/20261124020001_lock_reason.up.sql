-- Why an account was locked; empty when it is open, or nobody gave a reason.
ALTER TABLE users ADD COLUMN locked_reason VARCHAR(300) NOT NULL DEFAULT ''
