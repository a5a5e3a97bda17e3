CREATE TABLE `activities` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `user_id` bigint(20) DEFAULT NULL,
  `user_name` varchar(200) NOT NULL,
  `kind` varchar(40) NOT NULL,
  `thing_id` bigint(20) NOT NULL,
  `parent_id` bigint(20) NOT NULL,
  `what` varchar(300) NOT NULL,
  `title` varchar(300) NOT NULL,
  `url` varchar(300) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `activities_user` (`user_id`,`id`),
  KEY `activities_thing` (`kind`,`parent_id`,`id`),
  KEY `activities_at` (`created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `attachments` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `project_id` bigint(20) NOT NULL,
  `task_id` bigint(20) DEFAULT NULL,
  `comment_id` bigint(20) DEFAULT NULL,
  `name` varchar(255) NOT NULL,
  `name_key` varchar(255) NOT NULL,
  `type` varchar(100) NOT NULL,
  `size` bigint(20) NOT NULL,
  `sha256` varchar(64) NOT NULL,
  `object` varchar(64) NOT NULL,
  `small` varchar(64) NOT NULL,
  `loose` tinyint(1) NOT NULL,
  `created_by` bigint(20) DEFAULT NULL,
  `author` varchar(200) NOT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `attachments_project` (`project_id`,`created_at`),
  KEY `attachments_task` (`task_id`),
  KEY `attachments_comment` (`comment_id`),
  KEY `attachments_created_by` (`created_by`),
  KEY `attachments_object` (`object`),
  KEY `attachments_small` (`small`),
  CONSTRAINT `attachments_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `attachments_ibfk_2` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `attachments_ibfk_3` FOREIGN KEY (`comment_id`) REFERENCES `comments` (`id`) ON DELETE CASCADE,
  CONSTRAINT `attachments_ibfk_4` FOREIGN KEY (`created_by`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `audit_checks` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `began_at` datetime(6) NOT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  `who` varchar(200) NOT NULL,
  `done` bigint(20) NOT NULL,
  `total` bigint(20) NOT NULL,
  `ok` tinyint(1) NOT NULL,
  `said` varchar(500) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `audit_heads` (
  `id` bigint(20) NOT NULL,
  `key_id` varchar(16) NOT NULL,
  `removed` bigint(20) NOT NULL,
  `anchor` varchar(64) NOT NULL,
  `sealed` bigint(20) NOT NULL,
  `hash` varchar(64) NOT NULL,
  `mac` varchar(64) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `rekeyed` bigint(20) NOT NULL DEFAULT 0,
  `rekeyed_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `audit_lines` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `user_id` bigint(20) DEFAULT NULL,
  `user_name` varchar(200) NOT NULL,
  `address` varchar(64) NOT NULL,
  `request_id` varchar(40) NOT NULL,
  `action` varchar(300) NOT NULL,
  `kind` varchar(40) NOT NULL,
  `thing_id` bigint(20) NOT NULL,
  `title` varchar(300) NOT NULL,
  `fields` mediumtext NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `url` varchar(300) NOT NULL DEFAULT '',
  `seal` bigint(20) DEFAULT NULL,
  `hash` varchar(64) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `audit_lines_seal` (`seal`),
  KEY `audit_lines_thing` (`kind`,`thing_id`,`created_at`,`id`),
  KEY `audit_lines_number` (`thing_id`,`created_at`,`id`),
  KEY `audit_lines_at` (`created_at`,`id`),
  KEY `audit_lines_user` (`user_id`,`created_at`,`id`),
  KEY `audit_lines_kind` (`kind`,`created_at`,`id`),
  KEY `audit_lines_action` (`action`,`created_at`,`id`),
  KEY `audit_lines_both` (`kind`,`action`,`created_at`,`id`),
  KEY `audit_lines_address` (`address`,`created_at`,`id`),
  KEY `audit_lines_request` (`request_id`,`created_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `audit_words` (
  `field` varchar(10) NOT NULL,
  `word` varchar(300) NOT NULL,
  PRIMARY KEY (`field`,`word`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `avatars` (
  `user_id` bigint(20) NOT NULL,
  `type` varchar(40) NOT NULL,
  `body` mediumblob NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `avatars_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `changes` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `node` varchar(40) NOT NULL,
  `body` mediumtext NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `changes_at` (`created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `comments` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `project_id` bigint(20) NOT NULL,
  `task_id` bigint(20) DEFAULT NULL,
  `author_id` bigint(20) DEFAULT NULL,
  `author` varchar(200) NOT NULL,
  `text` mediumtext NOT NULL,
  `edited_at` datetime(6) DEFAULT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `comments_task` (`task_id`,`id`),
  KEY `comments_author` (`author_id`),
  KEY `comments_of_project` (`project_id`,`deleted_at`,`task_id`,`id`),
  CONSTRAINT `comments_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `comments_ibfk_2` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `comments_ibfk_3` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `date_moves` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `act` varchar(40) NOT NULL,
  `user_id` bigint(20) DEFAULT NULL,
  `task_id` bigint(20) NOT NULL,
  `old_start` varchar(10) NOT NULL,
  `old_due` varchar(10) NOT NULL,
  `new_start` varchar(10) NOT NULL,
  `new_due` varchar(10) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `date_moves_act` (`act`),
  KEY `date_moves_user` (`user_id`),
  KEY `date_moves_task` (`task_id`),
  KEY `date_moves_created` (`created_at`),
  CONSTRAINT `date_moves_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `date_moves_ibfk_2` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `dependency_locks` (
  `id` bigint(20) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `documents` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `title` varchar(256) NOT NULL,
  `title_key` varchar(190) NOT NULL,
  `category_id` bigint(20) DEFAULT NULL,
  `owner_id` bigint(20) DEFAULT NULL,
  `private` tinyint(1) NOT NULL,
  `template` tinyint(1) NOT NULL,
  `review_on` varchar(10) NOT NULL,
  `state` varchar(10) NOT NULL,
  `latest` bigint(20) NOT NULL,
  `released` bigint(20) NOT NULL,
  `released_at` datetime(6) DEFAULT NULL,
  `created_by` bigint(20) DEFAULT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `documents_category` (`category_id`,`deleted_at`),
  KEY `documents_owner` (`owner_id`,`deleted_at`),
  KEY `documents_created_by` (`created_by`),
  KEY `documents_title` (`title_key`),
  KEY `documents_updated` (`deleted_at`,`updated_at`),
  KEY `documents_review` (`deleted_at`,`review_on`),
  CONSTRAINT `documents_ibfk_1` FOREIGN KEY (`category_id`) REFERENCES `document_categories` (`id`),
  CONSTRAINT `documents_ibfk_2` FOREIGN KEY (`owner_id`) REFERENCES `users` (`id`),
  CONSTRAINT `documents_ibfk_3` FOREIGN KEY (`created_by`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_categories` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `parent_id` bigint(20) DEFAULT NULL,
  `name` varchar(100) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `private` tinyint(1) NOT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `document_categories_parent` (`parent_id`,`name_key`),
  CONSTRAINT `document_categories_ibfk_1` FOREIGN KEY (`parent_id`) REFERENCES `document_categories` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_decisions` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `document_id` bigint(20) NOT NULL,
  `number` bigint(20) NOT NULL,
  `what` varchar(10) NOT NULL,
  `comment` varchar(1000) NOT NULL,
  `user_id` bigint(20) DEFAULT NULL,
  `user_name` varchar(200) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `document_decisions_document` (`document_id`,`id`),
  KEY `document_decisions_user` (`user_id`),
  CONSTRAINT `document_decisions_ibfk_1` FOREIGN KEY (`document_id`) REFERENCES `documents` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_decisions_ibfk_2` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_favourites` (
  `user_id` bigint(20) NOT NULL,
  `document_id` bigint(20) NOT NULL,
  PRIMARY KEY (`user_id`,`document_id`),
  KEY `document_favourites_document` (`document_id`),
  CONSTRAINT `document_favourites_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_favourites_ibfk_2` FOREIGN KEY (`document_id`) REFERENCES `documents` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_readers` (
  `document_id` bigint(20) NOT NULL,
  `role_id` bigint(20) NOT NULL,
  PRIMARY KEY (`document_id`,`role_id`),
  KEY `document_readers_role` (`role_id`),
  CONSTRAINT `document_readers_ibfk_1` FOREIGN KEY (`document_id`) REFERENCES `documents` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_readers_ibfk_2` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_receipts` (
  `document_id` bigint(20) NOT NULL,
  `number` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`document_id`,`number`,`user_id`),
  KEY `document_receipts_user` (`user_id`,`document_id`),
  CONSTRAINT `document_receipts_ibfk_1` FOREIGN KEY (`document_id`) REFERENCES `documents` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_receipts_ibfk_2` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_shares` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `document_id` bigint(20) DEFAULT NULL,
  `category_id` bigint(20) DEFAULT NULL,
  `user_id` bigint(20) DEFAULT NULL,
  `role_id` bigint(20) DEFAULT NULL,
  `level` varchar(10) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `document_id` (`document_id`,`user_id`,`role_id`),
  UNIQUE KEY `category_id` (`category_id`,`user_id`,`role_id`),
  KEY `document_shares_user` (`user_id`,`document_id`),
  KEY `document_shares_role` (`role_id`,`document_id`),
  CONSTRAINT `document_shares_ibfk_1` FOREIGN KEY (`document_id`) REFERENCES `documents` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_shares_ibfk_2` FOREIGN KEY (`category_id`) REFERENCES `document_categories` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_shares_ibfk_3` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_shares_ibfk_4` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_tags` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(60) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name_key` (`name_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_tag_links` (
  `document_id` bigint(20) NOT NULL,
  `tag_id` bigint(20) NOT NULL,
  PRIMARY KEY (`document_id`,`tag_id`),
  KEY `document_tag_links_tag` (`tag_id`),
  CONSTRAINT `document_tag_links_ibfk_1` FOREIGN KEY (`document_id`) REFERENCES `documents` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_tag_links_ibfk_2` FOREIGN KEY (`tag_id`) REFERENCES `document_tags` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_versions` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `document_id` bigint(20) NOT NULL,
  `number` bigint(20) NOT NULL,
  `title` varchar(256) NOT NULL,
  `content` mediumtext NOT NULL,
  `note` varchar(300) NOT NULL,
  `author_id` bigint(20) DEFAULT NULL,
  `author` varchar(200) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `document_id` (`document_id`,`number`),
  KEY `document_versions_author` (`author_id`),
  CONSTRAINT `document_versions_ibfk_1` FOREIGN KEY (`document_id`) REFERENCES `documents` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_versions_ibfk_2` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `document_watchers` (
  `document_id` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  PRIMARY KEY (`document_id`,`user_id`),
  KEY `document_watchers_user` (`user_id`),
  CONSTRAINT `document_watchers_ibfk_1` FOREIGN KEY (`document_id`) REFERENCES `documents` (`id`) ON DELETE CASCADE,
  CONSTRAINT `document_watchers_ibfk_2` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `drafts` (
  `user_id` bigint(20) NOT NULL,
  `address` varchar(190) NOT NULL,
  `page` varchar(300) NOT NULL,
  `title` varchar(200) NOT NULL,
  `fields` mediumtext NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`address`),
  KEY `drafts_updated` (`updated_at`),
  CONSTRAINT `drafts_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `due_reminders` (
  `user_id` bigint(20) NOT NULL,
  `reminded_on` varchar(10) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `due_reminders_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `feeds` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `user_id` bigint(20) NOT NULL,
  `token_hash` varchar(64) NOT NULL,
  `used_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `user_id` (`user_id`),
  UNIQUE KEY `token_hash` (`token_hash`),
  CONSTRAINT `feeds_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `forgotten_passwords` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `typed` varchar(200) NOT NULL,
  `address` varchar(64) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `form_results` (
  `once` varchar(64) NOT NULL,
  `id` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`once`),
  KEY `form_results_at` (`created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `history` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `kind` varchar(40) NOT NULL,
  `thing_id` bigint(20) NOT NULL,
  `parent_id` bigint(20) NOT NULL,
  `version` bigint(20) NOT NULL,
  `field` varchar(60) NOT NULL,
  `old_value` mediumtext NOT NULL,
  `new_value` mediumtext NOT NULL,
  `what` varchar(300) NOT NULL,
  `user_id` bigint(20) DEFAULT NULL,
  `user_name` varchar(200) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `history_thing` (`kind`,`thing_id`,`id`),
  KEY `history_parent` (`kind`,`parent_id`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `imports` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `project_id` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `file_name` varchar(200) NOT NULL,
  `size` bigint(20) NOT NULL,
  `settings` mediumtext NOT NULL,
  `preview` mediumtext NOT NULL,
  `state` varchar(20) NOT NULL,
  `total` bigint(20) NOT NULL,
  `done` bigint(20) NOT NULL,
  `bad` bigint(20) NOT NULL,
  `problems` mediumtext NOT NULL,
  `said` varchar(500) NOT NULL,
  `first_number` bigint(20) NOT NULL,
  `last_number` bigint(20) NOT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  `undone_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `imports_project` (`project_id`,`id`),
  KEY `imports_user` (`user_id`),
  KEY `imports_state` (`state`,`updated_at`),
  CONSTRAINT `imports_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `imports_ibfk_2` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `import_labels` (
  `import_id` bigint(20) NOT NULL,
  `place` bigint(20) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `name` varchar(60) NOT NULL,
  PRIMARY KEY (`import_id`,`place`,`name_key`),
  CONSTRAINT `import_labels_ibfk_1` FOREIGN KEY (`import_id`) REFERENCES `imports` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `import_parts` (
  `import_id` bigint(20) NOT NULL,
  `kind` varchar(10) NOT NULL,
  `number` bigint(20) NOT NULL,
  `body` mediumblob NOT NULL,
  PRIMARY KEY (`import_id`,`kind`,`number`),
  CONSTRAINT `import_parts_ibfk_1` FOREIGN KEY (`import_id`) REFERENCES `imports` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `import_rows` (
  `import_id` bigint(20) NOT NULL,
  `place` bigint(20) NOT NULL,
  `depth` bigint(20) NOT NULL,
  `parent_place` bigint(20) NOT NULL,
  `parent_id` bigint(20) DEFAULT NULL,
  `name` varchar(200) NOT NULL,
  `summary` varchar(500) NOT NULL,
  `description` mediumtext NOT NULL,
  `status_id` bigint(20) NOT NULL,
  `priority_id` bigint(20) NOT NULL,
  `assignee_id` bigint(20) DEFAULT NULL,
  `start_on` varchar(10) NOT NULL,
  `due_on` varchar(10) NOT NULL,
  `estimate` bigint(20) NOT NULL,
  `milestone_id` bigint(20) DEFAULT NULL,
  `open` tinyint(1) NOT NULL,
  `started_at` datetime(6) DEFAULT NULL,
  `completed_at` datetime(6) DEFAULT NULL,
  `search_text` varchar(800) NOT NULL,
  `name_key` varchar(250) NOT NULL,
  PRIMARY KEY (`import_id`,`place`),
  CONSTRAINT `import_rows_ibfk_1` FOREIGN KEY (`import_id`) REFERENCES `imports` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `jobs` (
  `name` varchar(60) NOT NULL,
  `holder` varchar(40) NOT NULL,
  `held_until` datetime(6) NOT NULL,
  `next_at` datetime(6) NOT NULL,
  `began_at` datetime(6) DEFAULT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  `error` varchar(500) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `job_runs` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `job` varchar(60) NOT NULL,
  `node` varchar(40) NOT NULL,
  `began_at` datetime(6) NOT NULL,
  `ended_at` datetime(6) NOT NULL,
  `error` varchar(500) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `job_runs_job` (`job`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `labels` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `project_id` bigint(20) NOT NULL,
  `name` varchar(60) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `tone` varchar(20) NOT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `project_id` (`project_id`,`name_key`),
  CONSTRAINT `labels_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `legacy_ids` (
  `kind` varchar(40) NOT NULL,
  `legacy_id` varchar(100) NOT NULL,
  `id` bigint(20) NOT NULL,
  PRIMARY KEY (`kind`,`legacy_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `links` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `url` varchar(2000) NOT NULL,
  `url_key` varchar(64) NOT NULL,
  `name` varchar(200) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `notes` mediumtext NOT NULL,
  `icon` varchar(60) NOT NULL,
  `category_id` bigint(20) DEFAULT NULL,
  `owner_id` bigint(20) DEFAULT NULL,
  `seen_by` varchar(20) NOT NULL,
  `pinned` tinyint(1) NOT NULL,
  `clicks` bigint(20) NOT NULL,
  `clicked_at` datetime(6) DEFAULT NULL,
  `checked_at` datetime(6) DEFAULT NULL,
  `broken` varchar(200) NOT NULL,
  `broken_at` datetime(6) DEFAULT NULL,
  `search_text` varchar(3000) NOT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `links_name` (`deleted_at`,`name_key`),
  KEY `links_url` (`url_key`),
  KEY `links_category` (`category_id`),
  KEY `links_owner` (`owner_id`),
  KEY `links_checked` (`checked_at`),
  CONSTRAINT `links_ibfk_1` FOREIGN KEY (`category_id`) REFERENCES `link_categories` (`id`),
  CONSTRAINT `links_ibfk_2` FOREIGN KEY (`owner_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `link_categories` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(100) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `version` bigint(20) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name_key` (`name_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `link_favourites` (
  `user_id` bigint(20) NOT NULL,
  `link_id` bigint(20) NOT NULL,
  PRIMARY KEY (`user_id`,`link_id`),
  KEY `link_favourites_link` (`link_id`),
  CONSTRAINT `link_favourites_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `link_favourites_ibfk_2` FOREIGN KEY (`link_id`) REFERENCES `links` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `link_roles` (
  `link_id` bigint(20) NOT NULL,
  `role_id` bigint(20) NOT NULL,
  PRIMARY KEY (`link_id`,`role_id`),
  KEY `link_roles_role` (`role_id`),
  CONSTRAINT `link_roles_ibfk_1` FOREIGN KEY (`link_id`) REFERENCES `links` (`id`) ON DELETE CASCADE,
  CONSTRAINT `link_roles_ibfk_2` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `link_tags` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(100) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `version` bigint(20) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name_key` (`name_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `link_tag_links` (
  `link_id` bigint(20) NOT NULL,
  `tag_id` bigint(20) NOT NULL,
  PRIMARY KEY (`link_id`,`tag_id`),
  KEY `link_tag_links_tag` (`tag_id`),
  CONSTRAINT `link_tag_links_ibfk_1` FOREIGN KEY (`link_id`) REFERENCES `links` (`id`) ON DELETE CASCADE,
  CONSTRAINT `link_tag_links_ibfk_2` FOREIGN KEY (`tag_id`) REFERENCES `link_tags` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `mails` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `event` varchar(150) NOT NULL,
  `kind` varchar(40) NOT NULL,
  `user_id` bigint(20) DEFAULT NULL,
  `recipient` varchar(200) NOT NULL,
  `subject` varchar(200) NOT NULL,
  `body` mediumtext NOT NULL,
  `secret` tinyint(1) NOT NULL,
  `state` varchar(20) NOT NULL,
  `tries` bigint(20) NOT NULL,
  `next_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) DEFAULT NULL,
  `error` varchar(500) NOT NULL,
  `message_id` varchar(150) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `sent_at` datetime(6) DEFAULT NULL,
  `guard` varchar(100) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `event` (`event`),
  KEY `mails_due` (`state`,`next_at`),
  KEY `mails_recipient` (`recipient`,`kind`,`created_at`),
  KEY `mails_user` (`user_id`),
  CONSTRAINT `mails_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `mapping_saves` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `body` mediumtext NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `mapping_saves_at` (`created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `mentions` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `project_id` bigint(20) NOT NULL,
  `task_id` bigint(20) DEFAULT NULL,
  `comment_id` bigint(20) DEFAULT NULL,
  `word` varchar(120) NOT NULL,
  `user_id` bigint(20) DEFAULT NULL,
  `target_id` bigint(20) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `mentions_project` (`project_id`,`task_id`,`comment_id`),
  KEY `mentions_task` (`task_id`),
  KEY `mentions_comment` (`comment_id`),
  KEY `mentions_user` (`user_id`),
  KEY `mentions_target` (`target_id`),
  CONSTRAINT `mentions_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `mentions_ibfk_2` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `mentions_ibfk_3` FOREIGN KEY (`comment_id`) REFERENCES `comments` (`id`) ON DELETE CASCADE,
  CONSTRAINT `mentions_ibfk_4` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `mentions_ibfk_5` FOREIGN KEY (`target_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `menu_categories` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(64) NOT NULL,
  `icon` varchar(60) NOT NULL,
  `description` varchar(300) NOT NULL,
  `weight` bigint(20) NOT NULL,
  `version` bigint(20) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `migrations` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(255) DEFAULT NULL,
  `group_id` bigint(20) DEFAULT NULL,
  `migrated_at` datetime NOT NULL DEFAULT current_timestamp(),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `migration_locks` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `table_name` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `table_name` (`table_name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `milestones` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `project_id` bigint(20) NOT NULL,
  `name` varchar(200) NOT NULL,
  `description` mediumtext NOT NULL,
  `due_on` varchar(10) NOT NULL,
  `reached_at` datetime(6) DEFAULT NULL,
  `created_by` bigint(20) DEFAULT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `milestones_project` (`project_id`,`due_on`),
  KEY `milestones_created_by` (`created_by`),
  CONSTRAINT `milestones_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `milestones_ibfk_2` FOREIGN KEY (`created_by`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `notifications` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `user_id` bigint(20) NOT NULL,
  `kind` varchar(60) NOT NULL,
  `thing_kind` varchar(60) NOT NULL,
  `thing_id` bigint(20) NOT NULL,
  `guard` varchar(100) NOT NULL,
  `title` varchar(300) NOT NULL,
  `what` varchar(300) NOT NULL,
  `url` varchar(300) NOT NULL,
  `actor_id` bigint(20) DEFAULT NULL,
  `actor` varchar(200) NOT NULL,
  `events` bigint(20) NOT NULL,
  `read_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `notifications_unread` (`user_id`,`read_at`,`updated_at`),
  KEY `notifications_all` (`user_id`,`updated_at`),
  KEY `notifications_actor` (`actor_id`),
  KEY `notifications_read` (`read_at`),
  CONSTRAINT `notifications_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `notifications_ibfk_2` FOREIGN KEY (`actor_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `notification_choices` (
  `user_id` bigint(20) NOT NULL,
  `kind` varchar(60) NOT NULL,
  `choice` varchar(10) NOT NULL,
  PRIMARY KEY (`user_id`,`kind`),
  CONSTRAINT `notification_choices_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `one_time_links` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `token_hash` varchar(64) NOT NULL,
  `purpose` varchar(20) NOT NULL,
  `user_id` bigint(20) DEFAULT NULL,
  `expires_at` datetime(6) NOT NULL,
  `used_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `token_hash` (`token_hash`),
  KEY `one_time_links_user` (`user_id`),
  CONSTRAINT `one_time_links_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `priorities` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(60) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `tone` varchar(20) NOT NULL,
  `position` bigint(20) NOT NULL,
  `version` bigint(20) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name_key` (`name_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `projects` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(200) NOT NULL,
  `task_key` varchar(10) NOT NULL,
  `summary` varchar(500) NOT NULL,
  `description` mediumtext NOT NULL,
  `icon` varchar(60) NOT NULL,
  `status_id` bigint(20) NOT NULL,
  `priority_id` bigint(20) NOT NULL,
  `percent_set` bigint(20) DEFAULT NULL,
  `private` tinyint(1) NOT NULL,
  `lead_id` bigint(20) DEFAULT NULL,
  `notify_created` tinyint(1) NOT NULL,
  `notify_done` tinyint(1) NOT NULL,
  `notify_comment` tinyint(1) NOT NULL,
  `tasks_total` bigint(20) NOT NULL,
  `tasks_done` bigint(20) NOT NULL,
  `last_number` bigint(20) NOT NULL,
  `search_text` varchar(800) NOT NULL,
  `name_key` varchar(250) NOT NULL,
  `created_by` bigint(20) DEFAULT NULL,
  `archived_at` datetime(6) DEFAULT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `waits_rule` varchar(20) NOT NULL DEFAULT 'refuse',
  `template` tinyint(1) NOT NULL DEFAULT 0,
  `next_due_on` varchar(10) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `task_key` (`task_key`),
  KEY `projects_name` (`name_key`),
  KEY `projects_status` (`status_id`),
  KEY `projects_priority` (`priority_id`),
  KEY `projects_lead` (`lead_id`),
  KEY `projects_created_by` (`created_by`),
  KEY `projects_list` (`deleted_at`,`archived_at`,`template`,`updated_at`,`status_id`,`lead_id`,`next_due_on`,`private`),
  CONSTRAINT `projects_ibfk_1` FOREIGN KEY (`status_id`) REFERENCES `statuses` (`id`),
  CONSTRAINT `projects_ibfk_2` FOREIGN KEY (`priority_id`) REFERENCES `priorities` (`id`),
  CONSTRAINT `projects_ibfk_3` FOREIGN KEY (`lead_id`) REFERENCES `users` (`id`),
  CONSTRAINT `projects_ibfk_4` FOREIGN KEY (`created_by`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `project_limits` (
  `project_id` bigint(20) NOT NULL,
  `status_id` bigint(20) NOT NULL,
  `most` bigint(20) NOT NULL,
  PRIMARY KEY (`project_id`,`status_id`),
  KEY `project_limits_status` (`status_id`),
  CONSTRAINT `project_limits_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `project_limits_ibfk_2` FOREIGN KEY (`status_id`) REFERENCES `statuses` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `project_people` (
  `project_id` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `kind` varchar(20) NOT NULL,
  PRIMARY KEY (`project_id`,`user_id`,`kind`),
  KEY `project_people_user` (`user_id`,`project_id`),
  CONSTRAINT `project_people_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `project_people_ibfk_2` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `project_roles` (
  `project_id` bigint(20) NOT NULL,
  `role_id` bigint(20) NOT NULL,
  PRIMARY KEY (`project_id`,`role_id`),
  KEY `project_roles_role` (`role_id`,`project_id`),
  CONSTRAINT `project_roles_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `project_roles_ibfk_2` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `project_watchers` (
  `project_id` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `muted` tinyint(1) NOT NULL,
  PRIMARY KEY (`project_id`,`user_id`),
  KEY `project_watchers_user` (`user_id`),
  CONSTRAINT `project_watchers_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `project_watchers_ibfk_2` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `recovery_codes` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `user_id` bigint(20) NOT NULL,
  `code_hash` varchar(64) NOT NULL,
  `used_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `recovery_codes_user` (`user_id`,`code_hash`),
  CONSTRAINT `recovery_codes_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `roles` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(64) NOT NULL,
  `notes` varchar(500) NOT NULL,
  `icon` varchar(60) NOT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `second_factor` tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `role_includes` (
  `role_id` bigint(20) NOT NULL,
  `included_id` bigint(20) NOT NULL,
  PRIMARY KEY (`role_id`,`included_id`),
  KEY `role_includes_included` (`included_id`),
  CONSTRAINT `role_includes_ibfk_1` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE,
  CONSTRAINT `role_includes_ibfk_2` FOREIGN KEY (`included_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `route_mappings` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `node` varchar(150) NOT NULL,
  `audience` varchar(20) NOT NULL,
  `title` varchar(128) NOT NULL,
  `icon` varchar(60) NOT NULL,
  `category_id` bigint(20) DEFAULT NULL,
  `weight` bigint(20) NOT NULL,
  `shown` tinyint(1) NOT NULL,
  `changed` tinyint(1) NOT NULL,
  `version` bigint(20) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `node` (`node`),
  KEY `route_mappings_category` (`category_id`),
  CONSTRAINT `route_mappings_ibfk_1` FOREIGN KEY (`category_id`) REFERENCES `menu_categories` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `route_mapping_roles` (
  `mapping_id` bigint(20) NOT NULL,
  `role_id` bigint(20) NOT NULL,
  PRIMARY KEY (`mapping_id`,`role_id`),
  KEY `route_mapping_roles_role` (`role_id`),
  CONSTRAINT `route_mapping_roles_ibfk_1` FOREIGN KEY (`mapping_id`) REFERENCES `route_mappings` (`id`) ON DELETE CASCADE,
  CONSTRAINT `route_mapping_roles_ibfk_2` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `saved_views` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `owner_id` bigint(20) NOT NULL,
  `list` varchar(80) NOT NULL,
  `name` varchar(100) NOT NULL,
  `query` varchar(1000) NOT NULL,
  `role_id` bigint(20) DEFAULT NULL,
  `position` bigint(20) NOT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `saved_views_list` (`list`,`owner_id`),
  KEY `saved_views_owner` (`owner_id`),
  KEY `saved_views_role` (`role_id`),
  CONSTRAINT `saved_views_ibfk_1` FOREIGN KEY (`owner_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `saved_views_ibfk_2` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `saved_view_defaults` (
  `user_id` bigint(20) NOT NULL,
  `list` varchar(80) NOT NULL,
  `view_id` bigint(20) NOT NULL,
  PRIMARY KEY (`user_id`,`list`),
  KEY `saved_view_defaults_list` (`list`),
  KEY `saved_view_defaults_view` (`view_id`),
  CONSTRAINT `saved_view_defaults_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `saved_view_defaults_ibfk_2` FOREIGN KEY (`view_id`) REFERENCES `saved_views` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_entries` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `kind` varchar(60) NOT NULL,
  `thing_id` bigint(20) NOT NULL,
  `parent_id` bigint(20) NOT NULL,
  `title` varchar(300) NOT NULL,
  `title_key` varchar(200) NOT NULL,
  `url` varchar(300) NOT NULL,
  `digest` varchar(64) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `text` mediumtext NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `kind` (`kind`,`thing_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_recents` (
  `user_id` bigint(20) NOT NULL,
  `kind` varchar(60) NOT NULL,
  `thing_id` bigint(20) NOT NULL,
  `opened_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`kind`,`thing_id`),
  CONSTRAINT `search_recents_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_states` (
  `kind` varchar(60) NOT NULL,
  `version` bigint(20) NOT NULL,
  `after_id` bigint(20) NOT NULL,
  PRIMARY KEY (`kind`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_words` (
  `id` bigint(20) NOT NULL,
  `title` text NOT NULL,
  `words` mediumtext NOT NULL,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `search_words_title` (`title`),
  FULLTEXT KEY `search_words_words` (`words`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `second_factors` (
  `user_id` bigint(20) NOT NULL,
  `secret` varchar(300) NOT NULL,
  `last_step` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `second_factors_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `sessions` (
  `k` varchar(64) NOT NULL,
  `v` blob NOT NULL,
  `e` bigint(20) NOT NULL DEFAULT 0,
  PRIMARY KEY (`k`),
  KEY `sessions_e` (`e`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `settings` (
  `name` varchar(100) NOT NULL,
  `value` mediumtext NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `sign_ins` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `user_id` bigint(20) NOT NULL,
  `session_key` varchar(64) NOT NULL,
  `address` varchar(64) NOT NULL,
  `device` varchar(300) NOT NULL,
  `kept` tinyint(1) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `seen_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `session_key` (`session_key`),
  KEY `sign_ins_user` (`user_id`),
  KEY `sign_ins_ends` (`ends_at`),
  CONSTRAINT `sign_ins_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `sign_in_failures` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `account_key` varchar(190) NOT NULL,
  `address_key` varchar(64) NOT NULL,
  `failed_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `sign_in_failures_account` (`account_key`,`failed_at`),
  KEY `sign_in_failures_address` (`address_key`,`failed_at`),
  KEY `sign_in_failures_at` (`failed_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `statuses` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(60) NOT NULL,
  `name_key` varchar(190) NOT NULL,
  `tone` varchar(20) NOT NULL,
  `stage` varchar(20) NOT NULL,
  `position` bigint(20) NOT NULL,
  `version` bigint(20) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name_key` (`name_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `status_steps` (
  `from_id` bigint(20) NOT NULL,
  `to_id` bigint(20) NOT NULL,
  `role_id` bigint(20) NOT NULL,
  PRIMARY KEY (`from_id`,`to_id`,`role_id`),
  KEY `status_steps_to` (`to_id`),
  CONSTRAINT `status_steps_ibfk_1` FOREIGN KEY (`from_id`) REFERENCES `statuses` (`id`) ON DELETE CASCADE,
  CONSTRAINT `status_steps_ibfk_2` FOREIGN KEY (`to_id`) REFERENCES `statuses` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `tasks` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `project_id` bigint(20) NOT NULL,
  `number` bigint(20) NOT NULL,
  `parent_id` bigint(20) DEFAULT NULL,
  `name` varchar(200) NOT NULL,
  `summary` varchar(500) NOT NULL,
  `description` mediumtext NOT NULL,
  `status_id` bigint(20) NOT NULL,
  `priority_id` bigint(20) NOT NULL,
  `assignee_id` bigint(20) DEFAULT NULL,
  `start_on` varchar(10) NOT NULL,
  `due_on` varchar(10) NOT NULL,
  `position` bigint(20) NOT NULL,
  `open` tinyint(1) NOT NULL,
  `completed_at` datetime(6) DEFAULT NULL,
  `search_text` varchar(800) NOT NULL,
  `name_key` varchar(250) NOT NULL,
  `created_by` bigint(20) DEFAULT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `estimate` bigint(20) NOT NULL DEFAULT 0,
  `milestone_id` bigint(20) DEFAULT NULL,
  `queue_id` bigint(20) DEFAULT NULL,
  `repeat_rule` varchar(300) NOT NULL DEFAULT '',
  `started_at` datetime(6) DEFAULT NULL,
  `label_ids` varchar(300) NOT NULL DEFAULT '',
  `waits_on` bigint(20) NOT NULL DEFAULT 0,
  `next_id` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `project_id` (`project_id`,`number`),
  KEY `tasks_board` (`project_id`,`status_id`,`position`),
  KEY `tasks_mine` (`assignee_id`,`open`,`due_on`),
  KEY `tasks_parent` (`parent_id`),
  KEY `tasks_status` (`status_id`),
  KEY `tasks_priority` (`priority_id`),
  KEY `tasks_milestone` (`milestone_id`),
  KEY `tasks_queue` (`queue_id`,`open`,`due_on`),
  KEY `tasks_count` (`project_id`,`deleted_at`,`status_id`,`assignee_id`),
  KEY `tasks_open_due` (`open`,`due_on`,`deleted_at`,`project_id`),
  KEY `tasks_due` (`project_id`,`open`,`due_on`,`deleted_at`),
  KEY `tasks_made` (`created_by`,`open`,`deleted_at`,`project_id`),
  CONSTRAINT `tasks_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `tasks_ibfk_2` FOREIGN KEY (`parent_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `tasks_ibfk_3` FOREIGN KEY (`status_id`) REFERENCES `statuses` (`id`),
  CONSTRAINT `tasks_ibfk_4` FOREIGN KEY (`priority_id`) REFERENCES `priorities` (`id`),
  CONSTRAINT `tasks_ibfk_5` FOREIGN KEY (`assignee_id`) REFERENCES `users` (`id`),
  CONSTRAINT `tasks_ibfk_6` FOREIGN KEY (`created_by`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `task_dependencies` (
  `task_id` bigint(20) NOT NULL,
  `needs_id` bigint(20) NOT NULL,
  PRIMARY KEY (`task_id`,`needs_id`),
  KEY `task_dependencies_needs` (`needs_id`),
  CONSTRAINT `task_dependencies_ibfk_1` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `task_dependencies_ibfk_2` FOREIGN KEY (`needs_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `task_labels` (
  `task_id` bigint(20) NOT NULL,
  `label_id` bigint(20) NOT NULL,
  PRIMARY KEY (`task_id`,`label_id`),
  KEY `task_labels_label` (`label_id`,`task_id`),
  CONSTRAINT `task_labels_ibfk_1` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `task_labels_ibfk_2` FOREIGN KEY (`label_id`) REFERENCES `labels` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `task_watchers` (
  `task_id` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  PRIMARY KEY (`task_id`,`user_id`),
  KEY `task_watchers_user` (`user_id`,`task_id`),
  CONSTRAINT `task_watchers_ibfk_1` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `task_watchers_ibfk_2` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `todos` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `project_id` bigint(20) NOT NULL,
  `task_id` bigint(20) DEFAULT NULL,
  `text` varchar(500) NOT NULL,
  `done_at` datetime(6) DEFAULT NULL,
  `done_by` bigint(20) DEFAULT NULL,
  `due_on` varchar(10) NOT NULL,
  `assignee_id` bigint(20) DEFAULT NULL,
  `position` bigint(20) NOT NULL,
  `created_by` bigint(20) DEFAULT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `todos_project` (`project_id`,`task_id`,`position`),
  KEY `todos_task` (`task_id`,`position`),
  KEY `todos_done_by` (`done_by`),
  KEY `todos_created_by` (`created_by`),
  KEY `todos_mine` (`assignee_id`,`done_at`,`deleted_at`,`task_id`,`project_id`),
  CONSTRAINT `todos_ibfk_1` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
  CONSTRAINT `todos_ibfk_2` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `todos_ibfk_3` FOREIGN KEY (`done_by`) REFERENCES `users` (`id`),
  CONSTRAINT `todos_ibfk_4` FOREIGN KEY (`assignee_id`) REFERENCES `users` (`id`),
  CONSTRAINT `todos_ibfk_5` FOREIGN KEY (`created_by`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `undos` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `user_id` bigint(20) NOT NULL,
  `project_id` bigint(20) NOT NULL,
  `what` varchar(300) NOT NULL,
  `done` bigint(20) NOT NULL,
  `refused` bigint(20) NOT NULL,
  `undone_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `undos_user` (`user_id`,`project_id`,`created_at`),
  KEY `undos_at` (`created_at`),
  CONSTRAINT `undos_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `undo_rows` (
  `undo_id` bigint(20) NOT NULL,
  `number` bigint(20) NOT NULL,
  `name` varchar(220) NOT NULL,
  `outcome` varchar(10) NOT NULL,
  `reason` varchar(500) NOT NULL,
  `version` bigint(20) NOT NULL,
  `was` mediumtext NOT NULL,
  `became` mediumtext NOT NULL,
  PRIMARY KEY (`undo_id`,`number`),
  CONSTRAINT `undo_rows_ibfk_1` FOREIGN KEY (`undo_id`) REFERENCES `undos` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `users` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `username` varchar(150) NOT NULL,
  `username_key` varchar(190) NOT NULL,
  `name` varchar(200) NOT NULL,
  `search_text` varchar(500) NOT NULL,
  `email` varchar(200) NOT NULL,
  `email_key` varchar(200) NOT NULL,
  `phone` varchar(60) NOT NULL,
  `employee_number` varchar(60) NOT NULL,
  `directory_id` varchar(60) NOT NULL,
  `source` varchar(10) NOT NULL,
  `password_hash` varchar(300) NOT NULL,
  `password_changed_at` datetime(6) DEFAULT NULL,
  `locked_at` datetime(6) DEFAULT NULL,
  `zone` varchar(60) NOT NULL,
  `theme` varchar(10) NOT NULL,
  `avatar_version` bigint(20) NOT NULL,
  `last_sign_in_at` datetime(6) DEFAULT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `locked_reason` varchar(300) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `username_key` (`username_key`),
  KEY `users_email` (`email_key`),
  KEY `users_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `user_preferences` (
  `user_id` bigint(20) NOT NULL,
  `name` varchar(64) NOT NULL,
  `value` varchar(500) NOT NULL,
  PRIMARY KEY (`user_id`,`name`),
  CONSTRAINT `user_preferences_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `user_roles` (
  `user_id` bigint(20) NOT NULL,
  `role_id` bigint(20) NOT NULL,
  `until_at` datetime(6) DEFAULT NULL,
  `reason` varchar(300) NOT NULL,
  `granted_at` datetime(6) NOT NULL,
  `origin` varchar(10) NOT NULL DEFAULT '',
  PRIMARY KEY (`user_id`,`role_id`),
  KEY `user_roles_role` (`role_id`),
  CONSTRAINT `user_roles_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `user_roles_ibfk_2` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
