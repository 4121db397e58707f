import { describe, expect, it } from 'vitest'
import { LIMITS } from '#core/model/limits'
import { createTriggerLimit } from '../../worker/services/trigger-limit'
import { jsonBody, openDoor, webhookEndpoint } from './webhook-door-bench'

const limitOf = (quota: number) =>
  createTriggerLimit({
    clock: () => 0,
    rule: { name: 'organization', quota, windowSeconds: 5 },
    shield: async () => true,
  })

describe('a webhook over its quota', () => {
  it('answers 429 with what to wait for, and what is refused starts nothing (R-13, R-15)', async () => {
    const { call, started } = await openDoor(undefined, { triggerLimit: limitOf(10) })
    const answers = []
    for (let n = 0; n < 20; n++) answers.push(await call(jsonBody({ n })))
    const accepted = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status === 429)
    expect([accepted.length, refused.length, started.length]).toEqual([10, 10, 10])
    expect(accepted[0]?.headers.get('ratelimit-policy')).toBe('"organization";q=10;w=5')
    expect(accepted.map((answer) => answer.headers.get('ratelimit'))).toEqual(
      Array.from({ length: 10 }, (_, n) => `"organization";r=${9 - n};t=${Math.ceil((n + 1) / 2)}`),
    )
    const [first] = refused
    expect(first?.headers.get('retry-after')).toBe('1')
    expect(first?.headers.get('ratelimit')).toBe('"organization";r=0;t=5')
    expect(first?.headers.get('content-type')).toBe('application/problem+json')
    expect(await first?.json()).toMatchObject({ code: 'rate_limited', status: 429 })
  })

  it('may have set the quota itself, and says so beside that of its organization', async () => {
    const rateLimit = { requests: 2, seconds: 60 }
    const { call, started } = await openDoor([{ ...webhookEndpoint(), rateLimit }], { triggerLimit: limitOf(10) })
    const answers = []
    for (let n = 0; n < 4; n++) answers.push(await call(jsonBody({ n })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429])
    expect(started).toHaveLength(2)
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"organization";q=10;w=5, "endpoint";q=2;w=60')
    expect(answers[2]?.headers.get('retry-after')).toBe('30')
  })

  it('does not count whom it does not let in', async () => {
    const { call } = await openDoor(undefined, { triggerLimit: limitOf(1) })
    for (let n = 0; n < 5; n++) expect((await call({ method: 'PUT' })).status).toBe(405)
    expect((await call(jsonBody({}))).status).toBe(200)
  })
})

describe('workflows that call each other’s webhooks', () => {
  it.for([1, 7])('after %i hops are let in, and the execution knows', async (hops) => {
    const { call, started } = await openDoor()
    expect((await call(jsonBody({}, { 'millrace-hops': String(hops) }))).status).toBe(200)
    expect(started[0]?.cause.hops).toBe(hops)
  })

  it.for([LIMITS.hopsMax, 9, 9_999])('are stopped after %i hops with 508 and a hint', async (hops) => {
    const { call, started } = await openDoor()
    const answer = await call(jsonBody({}, { 'Millrace-Hops': String(hops) }))
    expect(answer.status).toBe(508)
    expect(await answer.json()).toMatchObject({ code: 'loop_detected', hint: expect.stringContaining('webhook') })
    expect(started).toEqual([])
  })

  it.for(['', 'x', '-1', '1e3', '07', '99999'])('are not meant by a header that says "%s"', async (text) => {
    const { call, started } = await openDoor()
    expect((await call(jsonBody({}, { 'millrace-hops': text }))).status).toBe(200)
    expect(started[0]?.cause).not.toHaveProperty('hops')
  })

  it('are told nothing before they have shown who they are', async () => {
    const authentication = { type: 'bearer', token: 'not-a-real-one' } as const
    const { call } = await openDoor([{ ...webhookEndpoint(), authentication } as never])
    expect((await call(jsonBody({}, { 'millrace-hops': '9' }))).status).toBe(401)
  })
})
