import type { EpochMs } from '#core/kernel/time'

/** The archived blocks of a shard, for those who remove them. */
export type BlockTable = ReturnType<typeof createBlockTable>

/** A block that is kept only because its number must not be given again. */
const NEVER: EpochMs = Number.MAX_SAFE_INTEGER

export function createBlockTable(sql: SqlStorage) {
  return {
    /** Numbers of blocks last written before an instant, of which no row is stored any more. */
    writtenBefore(at: EpochMs, limit: number): readonly number[] {
      return sql
        .exec<{ n: number }>(
          `SELECT n FROM block WHERE written_at < ? AND NOT EXISTS (SELECT 1 FROM execution_0 WHERE seq >= n * 64 AND seq < n * 64 + 64)
           ORDER BY n LIMIT ?`,
          at,
          limit,
        )
        .toArray()
        .map(({ n }) => n)
    },
    /** Numbers of blocks last written at an instant or later, from a number on. */
    writtenSince(at: EpochMs, from: number, limit: number): readonly number[] {
      return sql
        .exec<{ n: number }>(
          'SELECT n FROM block WHERE written_at >= ? AND written_at < ? AND n >= ? ORDER BY n LIMIT ?',
          at,
          NEVER,
          from,
          limit,
        )
        .toArray()
        .map(({ n }) => n)
    },
    /** The block's archive is gone. The newest one's number stays: numbers of executions go on from there. */
    forget(block: number): void {
      sql.exec('UPDATE block SET written_at = ? WHERE n = ?', NEVER, block)
      sql.exec('DELETE FROM block WHERE written_at = ? AND n < (SELECT max(n) FROM block)', NEVER)
    },
  }
}
