import type { EpochMs } from '../kernel/time'
import { DELIVERIES_MAX, type Delivery, type DeliveryOutcome } from '../model/delivery'
import type { DeliveryReason } from '../model/delivery-reasons'

export type DeliveryQuery = {
  readonly limit: number
  /** Id of the last one that was shown. */
  readonly cursor?: string | undefined
  readonly outcome?: DeliveryOutcome | undefined
  readonly reason?: DeliveryReason | undefined
  readonly triggerId?: string | undefined
  readonly fromAt?: EpochMs | undefined
  readonly toAt?: EpochMs | undefined
}

export type DeliveryPage = { readonly items: readonly Delivery[]; readonly nextCursor: string | null }

/**
 * A page of the latest `DELIVERIES_MAX`, newest first, whatever order they were kept in and however often they were told;
 * filters choose among those.
 */
export function selectDeliveries(kept: readonly Delivery[], query: DeliveryQuery): DeliveryPage {
  const sorted = kept.toSorted((a, b) => (a.id < b.id ? 1 : -1))
  const latest = sorted.filter(({ id }, i) => id !== sorted[i - 1]?.id).slice(0, DELIVERIES_MAX)
  const found = latest.filter((delivery) => matches(delivery, query))
  const items = found.slice(0, query.limit)
  return { items, nextCursor: found.length > items.length ? (items.at(-1)?.id ?? null) : null }
}

function matches(delivery: Delivery, { cursor, outcome, reason, triggerId, fromAt, toAt }: DeliveryQuery): boolean {
  if (cursor !== undefined && delivery.id >= cursor) return false
  if (outcome !== undefined && delivery.outcome !== outcome) return false
  if (reason !== undefined && delivery.reason !== reason) return false
  if (triggerId !== undefined && delivery.triggerId !== triggerId) return false
  if (fromAt !== undefined && delivery.lastAt < fromAt) return false
  return toAt === undefined || delivery.at <= toAt
}
