DROP TABLE IF EXISTS audit_words;
