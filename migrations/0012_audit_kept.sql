CREATE TRIGGER `audit_log_unchanged` BEFORE UPDATE ON `audit_log`
WHEN OLD.hash IS NOT NULL OR NEW.hash IS NULL
  OR (NEW.id, NEW.organization_id, NEW.at, NEW.actor_id, NEW.actor_email, NEW.action, NEW.target, NEW.detail, NEW.seq)
  IS NOT (OLD.id, OLD.organization_id, OLD.at, OLD.actor_id, OLD.actor_email, OLD.action, OLD.target, OLD.detail, OLD.seq)
BEGIN
  SELECT RAISE(ABORT, 'An entry of the audit is never changed.');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_kept` BEFORE DELETE ON `audit_log`
WHEN EXISTS (SELECT 1 FROM organizations WHERE id = OLD.organization_id)
BEGIN
  SELECT RAISE(ABORT, 'An entry of the audit is never removed while its organization exists.');
END;
