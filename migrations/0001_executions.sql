CREATE TABLE `executions` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`workflow_name` text NOT NULL,
	`deployment_id` text NOT NULL,
	`environment` text NOT NULL,
	`version` text NOT NULL,
	`status` text NOT NULL,
	`trigger` text NOT NULL,
	`trigger_id` text,
	`actor_id` text,
	`actor_email` text,
	`accepted_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`error_code` text,
	`error_message` text,
	`error_stage` text,
	`is_test` integer NOT NULL,
	`replay_of` text,
	`rev` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `executions_by_workflow` ON `executions` (`workflow_id`,`id`);
