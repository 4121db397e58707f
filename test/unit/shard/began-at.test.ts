import { describe, expect, test } from 'vitest'
import { beganAt } from '#core/shard/began-at'

const KEPT = ['{"v":1,"type":"stage_started","at":5}', '{"v":1,"type":"stage_succeeded","at":7,"startedAt":5}']
const OWN = '{"v":1,"type":"stage_succeeded","at":90,"startedAt":80}'

describe('when an execution began', () => {
  test('is when the attempt of its first event started, or that event happened', () => {
    expect(beganAt([OWN], {})).toBe(80)
    expect(beganAt(KEPT, {})).toBe(5)
  })

  test('is not when the work it took over was done', () => {
    expect(beganAt(KEPT, { kept: 2 })).toBeNull()
    expect(beganAt([...KEPT, OWN], { kept: 2 })).toBe(80)
  })

  test('is unknown before anything happened, and where a line does not say', () => {
    expect(beganAt([], {})).toBeNull()
    expect(beganAt(['{"v":1,"at":1.5}'], {})).toBeNull()
  })
})
