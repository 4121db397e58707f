import type { EpochMs } from '#core/kernel/time'
import type { JournalChange, NewRow, ShardMeta, ShardStore } from '#core/shard/store'
import type { Loan } from '#core/shard/wire'
import { DeploymentConfigColumn, ReleaseSummaryColumn } from './columns'
import { createLongTexts } from './long-texts'
import { createHeadReader } from './shard-heads'
import { createInboxTable } from './shard-inbox'
import { createKeyTables } from './shard-keys'
import { createOutboxTable } from './shard-outbox'
import { createRowReader } from './shard-rows'
import { openShardTables } from './shard-tables'
import { createWaitingRows } from './shard-waiting'
import { partsOf } from './text-parts'

/** The ShardStore on a Durable Object's SQLite (architecture 4.2). */
export function createShardStorage(storage: DurableObjectStorage): ShardStore {
  openShardTables(storage)
  const { sql } = storage
  return {
    transaction: (work) => storage.transactionSync(work),
    ...metaMethods(sql),
    ...releaseMethods(sql),
    ...createRowReader(sql),
    ...createHeadReader(sql),
    ...createKeyTables(sql),
    ...writeMethods(sql),
    ...createWaitingRows(sql),
    ...createInboxTable(sql),
    ...createOutboxTable(sql),
    ...blockMethods(sql),
  }
}

function metaMethods(sql: SqlStorage) {
  type MetaRow = { no: number; config: string; flushed_through: number; lent: number; loan_no: number }
  return {
    loadMeta(): ShardMeta | null {
      const row = sql.exec<MetaRow>('SELECT no, config, flushed_through, lent, loan_no FROM meta').toArray()[0]
      if (row === undefined) return null
      const newest = sql.exec<{ n: number | null }>('SELECT max(finish_no) AS n FROM execution_0').one().n ?? 0
      return {
        no: row.no,
        config: DeploymentConfigColumn.parse(JSON.parse(row.config)),
        finishNo: Math.max(newest, row.flushed_through),
        flushedThrough: row.flushed_through,
        loan: { slots: row.lent, no: row.loan_no },
      }
    },
    saveMeta(meta: ShardMeta): void {
      sql.exec(
        `INSERT INTO meta (id, no, config, flushed_through) VALUES (1, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET config = excluded.config`,
        meta.no,
        JSON.stringify(meta.config),
        meta.flushedThrough,
      )
    },
    saveFlushedThrough(finishNo: number): void {
      sql.exec('UPDATE meta SET flushed_through = ?', finishNo)
    },
    saveLoan({ slots, no }: Loan): void {
      sql.exec('UPDATE meta SET lent = ?, loan_no = ?', slots, no)
    },
    nextSeq(): number {
      const row = sql.exec<{ n: number | null }>('SELECT max(seq) AS n FROM execution_0').one().n ?? -1
      const block = sql.exec<{ n: number | null }>('SELECT max(n) AS n FROM block').one().n
      return Math.max(row + 1, block === null ? 0 : (block + 1) * 64)
    },
  }
}

function releaseMethods(sql: SqlStorage) {
  type ReleaseRow = { pin: number; summary: string; document: string; environment: string }
  return {
    putRelease(release: Parameters<ShardStore['putRelease']>[0]): void {
      const { pin, summary, document, environment } = release
      sql.exec(
        'INSERT OR REPLACE INTO release VALUES (?, ?, ?, ?)',
        pin,
        JSON.stringify(summary),
        document,
        environment,
      )
    },
    release(pin: number) {
      const row = sql.exec<ReleaseRow>('SELECT * FROM release WHERE pin = ?', pin).toArray()[0]
      return row === undefined ? null : { ...row, summary: ReleaseSummaryColumn.parse(JSON.parse(row.summary)) }
    },
    releasePins(): readonly number[] {
      return sql
        .exec<{ pin: number }>('SELECT pin FROM release')
        .toArray()
        .map((row) => row.pin)
    },
    dropRelease(pin: number): boolean {
      const dropped = sql.exec(
        'DELETE FROM release WHERE pin = ?1 AND NOT EXISTS (SELECT 1 FROM execution_0 WHERE pin = ?1)',
        pin,
      )
      return dropped.rowsWritten > 0
    },
  }
}

