import type { EpochMs } from '#core/kernel/time'
import type { Row, RowState } from '#core/shard/store'
import { CauseColumn, RowStateColumn } from './columns'
import { createLongTexts } from './long-texts'

type ExecutionColumns = {
  seq: number
  pin: number
  state: string
  token: number
  progress_token: number
  events: number
  due_at: number | null
  deadline_at: number
  accepted_at: number
  finish_no: number | null
  cause: string
  result: string | null
  payload: string
  journal: string
}

const COLUMNS =
  'seq, pin, state, token, progress_token, events, due_at, deadline_at, accepted_at, finish_no, cause, result, payload, journal'

/** Reads execution rows whole, with the journal parts behind them. */
export function createRowReader(sql: SqlStorage) {
  const long = createLongTexts(sql)
  const toRow = (columns: ExecutionColumns): Row => ({
    seq: columns.seq,
    pin: columns.pin,
    state: RowStateColumn.parse(columns.state) satisfies RowState,
    token: columns.token,
    progressToken: columns.progress_token,
    events: columns.events,
    dueAt: columns.due_at,
    deadlineAt: columns.deadline_at,
    acceptedAt: columns.accepted_at,
    finishNo: columns.finish_no,
    cause: CauseColumn.parse(JSON.parse(columns.cause)),
    result: columns.result === null ? null : (long.read(columns.seq, 'result') ?? columns.result),
    payload: columns.payload === '' ? (long.read(columns.seq, 'payload') ?? '') : columns.payload,
    journal: linesOf(columns),
  })

  function linesOf(columns: ExecutionColumns): readonly string[] {
    const lines = columns.journal === '' ? [] : columns.journal.slice(0, -1).split('\n')
    if (lines.length === columns.events) return lines
    const parts = sql
      .exec<{ body: string }>('SELECT body FROM journal_0 WHERE seq = ? ORDER BY part', columns.seq)
      .toArray()
    const rest = parts.map(({ body }) => body).join('')
    return [...lines, ...rest.slice(0, -1).split('\n')]
  }

  return {
    row(seq: number): Row | null {
      const columns = sql.exec<ExecutionColumns>(`SELECT ${COLUMNS} FROM execution_0 WHERE seq = ?`, seq).toArray()[0]
      return columns === undefined ? null : toRow(columns)
    },
    rows(seqs: readonly number[]): readonly Row[] {
      return sql
        .exec<ExecutionColumns>(
          `SELECT ${COLUMNS} FROM execution_0 WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq`,
          JSON.stringify(seqs),
        )
        .toArray()
        .map(toRow)
    },
    findNonce(nonce: string, sinceAt: EpochMs): { seq: number; acceptedAt: EpochMs } | null {
      const row = sql
        .exec<{ seq: number; accepted_at: number }>(
          'SELECT seq, accepted_at FROM execution_0 WHERE accepted_at >= ? AND nonce = ? ORDER BY seq DESC LIMIT 1',
          sinceAt,
          nonce,
        )
        .toArray()[0]
      return row === undefined ? null : { seq: row.seq, acceptedAt: row.accepted_at }
    },
  }
}
