ALTER TABLE `executions` ADD `starts_at` integer;--> statement-breakpoint
ALTER TABLE `executions` ADD `expires_at` integer;