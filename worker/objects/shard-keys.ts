import type { EpochMs } from '#core/kernel/time'

const KEY_TABLE_MS = 8 * 24 * 3_600_000

/** Idempotency keys in two tables of 8 days each: looked up in both, written to the newer, forgotten a table at a time. */
export function createKeyTables(sql: SqlStorage) {
  const newest = () =>
    sql.exec<{ key_table: number; keys_since: number }>('SELECT key_table, keys_since FROM meta').one()
  return {
    findKey(hash: string): { seq: number; fingerprint: string; acceptedAt: EpochMs } | null {
      const row = sql
        .exec<{ seq: number; fingerprint: string; accepted_at: number }>(
          'SELECT seq, fingerprint, accepted_at FROM key_0 WHERE hash = ?1 UNION ALL SELECT seq, fingerprint, accepted_at FROM key_1 WHERE hash = ?1',
          hash,
        )
        .toArray()[0]
      return row === undefined ? null : { seq: row.seq, fingerprint: row.fingerprint, acceptedAt: row.accepted_at }
    },
    insertKey(hash: string, key: { seq: number; fingerprint: string; acceptedAt: EpochMs }): void {
      const table = newest().key_table === 0 ? 'key_0' : 'key_1'
      sql.exec(`INSERT INTO ${table} VALUES (?, ?, ?, ?)`, hash, key.seq, key.fingerprint, key.acceptedAt)
    },
    rotateKeys(now: EpochMs): void {
      const { key_table: table, keys_since: since } = newest()
      if (since === 0) sql.exec('UPDATE meta SET keys_since = ?', now)
      if (since === 0 || now - since < KEY_TABLE_MS) return
      const next = table === 0 ? 1 : 0
      sql.exec(`DROP TABLE key_${next}`)
      sql.exec(
        `CREATE TABLE key_${next} (hash TEXT PRIMARY KEY, seq INTEGER NOT NULL, fingerprint TEXT NOT NULL, accepted_at INTEGER NOT NULL) WITHOUT ROWID`,
      )
      sql.exec('UPDATE meta SET key_table = ?, keys_since = ?', next, now)
    },
  }
}
