import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evenShare, lendTo } from '#core/shard/lending'
import { wishedSlots } from '#core/shard/loan'
import { type Deed, LendingLab } from './lending-lab'

const DEEDS = ['arrive', 'arrive', 'start', 'start', 'end', 'ask', 'recall', 'deliver', 'deliver', 'lose'] as const
const anyDeed = fc.tuple(fc.constantFrom<Deed>(...DEEDS), fc.nat({ max: 40 }))

function waitIn(lab: LendingLab, no: number, count: number): void {
  for (let one = 0; one < count; one++) lab.do('arrive', no)
}

describe('the slots of an organization (I9)', () => {
  it('are never exceeded, whatever is lost, late or overtaken between it and its shards', () => {
    const runs = fc.array(anyDeed, { maxLength: 400, size: 'max' })
    fc.assert(
      fc.property(fc.nat({ max: 12 }), fc.integer({ min: 1, max: 4 }), runs, (limit, shards, deeds) => {
        const lab = new LendingLab(limit, shards)
        for (const [deed, no] of deeds) {
          lab.do(deed, no)
          expect(lab.running()).toBeLessThanOrEqual(limit)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('come to those that wait from those that do not need them', () => {
    const lab = new LendingLab(100, 2)
    waitIn(lab, 0, 101)
    lab.settleDown(2)
    for (let start = 0; start < 101; start++) lab.do('start', 0)
    expect(lab.running()).toBe(100)
    for (let end = 0; end < 90; end++) lab.do('end', 0)
    waitIn(lab, 1, 91)
    lab.settleDown(3)
    for (let start = 0; start < 91; start++) lab.do('start', 1)
    expect(lab.running()).toBe(100)
  })

  it('are shared evenly as what runs comes to its end', () => {
    const lab = new LendingLab(90, 3)
    waitIn(lab, 0, 1_000)
    lab.settleDown(2)
    for (let start = 0; start < 91; start++) lab.do('start', 0)
    waitIn(lab, 1, 1_000)
    waitIn(lab, 2, 1_000)
    for (let end = 0; end < 91; end++) {
      lab.do('end', 0)
      lab.settleDown(1)
      for (const no of [0, 1, 2]) for (let start = 0; start < 100; start++) lab.do('start', no)
    }
    expect(lab.shards.map(({ memory }) => memory.slots - 1)).toEqual([30, 30, 30])
  })

  it('are lent again to a shard that gave all back and was forgotten', () => {
    const lab = new LendingLab(10, 1)
    for (let time = 0; time < 3; time++) {
      waitIn(lab, 0, 5)
      lab.settleDown(1)
      for (let start = 0; start < 5; start++) lab.do('start', 0)
      expect(lab.running()).toBe(4)
      for (let end = 0; end < 5; end++) lab.do('end', 0)
      lab.settleDown(1)
    }
  })

  it('are not held by word of a loan that comes later than the next one', () => {
    const lab = new LendingLab(10, 2)
    waitIn(lab, 0, 11)
    lab.do('ask', 0)
    lab.do('deliver', 0)
    lab.do('ask', 0)
    lab.do('deliver', 1)
    lab.do('deliver', 1)
    expect(lab.lent(0)).toEqual({ slots: 10, no: 2 })
    lab.shards[0]?.memory.ready.clear()
    lab.do('recall', 0)
    lab.do('deliver', 1)
    lab.do('deliver', 1)
    lab.do('deliver', 0)
    expect(lab.lent(0)).toEqual({ slots: 0, no: 2 })
  })

  it('never keep a shard from running one by itself', () => {
    const lab = new LendingLab(0, 2)
    waitIn(lab, 0, 5)
    waitIn(lab, 1, 5)
    lab.settleDown(2)
    for (const no of [0, 0, 1, 1]) lab.do('start', no)
    expect(lab.shards.map(({ memory }) => memory.slots)).toEqual([1, 1])
  })

  it('are not asked for by a shard that runs one at a time, nor beyond what its deployment may run', () => {
    const lab = new LendingLab(100, 1)
    const wishes = () => lab.shards.map(({ memory }) => wishedSlots(memory))
    waitIn(lab, 0, 1)
    expect(wishes()).toEqual([0])
    waitIn(lab, 0, 1)
    expect(wishes()).toEqual([50])
    waitIn(lab, 0, 5_000)
    expect(wishes()).toEqual([999])
  })
})

describe('what each may have of a limit', () => {
  it('is all it needs where there is enough, and else the same for all that need more than that', () => {
    expect(evenShare(10, [5, 5])).toBe(Infinity)
    expect(evenShare(10, [])).toBe(Infinity)
    expect(evenShare(10, [8, 8])).toBe(5)
    expect(evenShare(10, [2, 100, 100])).toBe(4)
    expect(evenShare(10, [100, 100, 100])).toBe(4)
  })

  it('is at most what nobody holds, and a loan is never taken back by asking again', () => {
    const ask = (shard: number, need: number, wish = need) => ({
      organizationId: 'org_1',
      ref: 'a',
      shard,
      need,
      wish,
      no: 0,
    })
    const first = lendTo(10, [], ask(0, 50))
    expect(first).toMatchObject({ slots: 10, no: 1 })
    const second = lendTo(10, [first], ask(1, 50))
    expect(second).toMatchObject({ slots: 0, no: 1 })
    expect(lendTo(10, [first, second], ask(0, 1))).toMatchObject({ slots: 10, need: 1, no: 2 })
  })

  it('is more than it needs only while no other needs that', () => {
    const ask = (shard: number, need: number) => ({ organizationId: 'org_1', ref: 'a', shard, need, wish: 50, no: 0 })
    const first = lendTo(60, [], ask(0, 1))
    expect(first).toMatchObject({ slots: 50, need: 1 })
    const second = lendTo(60, [first], ask(1, 20))
    expect(second).toMatchObject({ slots: 10, need: 20 })
    expect(lendTo(60, [{ ...first, slots: 1 }, second], ask(0, 1))).toMatchObject({ slots: 40 })
    expect(
      lendTo(
        60,
        [
          { ...first, slots: 1 },
          { ...second, need: 70 },
        ],
        ask(0, 1),
      ),
    ).toMatchObject({ slots: 1 })
  })
})
