import { migrateTables } from './migrate-tables'

/** Column meanings and the reasons for their order are in docs/design/storage.md. Statements are never edited, only added. */
const STEPS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), no INTEGER NOT NULL, config TEXT NOT NULL,
      flushed_through INTEGER NOT NULL DEFAULT 0, key_table INTEGER NOT NULL DEFAULT 0, keys_since INTEGER NOT NULL DEFAULT 0)`,
    `CREATE TABLE release (pin INTEGER PRIMARY KEY, summary TEXT NOT NULL, document TEXT NOT NULL,
      environment TEXT NOT NULL)`,
    `CREATE TABLE execution_0 (seq INTEGER PRIMARY KEY, pin INTEGER NOT NULL, engine INTEGER NOT NULL, state TEXT NOT NULL,
      token INTEGER NOT NULL, progress_token INTEGER NOT NULL, events INTEGER NOT NULL, due_at INTEGER,
      deadline_at INTEGER NOT NULL, accepted_at INTEGER NOT NULL, finish_no INTEGER, nonce TEXT NOT NULL, key_hash TEXT,
      cause TEXT NOT NULL, parent TEXT, overlap TEXT, result TEXT, payload TEXT NOT NULL, journal TEXT NOT NULL)`,
    `CREATE INDEX execution_0_due ON execution_0 (due_at) WHERE due_at IS NOT NULL`,
    `CREATE TABLE journal_0 (seq INTEGER NOT NULL, part INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (seq, part)) WITHOUT ROWID`,
    `CREATE TABLE inbox (seq INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (seq, kind, key)) WITHOUT ROWID`,
    `CREATE TABLE key_0 (hash TEXT PRIMARY KEY, seq INTEGER NOT NULL, fingerprint TEXT NOT NULL, accepted_at INTEGER NOT NULL) WITHOUT ROWID`,
    `CREATE TABLE key_1 (hash TEXT PRIMARY KEY, seq INTEGER NOT NULL, fingerprint TEXT NOT NULL, accepted_at INTEGER NOT NULL) WITHOUT ROWID`,
    `CREATE TABLE block (n INTEGER PRIMARY KEY, written_at INTEGER NOT NULL, stragglers TEXT NOT NULL)`,
    `CREATE TABLE generation (g INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, closed_at INTEGER)`,
    `CREATE TABLE outbox (id INTEGER PRIMARY KEY, target TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
      due_at INTEGER NOT NULL, tries INTEGER NOT NULL)`,
  ],
  [
    `CREATE TABLE long_0 (seq INTEGER NOT NULL, name TEXT NOT NULL, part INTEGER NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (seq, name, part)) WITHOUT ROWID`,
  ],
  [
    `ALTER TABLE meta ADD COLUMN lent INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE meta ADD COLUMN loan_no INTEGER NOT NULL DEFAULT 0`,
  ],
]

/** Brings an ExecutionShard's tables to the newest form. */
export function openShardTables(storage: DurableObjectStorage): void {
  migrateTables(storage, STEPS)
}
