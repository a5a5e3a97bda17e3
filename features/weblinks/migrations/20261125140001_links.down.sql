DROP TABLE IF EXISTS link_favourites;
--bun:split
DROP TABLE IF EXISTS link_roles;
--bun:split
DROP TABLE IF EXISTS link_tag_links;
--bun:split
DROP TABLE IF EXISTS links;
--bun:split
DROP TABLE IF EXISTS link_tags;
--bun:split
DROP TABLE IF EXISTS link_categories;
