import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lendTo, sharesOf } from '#core/shard/lending'
import { neededSlots, wishedSlots } from '#core/shard/loan'
import { type Deed, LendingLab } from './lending-lab'

const DEEDS = ['arrive', 'arrive', 'start', 'start', 'end', 'ask', 'recall', 'deliver', 'deliver', 'lose'] as const
const anyDeed = fc.tuple(fc.constantFrom<Deed>(...DEEDS), fc.nat({ max: 40 }))

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

  it('are all used once nothing is lost any more, whatever was before', () => {
    const runs = fc.array(anyDeed, { maxLength: 100, size: 'max' })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 4 }), runs, (limit, shards, deeds) => {
        const lab = new LendingLab(limit, shards)
        for (const [deed, no] of deeds) lab.do(deed, no)
        lab.all('arrive', 0, 100)
        for (let round = 0; round < 5; round++) {
          lab.settleDown(1)
          for (const no of lab.shards.keys()) lab.all('start', no, 200)
        }
        expect(lab.running()).toBe(limit)
      }),
      { numRuns: 500 },
    )
  })

  it('come to those that wait from those that do not need them', () => {
    const lab = new LendingLab(100, 2)
    lab.all('arrive', 0, 101)
    lab.settleDown(2)
    lab.all('start', 0, 101)
    expect(lab.running()).toBe(100)
    lab.all('end', 0, 90)
    lab.all('arrive', 1, 91)
    lab.settleDown(3)
    lab.all('start', 1, 91)
    expect(lab.running()).toBe(100)
  })

  it('come back when the word of a loan was lost and the shard needs it no more', () => {
    const lab = new LendingLab(60, 2)
    lab.all('arrive', 0, 3)
    lab.do('ask', 0)
    lab.do('deliver', 0)
    lab.do('lose', 0)
    lab.shards[0]?.memory.ready.clear()
    lab.all('arrive', 1, 200)
    lab.settleDown(2)
    lab.all('start', 1, 200)
    expect(lab.running()).toBe(60)
  })

  it.each(['before', 'after'])('are shared evenly by two that have much to do, though one came first (%s)', (order) => {
    const lab = new LendingLab(90, 2)
    lab.all('arrive', 0, 5_000)
    lab.settleDown(1)
    lab.all('start', 0, 100)
    lab.all('arrive', 1, 5_000)
    for (let round = 0; round < 5; round++) {
      for (const no of [0, 1]) lab.all('end', no, 100)
      if (order === 'before') for (const no of [0, 1]) lab.all('start', no, 100)
      lab.settleDown(1)
      if (order === 'after') for (const no of [0, 1]) lab.all('start', no, 100)
    }
    expect(lab.shards.map(({ memory }) => memory.slots - 1)).toEqual([45, 45])
  })

  it('are lent again to a shard that gave all back and was forgotten', () => {
    const lab = new LendingLab(10, 1)
    for (let time = 0; time < 3; time++) {
      lab.all('arrive', 0, 5)
      lab.settleDown(1)
      lab.all('start', 0, 5)
      expect(lab.running()).toBe(4)
      lab.all('end', 0, 5)
      lab.settleDown(1)
    }
  })

  it('are not held by word of a loan that comes after they were given back', () => {
    const lab = new LendingLab(10, 2)
    lab.all('arrive', 0, 11)
    lab.do('ask', 0)
    lab.do('deliver', 0)
    lab.shards[0]?.memory.ready.clear()
    lab.do('recall', 0)
    lab.do('deliver', 1)
    lab.do('deliver', 0)
    expect(lab.lent(0)).toEqual({ slots: 0, no: 1 })
  })

  it('never keep a shard from running one by itself', () => {
    const lab = new LendingLab(0, 2)
    for (const no of [0, 1]) lab.all('arrive', no, 5)
    lab.settleDown(2)
    for (const no of [0, 1]) lab.all('start', no, 2)
    expect(lab.shards.map(({ memory }) => memory.slots)).toEqual([1, 1])
  })

  it('are not asked for by a shard that runs one at a time, nor beyond what its deployment may run', () => {
    const lab = new LendingLab(100, 1)
    const wanted = () => lab.shards.map(({ memory }) => [neededSlots(memory), wishedSlots(memory)])
    lab.all('arrive', 0, 1)
    expect(wanted()).toEqual([[0, 0]])
    lab.all('arrive', 0, 1)
    expect(wanted()).toEqual([[1, 50]])
    lab.all('arrive', 0, 5_000)
    expect(wanted()).toEqual([[999, 999]])
  })

  it('are not needed for rows that a restart takes for running beyond what may run', () => {
    const lab = new LendingLab(100, 1)
    for (const { memory } of lab.shards) memory.slots = 3_000
    expect(lab.shards.map(({ memory }) => neededSlots(memory))).toEqual([999])
  })
})

describe('what each may have of a limit', () => {
  it('is what it needs and an even part of the rest where there is enough, and else the same for all that need more', () => {
    expect(sharesOf(10, [])).toEqual({ most: 10, ahead: 10 })
    expect(sharesOf(10, [5, 5])).toEqual({ most: 10, ahead: 0 })
    expect(sharesOf(10, [1, 2])).toEqual({ most: 10, ahead: 3 })
    expect(sharesOf(10, [8, 8])).toEqual({ most: 5, ahead: 0 })
    expect(sharesOf(10, [2, 100, 100])).toEqual({ most: 4, ahead: 0 })
  })

  const ask = (shard: number, need: number, wish = need) => {
    return { organizationId: 'org_1', ref: 'a', shard, need, wish, no: 0 }
  }

  it('is at most what nobody else may be using', () => {
    const first = lendTo(10, [], ask(0, 50))
    expect(first).toMatchObject({ written: { slots: 10, need: 50, no: 1 }, told: { slots: 10, no: 1 } })
    const second = lendTo(10, [first.written], ask(1, 50))
    expect(second.told).toEqual({ slots: 0, no: 1 })
  })

  it('is less than before once others need it, and written down as before until it is given back', () => {
    const known = [
      { ref: 'a', shard: 0, slots: 10, no: 1, need: 50 },
      { ref: 'a', shard: 1, slots: 0, no: 1, need: 50 },
    ]
    expect(lendTo(10, known, ask(0, 50))).toMatchObject({ written: { slots: 10, no: 2 }, told: { slots: 5, no: 2 } })
  })

  it('is less than before once the limit is lower, though nobody else needs any', () => {
    const known = [{ ref: 'a', shard: 0, slots: 999, no: 1, need: 999 }]
    expect(lendTo(500, known, ask(0, 999))).toMatchObject({ written: { slots: 999 }, told: { slots: 500, no: 2 } })
  })

  it('leaves something ahead to everybody while there is enough, so that few busy shards keep nobody waiting', () => {
    const first = lendTo(60, [], ask(0, 1, 50))
    expect(first.told).toEqual({ slots: 50, no: 1 })
    const second = lendTo(60, [first.written], ask(1, 9, 50))
    expect(second.told).toEqual({ slots: 10, no: 1 })
    expect(lendTo(60, [first.written, second.written], ask(0, 1, 50)).told).toEqual({ slots: 26, no: 2 })
  })
})
