import { describe, expect, it } from 'vitest'
import type { Outcome } from '#core/components/context'
import { cutOff } from '../../../worker/services/runner/cut-off'

/** A clock hand that the test moves: sleeps end when they are told to. */
function handHeld() {
  const slept: number[] = []
  const { promise: rung, resolve: ring } = Promise.withResolvers<void>()
  const sleep = (ms: number) => {
    slept.push(ms)
    return rung
  }
  return { sleep, slept, ring }
}

describe('an attempt and its time', () => {
  it('an attempt that answers in time is taken as it is', async () => {
    const { sleep } = handHeld()
    const outcome: Outcome = { kind: 'completed', output: 1 }
    expect(await cutOff(sleep, Promise.resolve(outcome), 1_000, () => expect.unreachable())).toBe(outcome)
    await expect(cutOff(sleep, Promise.reject(new Error('broke')), 1_000, () => undefined)).rejects.toThrow('broke')
  })

  it('a component that ignores its time is left behind, aborted, and its late answer means nothing', async () => {
    const { sleep, slept, ring } = handHeld()
    const late = Promise.withResolvers<Outcome>()
    let aborts = 0
    const outcome = cutOff(sleep, late.promise, 30_000, () => aborts++)
    ring()
    expect(await outcome).toMatchObject({ kind: 'failed', failure: { code: 'stage_timeout' } })
    expect({ slept, aborts }).toEqual({ slept: [35_000], aborts: 1 })
    late.reject(new Error('too late'))
  })
})
