import { DELIVERY_OUTCOMES, type DeliveryOutcome } from '#core/model/delivery'
import { DELIVERY_REASON_CODES, type DeliveryReason } from '#core/model/delivery-reasons'

/** What the deliveries are narrowed to. Empty text: everything. */
export type DeliveryFilters = {
  readonly outcome: DeliveryOutcome | ''
  readonly reason: DeliveryReason | ''
}

/** Reads the filters of an address. What it does not know is left out, so that an old link still opens. */
export function deliveryFiltersFromSearch(search: URLSearchParams): DeliveryFilters {
  return {
    outcome: DELIVERY_OUTCOMES.find((known) => known === search.get('outcome')) ?? '',
    reason: DELIVERY_REASON_CODES.find((known) => known === search.get('reason')) ?? '',
  }
}

/** The query of an address that shows these filters, `?` included, or ''. */
export function searchFromDeliveryFilters(filters: DeliveryFilters): string {
  const entries = Object.entries(filters).filter(([, value]) => value !== '')
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`
}
