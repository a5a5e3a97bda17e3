DROP TABLE IF EXISTS document_watchers;
--bun:split
DROP TABLE IF EXISTS document_favourites;
--bun:split
DROP TABLE IF EXISTS document_receipts;
--bun:split
DROP TABLE IF EXISTS document_readers;
--bun:split
DROP TABLE IF EXISTS document_tag_links;
--bun:split
DROP TABLE IF EXISTS document_tags;
--bun:split
DROP TABLE IF EXISTS document_shares;
--bun:split
DROP TABLE IF EXISTS document_decisions;
--bun:split
DROP TABLE IF EXISTS document_versions;
--bun:split
DROP TABLE IF EXISTS documents;
--bun:split
DROP TABLE IF EXISTS document_categories;
