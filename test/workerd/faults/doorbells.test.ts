import { createMessageBatch, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../../support/eventually'
import { createDoorbells } from '../../../worker/adapters/queue/doorbells'
import type { Shards } from '../../../worker/ports/shards'
import { answerDoorbells } from '../../../worker/queue/answer-doorbells'
import type { RunnerDeps } from '../../../worker/services/runner/runner-deps'
import { lent } from '../support/open-shard'
import { type FakeNetwork, fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const LEASE_MS = 30_000
const HOLD_MS = 60_000

afterEach(() => {
  vi.useRealTimers()
})

const post = (id: string, depends_on: string[] = []) => ({
  id,
  component: 'http_request',
  depends_on,
  config: { url: `https://api.example.com/${id}`, method: 'POST', body: {} },
})
const chain = { name: 'chain', stages: [post('first'), post('second', ['first']), post('third', ['second'])] }

type Published = Awaited<ReturnType<typeof publish>>

const doorbell = ({ config }: Published) => ({ v: 1, ref: config.ref, shard: 0 })
const shards: Shards = (ref, no) => env.SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ReturnType<Shards>
let messages = 0

/** What the queue hands over in one batch, answered by the door the platform calls. */
async function deliver(runner: RunnerDeps, bodies: readonly unknown[], holdMs = HOLD_MS): Promise<void> {
  const batch = createMessageBatch(
    'executions-0',
    bodies.map((body) => ({ id: `m-${messages++}`, timestamp: new Date(), attempts: 1, body })),
  )
  await answerDoorbells(batch, { runner, shards, holdMs, background: () => undefined })
}

const urlsOf = ({ sent }: FakeNetwork) => sent.map(({ url }) => url.split('/').at(-1))
const typesOf = async (release: Published, seq: number) =>
  (await release.journal(seq)).map(({ type, stage }) => `${type} ${stage}`)
const CHAIN_EVENTS = ['first', 'second', 'third'].flatMap((id) => [`stage_started ${id}`, `stage_succeeded ${id}`])

describe('what the queue may do to doorbells', () => {
  it.each([2, 50])(
    'delivered %i times at once, and again after the end: each effect is sent once (F-01, F-29)',
    async (times) => {
      const release = await publish(chain)
      const network = fakeNetwork()
      const seq = await release.start()
      const bodies = Array.from({ length: times }, () => doorbell(release))
      await Promise.all(bodies.map((body) => deliver(runnerOn(network), [body])))
      await deliver(runnerOn(network), bodies)
      expect(urlsOf(network)).toEqual(['first', 'second', 'third'])
      expect(await typesOf(release, seq)).toEqual(CHAIN_EVENTS)
      expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    },
  )

  it('in any order and batch, each execution runs its stages in their own order (F-02, I3, I6)', async () => {
    const releases = await Promise.all([publish(chain), publish(chain), publish(chain)])
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 1, 2, 0],
    ]) {
      const networks = releases.map(() => fakeNetwork())
      const seqs = await Promise.all(releases.map((release) => release.start()))
      for (const n of order) {
        const release = releases[n]
        if (release !== undefined) await deliver(runnerOn(networks[n] ?? fakeNetwork()), [doorbell(release)])
      }
      expect(networks.map(urlsOf)).toEqual(releases.map(() => ['first', 'second', 'third']))
      for (const [n, release] of releases.entries()) expect(await typesOf(release, seqs[n] ?? -1)).toEqual(CHAIN_EVENTS)
    }
  })

  it('a lost doorbell is rung again by the shard, and the queue’s own consumer answers it (F-14, I12)', async () => {
    const release = await publish(
      { name: 'lost', stages: [{ id: 'only', component: 'transform', config: { value: 7 } }] },
      {},
      { lane: 0 },
    )
    const seq = await release.start()
    vi.setSystemTime(Date.now() + 5_001)
    await runDurableObjectAlarm(release.stub)
    vi.useRealTimers()
    await eventually(async () => expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 7 }))
  })

  it('a queue that takes nothing costs an accepted execution only time (F-14, I1, I12)', async () => {
    const release = await publish(chain)
    const network = fakeNetwork()
    let refused = 0
    const refuse = () => {
      refused += 1
      return Promise.reject(new Error('Queue send failed'))
    }
    const deaf = createDoorbells([{ send: refuse, sendBatch: refuse } as unknown as typeof env.DOORBELLS_0])
    // Six are more than one claim takes: the runner rings for whoever takes the sixth, and nobody hears it.
    const seqs = await Promise.all(Array.from({ length: 6 }, () => release.start()))
    await lent(release.stub, 4)
    const { work } = await release.handle.claim({ max: 50, have: [] })
    await deaf.ring({ lane: 0, ref: release.config.ref, shard: 0 }, 1)
    expect([work.length, refused]).toEqual([5, 1])
    vi.setSystemTime(Date.now() + LEASE_MS + 1)
    await runDurableObjectAlarm(release.stub)
    await deliver({ ...runnerOn(network), doorbells: deaf }, [doorbell(release)])
    const ends = await Promise.all(seqs.map((seq) => release.end(seq)))
    expect(ends.map(({ status }) => status)).toEqual(seqs.map(() => 'completed'))
    expect(network.sent).toHaveLength(18)
  })

  it('a body nobody can read is reported and let go, and its batch-mates are served (F-15)', async () => {
    const release = await publish(chain)
    const network = fakeNetwork()
    const reports: string[] = []
    const runner = { ...runnerOn(network), report: (event: string) => void reports.push(event) }
    const seq = await release.start()
    await deliver(runner, [null, 'ring', { v: 2, ref: 7 }, doorbell(release)])
    expect(reports).toEqual(Array.from({ length: 3 }, () => 'doorbell_unreadable'))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
  })
})

