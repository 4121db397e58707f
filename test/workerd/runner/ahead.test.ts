import { describe, expect, it } from 'vitest'
import type { Json } from '#core/kernel/json'
import { ok as success } from '#core/kernel/result'
import type { Prepared } from '../../../worker/ports/ingress'
import type { ShardHandle } from '../../../worker/ports/shards'
import type { SecretAccess } from '../../../worker/services/runner/secret-access'
import { ingressTo } from '../support/ingress-to'
import { fakeNetwork, publish, runnerOn } from '../support/run-release'

const double = { id: 'double', component: 'transform', config: { value: '{{ input.n * 2 }}' } }

/** That many copies of a text of the input. */
const copies = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`copy-${n}`, '{{ input.text }}']))

type Published = Awaited<ReturnType<typeof publish>>

/** The way in to a release, which whoever answers has run before, and which calls it makes to the shard. */
async function wayIn({ config, handle, parts }: Published) {
  const calls: string[] = []
  const clock = { aheadMs: 0 }
  const now = () => Date.now() + clock.aheadMs
  const told = new Proxy(handle, {
    get: (target, method: keyof ShardHandle) => (request: never) => {
      calls.push(method)
      return (target[method] as (request: never) => unknown)(request)
    },
  })
  const noted: string[] = []
  const base = runnerOn(fakeNetwork())
  const secretAccess: SecretAccess = {
    note: ({ work, release }) => void (Object.keys(release.secrets).length > 0 && noted.push(work.id)),
  }
  const runner = { ...base, clock: now, secretAccess }
  await runner.releases.load(config, parts)
  const ingress = ingressTo(() => told, runner)
  async function call(input: Json, more: Partial<Prepared> = {}) {
    const cause = { type: 'webhook' as const, triggerId: 'webhook', actor: null }
    const prepared = { pin: 1, cause, payload: JSON.stringify(input), claim: true, ...more }
    const accepted = await ingress.accept(config.ref, null, async () => success(prepared))
    if (!accepted.ok) throw new Error(JSON.stringify(accepted.error))
    return { ...accepted.value, ...(await ingress.complete(accepted.value, 30_000)) }
  }
  await call({ n: 0 })
  calls.length = 0
  return { call, calls, noted, clock }
}

