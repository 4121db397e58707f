import { describe, expect, it } from 'vitest'
import type { RateRule } from '#core/model/rate'
import { createTriggerLimit } from '../../../worker/services/trigger-limit'

const ORGANIZATION: RateRule = { name: 'organization', quota: 50, windowSeconds: 5 }
const endpoint = (key: string, quota: number) => ({ key, rule: { name: 'endpoint', quota, windowSeconds: 60 } })

function limitOf(shield = async () => true) {
  let now = 1_000
  let asked = 0
  const limit = createTriggerLimit({ clock: () => now, rule: ORGANIZATION, shield: (_key) => (asked++, shield()) })
  const ask = async (key: string, own?: ReturnType<typeof endpoint>) => {
    const verdicts = await limit(key, own)
    return { verdicts, allowed: verdicts.every(({ allowed }) => allowed) }
  }
  const spend = async (key: string, times: number, own?: ReturnType<typeof endpoint>) => {
    let allowed = 0
    for (let n = 0; n < times; n++) if ((await ask(key, own)).allowed) allowed++
    return allowed
  }
  return { ask, spend, wait: (ms: number) => (now += ms), asked: () => asked }
}

describe('triggers of an organization', () => {
  it('of twice what may come at once half are accepted, and what is left goes down call by call (R-13)', async () => {
    const { ask } = limitOf()
    const seen: [boolean, number][] = []
    for (let n = 0; n < 100; n++) {
      const { allowed, verdicts } = await ask('org_a')
      seen.push([allowed, verdicts[0]?.remaining ?? -1])
    }
    expect(seen.filter(([allowed]) => allowed)).toHaveLength(50)
    const left = seen.map(([, remaining]) => remaining)
    expect(left).toEqual(left.toSorted((a, b) => b - a))
    expect(left.at(-1)).toBe(0)
  })

  it('what was spent comes back with time, and never beyond the burst', async () => {
    const { spend, wait } = limitOf()
    await spend('org_a', 50)
    wait(1_000)
    expect(await spend('org_a', 80)).toBe(10)
    wait(3_600_000)
    expect(await spend('org_a', 80)).toBe(50)
  })

  it('say how long to wait for the next, and until all is there again', async () => {
    const { ask, spend, wait } = limitOf()
    await spend('org_a', 50)
    const [full] = (await ask('org_a')).verdicts
    expect(full).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 5, retryAfterSeconds: 1 })
    wait(1_000)
    expect((await ask('org_a')).verdicts[0]).toMatchObject({ allowed: true, remaining: 9, resetSeconds: 5 })
  })

  it('one organization’s burst takes nothing from another (I10, R-14)', async () => {
    const { spend } = limitOf()
    await spend('org_a', 80)
    expect(await spend('org_b', 80)).toBe(50)
  })

  it('only who has spent half of the burst here is counted by the shield, whose refusal holds', async () => {
    const { spend, asked } = limitOf(async () => false)
    expect(await spend('org_a', 30)).toBe(24)
    expect(asked()).toBe(6)
  })

  it('a clock that goes back gives nothing away', async () => {
    const { spend, wait } = limitOf()
    await spend('org_a', 50)
    wait(-10_000)
    expect(await spend('org_a', 1)).toBe(0)
  })
})

describe('calls of an endpoint that limits itself', () => {
  it('end at its own limit, and take nothing more from its organization', async () => {
    const { ask, spend } = limitOf()
    expect(await spend('org_a', 30, endpoint('w1:0', 3))).toBe(3)
    expect((await ask('org_a')).verdicts[0]).toMatchObject({ remaining: 46 })
  })

  it('leave other endpoints theirs', async () => {
    const { spend } = limitOf()
    await spend('org_a', 10, endpoint('w1:0', 3))
    expect(await spend('org_a', 10, endpoint('w1:1', 3))).toBe(3)
  })

  it('wait as long as their own rule says', async () => {
    const { ask, spend } = limitOf()
    await spend('org_a', 3, endpoint('w1:0', 3))
    const [organization, own] = (await ask('org_a', endpoint('w1:0', 3))).verdicts
    expect(organization).toMatchObject({ allowed: true })
    expect(own).toMatchObject({ allowed: false, remaining: 0, retryAfterSeconds: 20 })
  })
})
