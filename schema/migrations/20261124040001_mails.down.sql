DROP TABLE IF EXISTS forgotten_passwords;
--bun:split
DROP TABLE IF EXISTS mails