describe('who waits for an execution that touches nothing', () => {
  it('has its end from one call to the shard, and the execution is there with all its events', async () => {
    const release = await publish({ name: 'pure', stages: [double], output: '{{ stages.double.output + 1 }}' })
    const { call, calls } = await wayIn(release)
    const { id, status, result } = await call({ n: 4 })
    expect([status, result?.output]).toEqual(['completed', 9])
    expect(calls).toEqual(['accept'])
    const seen = await release.handle.read({ organizationId: release.config.organizationId, seq: 1 })
    expect(seen).toMatchObject({ record: { id, status: 'completed', payload: '{"n":4}' } })
    expect((await release.journal(1)).map(({ type, stage }) => `${type} ${stage}`)).toEqual(['stage_succeeded double'])
  })

  it('is told its failure in the same way', async () => {
    const release = await publish({ name: 'failing', stages: [double] })
    const { call, calls } = await wayIn(release)
    expect(await call({ n: 'four' })).toMatchObject({ status: 'failed', result: { error: { stage: 'double' } } })
    expect(calls).toEqual(['accept'])
  })

  it('is told what the first call with the same key came to, not what this one did', async () => {
    const { call, calls } = await wayIn(await publish({ name: 'keyed', stages: [double] }))
    const key = { key: 'order-7', fingerprint: 'same' }
    const first = await call({ n: 1 }, key)
    const second = await call({ n: 2 }, key)
    expect(second).toMatchObject({ id: first.id, duplicate: true, status: 'completed', result: { output: 2 } })
    expect(calls).toEqual(['accept', 'accept', 'peek'])
  })

  it('has it accepted first where a stage reads the id of the execution', async () => {
    const stages = [{ id: 'say', component: 'transform', config: { value: '{{ execution.id }}' } }]
    const { call, calls } = await wayIn(await publish({ name: 'named', stages }))
    const { id, result } = await call({})
    expect(result?.output).toBe(id)
    expect(calls).toEqual(['accept', 'finish'])
  })

  it('has it accepted first, and noted, where its environment has secrets', async () => {
    const { call, calls, noted } = await wayIn(
      await publish({ name: 'secret', stages: [double] }, { secrets: { A: 'b' } }),
    )
    const { id } = await call({ n: 1 })
    expect(calls).toEqual(['accept', 'finish'])
    expect(noted.at(-1)).toBe(id)
  })

  it.each<[string, Json, object]>([
    ['its input is large', { n: 1, text: 'x'.repeat(17_000) }, {}],
    ['what it gives out goes to the store', { n: 1, text: 'x'.repeat(16_000) }, { value: copies(17) }],
  ])('has it accepted first where %s', async (_, input, config) => {
    const stages = [{ ...double, config: { ...double.config, ...config } }]
    const { call, calls } = await wayIn(await publish({ name: 'large', stages }))
    expect((await call(input)).status).toBe('completed')
    expect(calls).toEqual(['accept', 'finish'])
  })

  it('has it accepted first where there is a loop, or very many stages', async () => {
    const loop = [
      { id: 'each', component: 'foreach', config: { items: [1, 2], do: ['say'] } },
      { id: 'say', component: 'logger', config: { message: 'hi' } },
    ]
    const many = Array.from({ length: 21 }, (_, n) => ({ id: `s${n}`, component: 'logger', config: { message: 'hi' } }))
    for (const stages of [loop, many]) {
      const { call, calls } = await wayIn(await publish({ name: 'long', stages: stages as Json }))
      expect((await call({})).status).toBe('completed')
      expect(calls).toEqual(['accept', 'finish'])
    }
  })

  it('has it accepted first for a while after a run that was in vain', async () => {
    const stages = [{ ...double, config: { value: '{{ input.large ? execution.id : input.n }}' } }]
    const { call, calls, clock } = await wayIn(await publish({ name: 'seldom', stages }))
    await call({ n: 1, large: true })
    await call({ n: 1, large: false })
    expect(calls).toEqual(['accept', 'finish', 'accept', 'finish'])
    clock.aheadMs = 10_001
    calls.length = 0
    await call({ n: 1, large: false })
    expect(calls).toEqual(['accept'])
  })

  it('has it accepted first where it shares the limit of a key', async () => {
    const { call, calls } = await wayIn(await publish({ name: 'keyed', stages: [double] }))
    const cause = { type: 'manual', triggerId: null, actor: null, concurrencyKey: 'a' } as const
    expect(await call({ n: 1 }, { cause })).toMatchObject({ status: 'completed' })
    expect(calls).toEqual(['accept', 'finish'])
  })

  it('has it run when its turn comes where the limit is reached, and nothing of the earlier run shows (I9)', async () => {
    const release = await publish({ name: 'full', stages: [double] }, {}, { quota: 1 })
    const { call, calls } = await wayIn(release)
    await release.start({ n: 1 }, { claim: true })
    const pending = call({ n: 2 })
    await expect.poll(() => calls.includes('peek')).toBe(true)
    expect(await release.end(2)).toMatchObject({ status: 'pending' })
    await release.handle.cancel({ organizationId: release.config.organizationId, seq: 1, reason: '', actor: null })
    const token = { seq: 1, token: 1, from: 0, events: [] as string[] }
    const result = '{"output":null,"error":null,"startedAt":1,"endedAt":1}'
    await release.handle.finish({ items: [{ ...token, status: 'cancelled', result }] })
    await release.serve(runnerOn(fakeNetwork()))
    expect(await pending).toMatchObject({ status: 'completed', result: { output: 4 } })
  })
})
