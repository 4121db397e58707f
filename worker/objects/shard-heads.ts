import type { EpochMs } from '#core/kernel/time'
import { beganAt } from '#core/shard/began-at'
import type { RowHead } from '#core/shard/store'
import type { Cause } from '#core/shard/wire'
import { CauseColumn, RowStateColumn } from './columns'
import { createRowReader } from './shard-rows'

type HeadColumns = {
  seq: number
  pin: number
  state: string
  accepted_at: number
  cause: string
  result: string | null
  first: string | null
}

/** Reads what the execution index shows of rows: no payloads, and journals only of retries that have not ended. */
export function createHeadReader(sql: SqlStorage) {
  const whole = createRowReader(sql)

  function startOf({ seq, first }: HeadColumns, cause: Cause): EpochMs | null {
    if (first === null) return null
    return beganAt(cause.kept === undefined ? [first] : (whole.row(seq)?.journal ?? []), cause)
  }

  return {
    heads(seqs: readonly number[]): readonly RowHead[] {
      return sql
        .exec<HeadColumns>(
          `SELECT seq, pin, state, accepted_at, cause, json_remove(result, '$.output') AS result,
             CASE WHEN result IS NULL AND journal <> '' THEN substr(journal, 1, instr(journal, char(10)) - 1) END AS first
           FROM execution_0 WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq`,
          JSON.stringify(seqs),
        )
        .toArray()
        .map((columns) => {
          const cause = CauseColumn.parse(JSON.parse(columns.cause))
          return {
            seq: columns.seq,
            pin: columns.pin,
            state: RowStateColumn.parse(columns.state),
            acceptedAt: columns.accepted_at,
            cause,
            result: columns.result,
            startedAt: startOf(columns, cause),
          }
        })
    },
  }
}
