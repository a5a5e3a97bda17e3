DROP TABLE IF EXISTS saved_view_defaults;
--bun:split
DROP TABLE IF EXISTS saved_views;
