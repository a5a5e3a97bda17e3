DROP TABLE IF EXISTS mapping_saves
