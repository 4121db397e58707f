import { migrateTables } from './migrate-tables'

/** Column meanings are in docs/design/storage.md. Statements are never edited, only added. */
const STEPS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), organization_id TEXT NOT NULL, environment_id TEXT NOT NULL,
      identity TEXT NOT NULL, epoch INTEGER NOT NULL, active INTEGER, standby INTEGER, candidate INTEGER, weight INTEGER,
      sticky TEXT, override_hash TEXT, status TEXT NOT NULL, shards INTEGER NOT NULL, split_from INTEGER, split_at INTEGER,
      "limit" INTEGER, pause_note TEXT, activated_at INTEGER, activated_by TEXT)`,
    `CREATE TABLE release (id INTEGER PRIMARY KEY, version_id TEXT NOT NULL, env_revision INTEGER NOT NULL,
      endpoint TEXT NOT NULL, document TEXT NOT NULL, environment TEXT NOT NULL, facts TEXT NOT NULL, created_at INTEGER NOT NULL)`,
    `CREATE TABLE change (id INTEGER PRIMARY KEY, idempotency_key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, pin INTEGER,
      from_pin INTEGER, epoch INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, reason TEXT)`,
    `CREATE TABLE shard (no INTEGER PRIMARY KEY, epoch_acked INTEGER NOT NULL, quota INTEGER NOT NULL, running INTEGER NOT NULL,
      totals TEXT NOT NULL)`,
    `CREATE TABLE schedule (trigger_id TEXT PRIMARY KEY, spec TEXT NOT NULL, next_at INTEGER, paused INTEGER NOT NULL DEFAULT 0,
      note TEXT, last_at INTEGER) WITHOUT ROWID`,
    `CREATE TABLE fire (trigger_id TEXT NOT NULL, nominal_at INTEGER NOT NULL, outcome TEXT NOT NULL, effective_at INTEGER,
      actual_at INTEGER, execution_id TEXT, reason TEXT, pin INTEGER, payload TEXT, PRIMARY KEY (trigger_id, nominal_at)) WITHOUT ROWID`,
    `CREATE INDEX fire_dispatching ON fire (nominal_at) WHERE outcome = 'dispatching'`,
    `CREATE TABLE outbox (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, due_at INTEGER NOT NULL, tries INTEGER NOT NULL)`,
  ],
  [
    `ALTER TABLE state ADD COLUMN routed INTEGER NOT NULL DEFAULT 1`,
    `ALTER TABLE state ADD COLUMN split_to INTEGER`,
    `ALTER TABLE shard ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0`,
  ],
  [
    `CREATE TABLE delivery (n INTEGER PRIMARY KEY, count INTEGER NOT NULL, last_at INTEGER NOT NULL, body TEXT NOT NULL)`,
  ],
]

/** Brings a DeploymentObject's tables to the newest form. */
export function openDeploymentTables(storage: DurableObjectStorage): void {
  migrateTables(storage, STEPS)
}