function writeMethods(sql: SqlStorage) {
  const long = createLongTexts(sql)
  const keptResult = (seq: number, result: string) =>
    long.keep(seq, 'result', result) ? withoutOutput(result) : result
  function update(seq: number, change: JournalChange, columns: string, ...values: (string | number)[]): void {
    const { token, events, lines, inline } = change
    const body = lines.length > 0 && inline ? `${lines.join('\n')}\n` : ''
    const set = `progress_token = ?, events = ?, journal = journal || ?${columns}`
    sql.exec(`UPDATE execution_0 SET ${set} WHERE seq = ?`, token, events, body, ...values, seq)
    if (!inline && lines.length > 0) writeParts(sql, seq, events - lines.length, lines)
  }
  return {
    insert(row: NewRow): void {
      const { seq, ending } = row
      const journal = row.inline ? row.journal.map((line) => `${line}\n`).join('') : ''
      sql.exec(
        `INSERT INTO execution_0 (seq, pin, engine, state, token, progress_token, events, due_at, deadline_at, accepted_at,
          finish_no, nonce, key_hash, cause, parent, result, payload, journal)
          VALUES (?, ?, 1, ?, 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        seq,
        row.pin,
        ending?.status ?? (row.dueAt === null ? 'live' : 'delayed'),
        row.journal.length,
        row.dueAt,
        row.deadlineAt,
        row.acceptedAt,
        ending?.finishNo ?? null,
        row.nonce,
        row.keyHash,
        JSON.stringify(row.cause),
        row.parent,
        ending === undefined ? null : keptResult(seq, ending.result),
        long.keep(seq, 'payload', row.payload) ? '' : row.payload,
        journal,
      )
      if (!row.inline) writeParts(sql, seq, 0, row.journal)
    },
    raiseToken(seq: number, token: number): void {
      sql.exec('UPDATE execution_0 SET token = ? WHERE seq = ?', token, seq)
    },
    append(seq: number, change: JournalChange): void {
      update(seq, change, '')
    },
    park(seq: number, change: JournalChange, dueAt: EpochMs): void {
      update(seq, change, `, state = 'parked', due_at = ?`, dueAt)
    },
    finish(seq: number, change: JournalChange, ending: Parameters<ShardStore['finish']>[2]): void {
      const { status, finishNo, result } = ending
      const kept = keptResult(seq, result)
      update(seq, change, ', state = ?, finish_no = ?, result = ?, due_at = NULL', status, finishNo, kept)
    },
    deleteRows(seqs: readonly number[]): void {
      const list = JSON.stringify(seqs)
      sql.exec('DELETE FROM execution_0 WHERE seq IN (SELECT value FROM json_each(?))', list)
      sql.exec('DELETE FROM journal_0 WHERE seq IN (SELECT value FROM json_each(?))', list)
      long.drop(seqs)
    },
  }
}

/** What the index shows of a result stays in the row. */
function withoutOutput(result: string): string {
  const head: Record<string, unknown> = JSON.parse(result)
  return JSON.stringify({ ...head, output: null })
}

/** A commit's parts are numbered from the events before it, with room for as many as one commit can need. */
const PARTS_PER_COMMIT_MAX = 1_000

function writeParts(sql: SqlStorage, seq: number, before: number, lines: readonly string[]): void {
  for (const [index, part] of partsOf(`${lines.join('\n')}\n`).entries()) {
    sql.exec('INSERT INTO journal_0 VALUES (?, ?, ?)', seq, before * PARTS_PER_COMMIT_MAX + index, part)
  }
}

function blockMethods(sql: SqlStorage) {
  return {
    blockCounts() {
      return sql
        .exec<{ block: number; rows: number; ended: number; oldest: number }>(
          `SELECT seq / 64 AS block, count(*) AS rows, sum(finish_no IS NOT NULL) AS ended, min(accepted_at) AS oldest
           FROM execution_0 GROUP BY seq / 64 ORDER BY 1`,
        )
        .toArray()
        .map(({ block, rows, ended, oldest }) => [block, { rows, ended, oldestAt: oldest }] as const)
    },
    blockRows(block: number) {
      return sql
        .exec<{ seq: number; ended: number; chars: number }>(
          `SELECT seq, finish_no IS NOT NULL AS ended,
             octet_length(payload) + octet_length(journal) + coalesce(octet_length(result), 0)
             + coalesce((SELECT sum(octet_length(body)) FROM journal_0 WHERE seq = execution_0.seq), 0)
             + coalesce((SELECT sum(octet_length(body)) FROM long_0 WHERE seq = execution_0.seq), 0) AS chars
           FROM execution_0 WHERE seq >= ? AND seq < ? ORDER BY seq`,
          block * 64,
          block * 64 + 64,
        )
        .toArray()
        .map(({ seq, ended, chars }) => ({ seq, ended: ended === 1, chars }))
    },
    markBlock(block: number, writtenAt: EpochMs, stragglers: readonly number[]): void {
      sql.exec('INSERT OR REPLACE INTO block VALUES (?, ?, ?)', block, writtenAt, JSON.stringify(stragglers))
    },
    isBlockWritten(block: number): boolean {
      return sql.exec('SELECT 1 FROM block WHERE n = ?', block).toArray().length > 0
    },
  }
}