describe('a consumer that is taken for dead while it lives', () => {
  //  zombie ──▶ first … (its lease ends, another runner does it all) … answer ──▶ nothing more
  it('comes back to nothing: what it appends is refused, and it sends nothing more (F-03, I3, I4)', async () => {
    const release = await publish(chain)
    const seq = await release.start()
    const zombies = fakeNetwork()
    const arrived = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    zombies.answer = async () => {
      arrived.resolve()
      await answer.promise
      return ok()
    }
    // Its clock stands still, so that nothing but the shard's word can stop it.
    const bornAt = Date.now()
    const zombie = deliver({ ...runnerOn(zombies), clock: () => bornAt }, [doorbell(release)])
    await arrived.promise
    vi.setSystemTime(Date.now() + LEASE_MS + 1)
    await runDurableObjectAlarm(release.stub)
    const heir = fakeNetwork()
    await deliver(runnerOn(heir), [doorbell(release)])
    const journal = await typesOf(release, seq)
    answer.resolve()
    await zombie
    expect(urlsOf(zombies)).toEqual(['first'])
    expect(urlsOf(heir)).toEqual(['first', 'second', 'third'])
    expect(zombies.sent[0]?.headers['Idempotency-Key']).toBe(heir.sent[0]?.headers['Idempotency-Key'])
    expect(await typesOf(release, seq)).toEqual(journal)
  })

  it('while the other still works: only one of them journals, whoever answers first (F-03, F-25, I3)', async () => {
    const bornAt = Date.now()
    vi.setSystemTime(bornAt)
    const release = await publish(chain)
    const seq = await release.start()
    const slow = fakeNetwork()
    const arrived = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    slow.answer = async () => {
      arrived.resolve()
      await answer.promise
      return ok()
    }
    const zombie = deliver({ ...runnerOn(slow), clock: () => bornAt }, [doorbell(release)])
    await arrived.promise
    // The very instant the lease ends, not later.
    vi.setSystemTime(bornAt + LEASE_MS)
    await runDurableObjectAlarm(release.stub)
    const heir = fakeNetwork()
    heir.answer = async (request) => {
      if (request.url.endsWith('/second')) {
        answer.resolve()
        await zombie
      }
      return ok()
    }
    await deliver(runnerOn(heir), [doorbell(release)])
    expect(urlsOf(slow)).toEqual(['first'])
    expect(await typesOf(release, seq)).toEqual(CHAIN_EVENTS)
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
  })
})
