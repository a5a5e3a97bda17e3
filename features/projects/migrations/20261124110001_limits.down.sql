DROP TABLE IF EXISTS project_limits;
