import { expect, it } from 'vitest'
import { alternate } from '../../../bench/client/alternate.mjs'
import { summarize } from '../../../bench/client/summarize.mjs'

it('compares what ran side by side, in turns, and lets no disturbed pair decide', async () => {
  const order: string[] = []
  const rates = { floor: [100, 200, 100, 1_000, 100], ours: [90, 180, 5, 900, 90] }
  const run = (side: 'floor' | 'ours') => async () => {
    order.push(side)
    return summarize({ latenciesMs: [1], failures: [], seconds: 1 / (rates[side].shift() ?? 1) })
  }
  const { share, ours } = await alternate({ pairs: 5, floor: run('floor'), ours: run('ours') })
  expect(order.join(' ')).toBe('floor ours ours floor floor ours ours floor floor ours')
  expect(share).toBeCloseTo(0.9)
  expect(ours.count).toBe(5)
})
