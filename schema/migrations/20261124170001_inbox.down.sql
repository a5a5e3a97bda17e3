DROP TABLE IF EXISTS notification_choices;
--bun:split
DROP TABLE IF EXISTS notifications;
