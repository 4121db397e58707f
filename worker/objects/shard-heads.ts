import * as z from 'zod'
import type { EpochMs } from '#core/kernel/time'
import type { RowHead } from '#core/shard/store'
import { CauseColumn, RowStateColumn } from './columns'

type HeadColumns = {
  seq: number
  pin: number
  state: string
  accepted_at: number
  cause: string
  result: string | null
  first: string | null
}

const FirstEvent = z.object({ at: z.int(), startedAt: z.int().optional() })

/** Reads what the execution index shows of rows, and neither payloads nor journals. */
export function createHeadReader(sql: SqlStorage) {
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
        .map(({ seq, pin, state, accepted_at: acceptedAt, cause, result, first }) => ({
          seq,
          pin,
          state: RowStateColumn.parse(state),
          acceptedAt,
          cause: CauseColumn.parse(JSON.parse(cause)),
          result,
          startedAt: first === null ? null : startOf(first),
        }))
    },
  }
}

/** When an execution that has not ended began, read from the first line of its journal. */
function startOf(line: string): EpochMs | null {
  const first = FirstEvent.safeParse(JSON.parse(line))
  return first.success ? (first.data.startedAt ?? first.data.at) : null
}
