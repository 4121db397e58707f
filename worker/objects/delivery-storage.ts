import * as z from 'zod'
import type { EpochMs } from '#core/kernel/time'
import { DELIVERIES_MAX, DELIVERY_OUTCOMES, type Delivery } from '#core/model/delivery'
import { DELIVERY_REASON_CODES } from '#core/model/delivery-reasons'

/** What comes one by one shares a row up to here: a row written is paid for, whatever its length. */
const TOGETHER_MAX = 25
/** A row holds at most 2 MB, and a character takes up to three bytes of it. */
const ROW_CHARS_MAX = 400_000

const DeliveryColumn: z.ZodType<Delivery> = z.object({
  id: z.string(),
  at: z.int(),
  method: z.string(),
  slot: z.int(),
  triggerId: z.string().nullable(),
  outcome: z.enum(DELIVERY_OUTCOMES),
  reason: z.enum(DELIVERY_REASON_CODES).nullable(),
  status: z.int(),
  durationMs: z.int(),
  bytes: z.int().nullable(),
  headers: z.record(z.string(), z.string()),
  query: z.array(z.string()),
  executionId: z.string().nullable(),
  duplicate: z.boolean(),
  more: z.int(),
  lastAt: z.int(),
})

type Row = { readonly n: number; readonly count: number; readonly chars: number }

/** The latest calls of a deployment's webhooks, a line of JSON each and many lines a row. Every method is synchronous. */
export type DeliveryStorage = ReturnType<typeof createDeliveryStorage>

export function createDeliveryStorage(sql: SqlStorage) {
  function lines(since: EpochMs): readonly string[] {
    return sql
      .exec<{ body: string }>('SELECT body FROM delivery WHERE last_at >= ? ORDER BY n', since)
      .toArray()
      .flatMap(({ body }) => body.split('\n'))
  }

  function trim(): void {
    let newer = 0
    for (const { n, count } of sql.exec<Row>('SELECT n, count FROM delivery ORDER BY n DESC').toArray()) {
      if (newer >= DELIVERIES_MAX) sql.exec('DELETE FROM delivery WHERE n = ?', n)
      newer += count
    }
  }

  return {
    /** Adds some; those that are no longer among the latest go, a row at a time. */
    append(deliveries: readonly Delivery[]): void {
      const last = sql
        .exec<Row>('SELECT n, count, length(body) AS chars FROM delivery ORDER BY n DESC LIMIT 1')
        .toArray()[0]
      for (const { body, count, lastAt } of rowsOf(deliveries)) {
        if (last !== undefined && last.count + deliveries.length <= TOGETHER_MAX && last.chars < ROW_CHARS_MAX / 2) {
          sql.exec(
            `UPDATE delivery SET body = body || char(10) || ?, count = count + ?, last_at = max(last_at, ?) WHERE n = ?`,
            body,
            count,
            lastAt,
            last.n,
          )
        } else {
          sql.exec('INSERT INTO delivery (count, last_at, body) VALUES (?, ?, ?)', count, lastAt, body)
        }
      }
      trim()
    },
    all(since: EpochMs): readonly Delivery[] {
      return lines(since)
        .map((line) => DeliveryColumn.parse(JSON.parse(line)))
        .filter(({ lastAt }) => lastAt >= since)
    },
    find(id: string, since: EpochMs): Delivery | null {
      const line = lines(since).find((text) => text.startsWith(`{"id":${JSON.stringify(id)},`))
      const found = line === undefined ? null : DeliveryColumn.parse(JSON.parse(line))
      return found === null || found.lastAt < since ? null : found
    },
    /** Removes rows in which nothing is younger. */
    dropBefore(at: EpochMs): void {
      sql.exec('DELETE FROM delivery WHERE last_at < ?', at)
    },
  }
}

function rowsOf(deliveries: readonly Delivery[]) {
  const rows: { body: string; count: number; lastAt: EpochMs }[] = []
  for (const delivery of deliveries) {
    const { id, ...rest } = delivery
    const line = JSON.stringify({ id, ...rest })
    const row = rows.at(-1)
    if (row === undefined || row.body.length + line.length > ROW_CHARS_MAX) {
      rows.push({ body: line, count: 1, lastAt: delivery.lastAt })
    } else {
      row.body += `\n${line}`
      row.count += 1
      row.lastAt = Math.max(row.lastAt, delivery.lastAt)
    }
  }
  return rows
}
