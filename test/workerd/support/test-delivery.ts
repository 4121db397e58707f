import type { Delivery } from '#core/model/delivery'

/** A call that was accepted; name only what differs. */
export function delivery(id: string, changes: Partial<Delivery> = {}): Delivery {
  const { at = Date.now() } = changes
  return {
    id,
    at,
    method: 'POST',
    slot: 0,
    triggerId: 'webhook',
    outcome: 'accepted',
    reason: null,
    status: 200,
    durationMs: 3,
    bytes: 2,
    headers: {},
    query: [],
    executionId: 'exec_1',
    duplicate: false,
    more: 0,
    lastAt: at,
    ...changes,
  }
}
