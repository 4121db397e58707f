import { describe, expect, it } from 'vitest'
import { allotQuotas, isAllotted, type ShardShare } from '#core/release/allot-quotas'

const share = (no: number, quota: number, running = 0, waiting = 0): ShardShare => ({ no, quota, running, waiting })

/** Lets every shard acknowledge what it was given, running as much as it may, until nothing changes. */
function settle(limit: number, routed: number, start: readonly ShardShare[], ends: (share: ShardShare) => number) {
  let shares = start
  const seen: number[] = []
  for (let round = 0; round < 50 && !isAllotted(limit, routed, shares); round++) {
    const quotas = allotQuotas(limit, routed, shares)
    shares = shares.map((it) => {
      const quota = quotas.get(it.no) ?? 0
      const left = ends(it)
      const started = Math.max(0, Math.min(it.waiting, quota - left))
      return { no: it.no, quota, running: left + started, waiting: it.waiting - started }
    })
    seen.push(shares.reduce((sum, { running }) => sum + running, 0))
  }
  return { shares, seen }
}

describe('the shares of a limit', () => {
  it('one shard has all of it', () => {
    expect([...allotQuotas(100, 1, [share(0, 0)])]).toEqual([[0, 100]])
    expect([...allotQuotas(10, 1, [share(0, 100, 80)])]).toEqual([[0, 10]])
    expect(isAllotted(100, 1, [share(0, 100, 3)])).toBe(true)
  })

  it('several shards have the same, the first ones the rest', () => {
    const shares = [0, 1, 2, 3].map((no) => share(no, 0))
    expect([...allotQuotas(10, 4, shares).values()]).toEqual([3, 3, 2, 2])
  })

  it('what one gives up is handed on only once nobody holds it any more (I9)', () => {
    const shares = [share(0, 100, 90), share(1, 0), share(2, 0), share(3, 0)]
    expect([...allotQuotas(100, 4, shares).values()]).toEqual([25, 0, 0, 0])
    const later = [share(0, 25, 60), share(1, 0), share(2, 0), share(3, 0)]
    expect([...allotQuotas(100, 4, later).values()]).toEqual([25, 25, 15, 0])
    expect(isAllotted(100, 4, later)).toBe(false)
  })

  it('the limit holds at every moment while a deployment grows, and every shard gets its share in the end (I9)', () => {
    const start = [share(0, 100, 100, 50), ...[1, 2, 3].map((no) => share(no, 0, 0, 50))]
    const { shares, seen } = settle(100, 4, start, ({ running }) => Math.floor(running * 0.7))
    expect(Math.max(...seen)).toBeLessThanOrEqual(100)
    expect(shares.map(({ quota }) => quota)).toEqual([25, 25, 25, 25])
  })

  it('shards that take nothing new are drained one slot at a time and then give it back', () => {
    const start = [share(0, 25, 0, 9), share(1, 25, 2, 3), share(2, 25, 0, 0), share(3, 25, 1, 4)]
    const { shares, seen } = settle(2, 1, start, ({ running }) => Math.max(0, running - 1))
    expect(Math.max(...seen)).toBeLessThanOrEqual(3)
    expect(shares.map(({ quota }) => quota)).toEqual([2, 0, 0, 0])
    expect(shares.slice(1).every(({ running, waiting }) => running + waiting === 0)).toBe(true)
  })

  it('a smaller limit is taken at once and a larger one is not granted twice', () => {
    const shares = [share(0, 50, 50), share(1, 50, 50)]
    expect([...allotQuotas(20, 2, shares).values()]).toEqual([10, 10])
    const lowered = [share(0, 10, 50), share(1, 10, 50)]
    expect([...allotQuotas(60, 2, lowered).values()]).toEqual([30, 30])
    const idle = [share(0, 10, 50), share(1, 10, 0)]
    expect([...allotQuotas(60, 2, idle).values()]).toEqual([30, 10])
  })
})
