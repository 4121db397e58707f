CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`kind` text NOT NULL,
	`workflow_id` text NOT NULL,
	`deployment_id` text NOT NULL,
	`environment` text NOT NULL,
	`execution_id` text,
	`shard` integer NOT NULL,
	`code` text NOT NULL,
	`message` text NOT NULL,
	`stage` text,
	`created_at` integer NOT NULL,
	`redriven_at` integer,
	`redriven_by_id` text,
	`redriven_by_email` text,
	`redriven_execution_id` text
);
--> statement-breakpoint
CREATE INDEX `dead_letters_by_organization` ON `dead_letters` (`organization_id`,`id`);--> statement-breakpoint
CREATE INDEX `dead_letters_by_workflow` ON `dead_letters` (`workflow_id`);