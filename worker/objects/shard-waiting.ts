import * as z from 'zod'
import type { EpochMs } from '#core/kernel/time'
import type { LiveRow } from '#core/shard/store'

type LiveColumns = {
  seq: number
  pin: number
  state: string
  token: number
  progress_token: number
  events: number
  chars: number
  spilled: number
  due_at: number | null
  deadline_at: number
  accepted_at: number
  parent: string | null
  concurrency_key: string | null
  start_by: number | null
  mail: number
  mail_chars: number
  mail_at: number
}

const LiveState = z.enum(['live', 'parked', 'delayed'])

/** Rows that have not ended, and those that nobody has told of outside. */
export function createWaitingRows(sql: SqlStorage) {
  return {
    liveRows(): readonly LiveRow[] {
      return sql
        .exec<LiveColumns>(
          `SELECT seq, pin, state, token, progress_token, events, length(journal) AS chars, due_at, deadline_at, accepted_at,
             parent, json_extract(cause, '$.concurrencyKey') AS concurrency_key,
             json_extract(cause, '$.startBy') AS start_by,
             EXISTS (SELECT 1 FROM journal_0 WHERE seq = execution_0.seq) AS spilled,
             (SELECT count(*) FROM inbox WHERE seq = execution_0.seq) AS mail,
             (SELECT coalesce(sum(length(body)), 0) FROM inbox WHERE seq = execution_0.seq) AS mail_chars,
             (SELECT coalesce(max(at), 0) FROM inbox WHERE seq = execution_0.seq) AS mail_at
           FROM execution_0 WHERE finish_no IS NULL ORDER BY seq`,
        )
        .toArray()
        .map(toLiveRow)
    },
    unflushed(flushedThrough: number): readonly (readonly [number, number])[] {
      return sql
        .exec<{ seq: number; finish_no: number }>(
          'SELECT seq, finish_no FROM execution_0 WHERE finish_no > ? ORDER BY finish_no',
          flushedThrough,
        )
        .toArray()
        .map((row) => [row.seq, row.finish_no] as const)
    },
    unpark(seq: number): void {
      sql.exec(`UPDATE execution_0 SET state = 'live', due_at = NULL WHERE seq = ?`, seq)
    },
    parkedDue(now: EpochMs, limit: number): readonly number[] {
      return sql
        .exec<{ seq: number }>(
          'SELECT seq FROM execution_0 WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?',
          now,
          limit,
        )
        .toArray()
        .map((row) => row.seq)
    },
    nextParkedDue(): EpochMs | null {
      return sql.exec<{ at: number | null }>('SELECT min(due_at) AS at FROM execution_0 WHERE due_at IS NOT NULL').one()
        .at
    },
  }
}

function toLiveRow(row: LiveColumns): LiveRow {
  return {
    seq: row.seq,
    pin: row.pin,
    state: LiveState.parse(row.state),
    token: row.token,
    progressToken: row.progress_token,
    events: row.events,
    journalChars: row.chars,
    spilled: row.spilled === 1,
    dueAt: row.due_at,
    deadlineAt: row.deadline_at,
    acceptedAt: row.accepted_at,
    parent: row.parent,
    concurrencyKey: row.concurrency_key,
    startBy: row.start_by,
    mail: { entries: row.mail, chars: row.mail_chars, lastAt: row.mail_at },
  }
}
