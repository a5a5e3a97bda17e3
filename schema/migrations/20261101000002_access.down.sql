DROP TABLE IF EXISTS route_mapping_roles;
--bun:split
DROP TABLE IF EXISTS route_mappings;
--bun:split
DROP TABLE IF EXISTS menu_categories;
