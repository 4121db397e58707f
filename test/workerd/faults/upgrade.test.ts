import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ShardHandle } from '../../../worker/ports/shards'
import { serveDoorbell } from '../../../worker/services/runner/serve-doorbell'
import recorded from '../../fixtures/shards/journal-1.json'
import { fakeNetwork, ok, runnerOn } from '../support/run-release'

const HOUR_MS = 3_600_000

afterEach(() => {
  vi.useRealTimers()
})

type Recorded = (typeof recorded)[number]

/** A shard as a build of the past left it on disk, opened by this one. */
async function upgraded({ ref, tables }: Recorded) {
  const stub = env.SHARDS.getByName(`dep:${ref}:0`)
  await runInDurableObject(stub, async (_object, { storage }) => {
    await storage.deleteAll()
    for (const { sql, table, rows } of tables) {
      storage.sql.exec(sql)
      for (const row of rows) {
        const names = Object.keys(row)
        const places = names.map(() => '?').join(', ')
        storage.sql.exec(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`, ...Object.values(row))
      }
    }
  })
  await evictDurableObject(stub)
  return stub as unknown as ShardHandle
}

/** What this build does with an execution of an earlier one, two hours later. */
async function goOn(it: Recorded) {
  vi.setSystemTime(it.recordedAt + HOUR_MS)
  const shard = await upgraded(it)
  // The second look comes after the grace for runners of the life before.
  for (const at of [HOUR_MS + 1, HOUR_MS + 60_000]) {
    vi.setSystemTime(it.recordedAt + at)
    await shard.poke()
  }
  const network = fakeNetwork()
  network.answer = ({ url }) => ok({ receipt: `receipt of ${url.split('/').at(-1)}` })
  await serveDoorbell(runnerOn(network), { ref: it.ref, no: 0, open: () => shard })
  const seen = await shard.peek({ organizationId: it.organizationId, seq: 0 })
  if (seen === null || !('status' in seen)) throw new Error('The execution is not in its shard.')
  const result = JSON.parse(seen.result ?? '{}') as { output?: unknown }
  return { status: seen.status, output: result.output, sent: network.sent }
}

const named = (name: string): Recorded => {
  const found = recorded.find((it) => it.name === name)
  if (found === undefined) throw new Error(`Nothing was recorded as '${name}'`)
  return found
}

describe('an execution that an earlier build left behind', () => {
  it.each([
    ['parked in a delay', 'receipt of after', ['after']],
    ['parked between attempts', 2, ['shaky']],
    ['a failure was caught', true, ['after']],
    ['its runner died in a request', 'receipt of first', ['second']],
  ])(
    '%s: completes on this one, and does nothing again that was done (F-16, I3, I4, I7)',
    async (name, output, stages) => {
      const end = await goOn(named(name))
      expect([end.status, end.output]).toEqual(['completed', output])
      expect(end.sent.map(({ url }) => url.split('/').at(-1))).toEqual(stages)
    },
  )

  it('sends what was under way with the same key and body (F-16, I5)', async () => {
    const before = named('its runner died in a request')
    const [again] = (await goOn(before)).sent
    expect(before.sent).toContainEqual({
      stage: 'second',
      key: again?.headers['Idempotency-Key'],
      body: again?.body,
    })
  })

  it('reads its variables and secrets, sealed as they were (F-16, I7)', async () => {
    const [request] = (await goOn(named('parked in a delay'))).sent
    expect(JSON.parse(String(request?.body))).toEqual({ receipt: 'receipt of before', key: 'k-0123456789' })
  })

  it.each(['cancelled', 'out of time'])('%s: stays what it was (F-16, I11)', async (name) => {
    const end = await goOn(named(name))
    expect([end.status, end.sent]).toEqual([name === 'cancelled' ? 'cancelled' : 'timed_out', []])
  })

  it('is found by the key of its sender (F-16, I1)', async () => {
    const before = named('parked in a delay')
    const shard = await upgraded(before)
    const config = await shard.config()
    const answer = await shard.accept({
      epoch: config?.epoch ?? 0,
      pin: 1,
      nonce: 'another',
      key: `key of ${before.name}`,
      fingerprint: 'f',
      cause: { type: 'manual', triggerId: null, actor: null },
      payload: '{"n":1}',
    })
    expect(answer).toMatchObject({ kind: 'accepted', duplicate: true })
  })
})
