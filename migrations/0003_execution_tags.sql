ALTER TABLE `executions` ADD `parent_execution_id` text;--> statement-breakpoint
ALTER TABLE `executions` ADD `tags` text DEFAULT '[]' NOT NULL;
