import { encodeBytes, encodeInteger } from '../kernel/crockford'
import type { RandomBytes } from '../kernel/id'
import type { EpochMs } from '../kernel/time'
import type { DeliveryReason } from './delivery-reasons'

/** How many calls a deployment remembers. */
export const DELIVERIES_MAX = 1_000
/** How many of a kind are kept one by one in one go of an isolate; of the others only their number. */
export const DELIVERIES_ALIKE_MAX = 20

export const DELIVERY_OUTCOMES = ['accepted', 'refused'] as const
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number]

/** One call of a webhook as it is remembered: without its body, its sender's address and anything that proves who called. */
export type Delivery = {
  readonly id: string
  readonly at: EpochMs
  readonly method: string
  /** Number of the webhook's address in its deployment. */
  readonly slot: number
  /** Null where no webhook of the live version has that address, or none was looked for. */
  readonly triggerId: string | null
  readonly outcome: DeliveryOutcome
  /** Null for a call that has an execution. */
  readonly reason: DeliveryReason | null
  /** What it was answered. */
  readonly status: number
  readonly durationMs: number
  /** Bytes of the body as it came; null when it was not read to its end. */
  readonly bytes: number | null
  readonly headers: Readonly<Record<string, string>>
  /** Names of what stood in the query. */
  readonly query: readonly string[]
  readonly executionId: string | null
  /** An earlier call had started that execution. */
  readonly duplicate: boolean
  /** Calls of the same kind that came with it and are not kept one by one, and when the last of them came. */
  readonly more: number
  readonly lastAt: EpochMs
}

/** Sorts by time, and within a millisecond by `count`, of which the last million is told apart. */
export function deliveryId(at: EpochMs, count: number, randomBytes: RandomBytes): string {
  return `dlv_${encodeInteger(at, 9)}${encodeInteger(count % 32 ** 4, 4)}${encodeBytes(randomBytes(5))}`
}
