CREATE TABLE `removed_organizations` (
	`id` text PRIMARY KEY NOT NULL,
	`removed_at` integer NOT NULL,
	`tried_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `removed_organizations_by_turn` ON `removed_organizations` (`tried_at`);