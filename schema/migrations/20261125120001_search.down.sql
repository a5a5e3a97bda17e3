DROP TABLE IF EXISTS search_recents;
--bun:split
DROP TABLE IF EXISTS search_states;
--bun:split
DROP TABLE IF EXISTS search_words;
--bun:split
DROP TABLE IF EXISTS search_entries;
