import { EXECUTION_STATUSES, type ExecutionStatus } from '#core/model/execution-status'

type Row = { readonly status: ExecutionStatus; readonly duration: number | null }

export type Summary = {
  /** How many rows have each status; only those that occur, most telling first. */
  readonly counts: readonly { readonly status: ExecutionStatus; readonly count: number }[]
  /** 95 of 100 ended executions took at most this long; null below five of them. */
  readonly p95Ms: number | null
}

const ENOUGH = 5
const ORDER: readonly ExecutionStatus[] = [
  'completed',
  'failed',
  'timed_out',
  'cancelled',
  'running',
  'waiting',
  'pending',
]

/** The numbers of the top line. */
export function summarize(rows: readonly Row[]): Summary {
  const counts = EXECUTION_STATUSES.map((status) => ({
    status,
    count: rows.filter((row) => row.status === status).length,
  }))
  const durations = rows.flatMap(({ duration }) => (duration === null ? [] : [duration])).toSorted((a, b) => a - b)
  const rank = Math.ceil(durations.length * 0.95) - 1
  return {
    counts: counts
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status)),
    p95Ms: durations.length < ENOUGH ? null : (durations[rank] ?? null),
  }
}
