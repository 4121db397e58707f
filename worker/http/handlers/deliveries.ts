import type { DeliveryAnswer } from '#core/contract/deliveries'
import { toIso } from '#core/kernel/time'
import type { Delivery } from '#core/model/delivery'
import { DELIVERY_REASONS } from '#core/model/delivery-reasons'
import { listDeliveries, readDelivery, redeliver } from '../../services/deliveries'
import type { SomeHandlers } from '../handler'

type Names = 'listDeliveries' | 'getDelivery' | 'redeliver'

export const deliveryHandlers: SomeHandlers<Names> = {
  async listDeliveries({ ctx, params, query }) {
    const page = await listDeliveries(ctx, params.id, query)
    return { status: 200, body: { items: page.items.map(summaryBody), nextCursor: page.nextCursor } }
  },
  async getDelivery({ ctx, params }) {
    const delivery = await readDelivery(ctx, params.id, params.deliveryId)
    const { headers, query } = delivery
    return { status: 200, body: { ...summaryBody(delivery), headers, query: [...query] } }
  },
  async redeliver({ ctx, params, idempotencyKey }) {
    const started = await redeliver(ctx, params.id, params.deliveryId, idempotencyKey)
    const headers = { location: `/v1/executions/${started.executionId}` }
    return { status: 202, body: { deliveryId: params.deliveryId, ...started, status: 'pending' }, headers }
  },
}

function summaryBody(delivery: Delivery): Omit<DeliveryAnswer, 'headers' | 'query'> {
  const { at, lastAt, durationMs, bytes, reason, headers: _headers, query: _query, ...rest } = delivery
  return {
    ...rest,
    receivedAt: toIso(at),
    lastReceivedAt: toIso(lastAt),
    duration: durationMs,
    size: bytes,
    reason,
    detail: reason === null ? null : DELIVERY_REASONS[reason],
  }
}
