import * as z from 'zod'
import type { EpochMs } from '#core/kernel/time'
import type { Row, RowHead, RowState } from '#core/shard/store'
import { CauseColumn, RowStateColumn } from './columns'

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

type HeadColumns = Pick<ExecutionColumns, 'seq' | 'pin' | 'state' | 'accepted_at' | 'cause' | 'result'> & {
  first: string
}

const FirstEvent = z.object({ at: z.int(), startedAt: z.int().optional() })

/** When an execution that has not ended began, read from the first line of its journal. */
function startOf(line: string): EpochMs | null {
  const first = FirstEvent.safeParse(line === '' ? null : JSON.parse(line))
  return first.success ? (first.data.startedAt ?? first.data.at) : null
}

const COLUMNS =
  'seq, pin, state, token, progress_token, events, due_at, deadline_at, accepted_at, finish_no, cause, result, payload, journal'

/** Reads execution rows whole, with the journal parts behind them. */
export function createRowReader(sql: SqlStorage) {
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
    result: columns.result,
    payload: columns.payload,
    journal: linesOf(columns),
  })

  function linesOf(columns: ExecutionColumns): readonly string[] {
    const lines = columns.journal === '' ? [] : columns.journal.slice(0, -1).split('\n')
    if (lines.length === columns.events) return lines
    const parts = sql
      .exec<{ body: string }>('SELECT body FROM journal_0 WHERE seq = ? ORDER BY part', columns.seq)
      .toArray()
    return [...lines, ...parts.flatMap((part) => part.body.slice(0, -1).split('\n'))]
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
    heads(seqs: readonly number[]): readonly RowHead[] {
      return sql
        .exec<HeadColumns>(
          `SELECT seq, pin, state, accepted_at, cause, json_remove(result, '$.output') AS result,
             substr(journal, 1, instr(journal, char(10)) - 1) AS first
           FROM execution_0 WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq`,
          JSON.stringify(seqs),
        )
        .toArray()
        .map(({ seq, pin, state, accepted_at: acceptedAt, cause, result, first }) => ({
          seq,
          pin,
          state: RowStateColumn.parse(state),
          acceptedAt,
          cause: CauseColumn.parse(JSON.parse(cause)),
          result,
          startedAt: result === null ? startOf(first) : null,
        }))
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
