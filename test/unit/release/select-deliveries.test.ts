import { describe, expect, it } from 'vitest'
import type { Delivery } from '#core/model/delivery'
import { selectDeliveries } from '#core/release/select-deliveries'

const call = (n: number, changes: Partial<Delivery> = {}): Delivery => ({
  id: `dlv_${String(n).padStart(6, '0')}`,
  at: n,
  method: 'POST',
  slot: 0,
  triggerId: 'webhook',
  outcome: 'accepted',
  reason: null,
  status: 200,
  durationMs: 1,
  bytes: 0,
  headers: {},
  query: [],
  executionId: 'exec_1',
  duplicate: false,
  more: 0,
  lastAt: n,
  ...changes,
})
const idsOf = (items: readonly Delivery[]) => items.map(({ at }) => at)

describe('the calls a deployment remembers', () => {
  it('are the last thousand, newest first, in whatever order isolates told them', () => {
    const kept = Array.from({ length: 1_003 }, (_, n) => call((n * 7) % 1_003))
    const pages: number[] = []
    let cursor: string | undefined
    do {
      const page = selectDeliveries(kept, { limit: 200, cursor })
      pages.push(...idsOf(page.items))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(pages).toEqual(Array.from({ length: 1_000 }, (_, n) => 1_002 - n))
  })

  it('are listed once, also when an isolate that heard no answer told them again', () => {
    const page = selectDeliveries([call(1), call(2), call(1), call(2), call(3)], { limit: 2 })
    expect([idsOf(page.items), page.nextCursor]).toEqual([[3, 2], 'dlv_000002'])
    expect(idsOf(selectDeliveries([call(1), call(2), call(1)], { limit: 2, cursor: 'dlv_000002' }).items)).toEqual([1])
  })

  it('are chosen by outcome, reason, trigger and time, and the last page says so', () => {
    const kept = [
      call(1),
      call(2, { outcome: 'refused', reason: 'paused' }),
      call(3, { outcome: 'refused', reason: 'credential_wrong', triggerId: 'webhook-2' }),
      call(4, { triggerId: 'webhook-2', lastAt: 9 }),
    ]
    const choose = (query: object) => idsOf(selectDeliveries(kept, { limit: 10, ...query }).items)
    expect(choose({ outcome: 'refused' })).toEqual([3, 2])
    expect(choose({ reason: 'paused' })).toEqual([2])
    expect(choose({ triggerId: 'webhook-2', outcome: 'accepted' })).toEqual([4])
    expect(choose({ fromAt: 2, toAt: 3 })).toEqual([3, 2])
    expect(choose({ fromAt: 5 })).toEqual([4])
    expect(selectDeliveries(kept, { limit: 2, outcome: 'refused' }).nextCursor).toBeNull()
    expect(selectDeliveries(kept, { limit: 1, outcome: 'refused' }).nextCursor).toBe('dlv_000003')
  })
})
