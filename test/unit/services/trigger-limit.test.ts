import { describe, expect, it } from 'vitest'
import { createTriggerLimit } from '../../../worker/services/trigger-limit'

function limitOf(perSecond: number, shield = async () => true) {
  let now = 1_000
  let asked = 0
  const limit = createTriggerLimit({ clock: () => now, perSecond, shield: (_key) => (asked++, shield()) })
  const spend = async (key: string, times: number) => {
    const answers = []
    for (let n = 0; n < times; n++) answers.push(await limit(key))
    return answers.filter(Boolean).length
  }
  return { spend, wait: (ms: number) => (now += ms), asked: () => asked }
}

describe('triggers of an organization', () => {
  it('five seconds’ worth may come at once, then no more', async () => {
    const { spend } = limitOf(10)
    expect(await spend('org_a', 80)).toBe(50)
  })

  it('what was spent comes back with time, and never beyond the burst', async () => {
    const { spend, wait } = limitOf(10)
    await spend('org_a', 50)
    wait(1_000)
    expect(await spend('org_a', 80)).toBe(10)
    wait(3_600_000)
    expect(await spend('org_a', 80)).toBe(50)
  })

  it('one organization’s burst takes nothing from another (I10)', async () => {
    const { spend } = limitOf(10)
    await spend('org_a', 80)
    expect(await spend('org_b', 80)).toBe(50)
  })

  it('only who has spent half of the burst here is counted by the shield, whose refusal holds', async () => {
    const { spend, asked } = limitOf(10, async () => false)
    expect(await spend('org_a', 30)).toBe(24)
    expect(asked()).toBe(6)
  })

  it('a clock that goes back gives nothing away', async () => {
    const { spend, wait } = limitOf(10)
    await spend('org_a', 50)
    wait(-10_000)
    expect(await spend('org_a', 1)).toBe(0)
  })
})
