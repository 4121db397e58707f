import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createVault } from '../../../worker/adapters/crypto/vault'
import { createReleaseCache } from '../../../worker/services/runner/release-cache'
import { dead, fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const LEASE_MS = 30_000

const post = (id: string, depends_on: string[] = []) => ({
  id,
  component: 'http_request',
  depends_on,
  config: { url: `https://api.example.com/${id}`, method: 'POST', body: {} },
})

afterEach(() => {
  vi.useRealTimers()
})

/** What a runner sends that stops dead when it sends to `url`. */
function dyingRunner(url: string) {
  const network = fakeNetwork()
  const died = Promise.withResolvers<void>()
  network.answer = (request) => {
    if (!request.url.endsWith(url)) return ok()
    died.resolve()
    return new Promise(() => undefined)
  }
  return { network, died: died.promise }
}

describe('a runner dies', () => {
  //  first ──▶ second ✗ (runner dies here)        first is journaled; second is sent again by the next runner
  it('the next runner sends what has no journaled result again with the same key, and nothing else (I4, I5)', async () => {
    const release = await publish({ name: 'crash', stages: [post('first'), post('second', ['first'])] })
    const dying = dyingRunner('/second')
    const seq = await release.start()
    void release.serve({ ...runnerOn(dying.network), ...dead })
    await dying.died
    vi.setSystemTime(Date.now() + LEASE_MS + 1)
    await runDurableObjectAlarm(release.stub)

    const next = fakeNetwork()
    await release.serve(runnerOn(next))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(next.sent.map(({ url }) => url)).toEqual(['https://api.example.com/second'])
    const keyOf = (network: typeof next) =>
      network.sent.find(({ url }) => url.endsWith('/second'))?.headers['Idempotency-Key']
    expect(keyOf(next)).toMatch(/^exec_.*:second$/)
    expect(keyOf(next)).toBe(keyOf(dying.network))
    expect(next.sent[0]?.body).toBe(dying.network.sent[1]?.body)
  })

  it('the shard restarts while an execution runs: the runner goes on as if nothing had happened', async () => {
    const release = await publish({ name: 'restart', stages: [post('first'), post('second', ['first'])] })
    const network = fakeNetwork()
    network.answer = async (request) => {
      if (request.url.endsWith('/first')) await evictDurableObject(release.stub)
      return ok()
    }
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(network.sent).toHaveLength(2)
  })

  it('a doorbell answered twice at the same time runs each execution once', async () => {
    const release = await publish({ name: 'twice', stages: [post('only')] })
    const network = fakeNetwork()
    await release.start()
    await Promise.all([release.serve(runnerOn(network)), release.serve(runnerOn(network))])
    expect(network.sent).toHaveLength(1)
  })
})

describe('waiting', () => {
  const waits = {
    name: 'waits',
    stages: [
      post('before'),
      { id: 'pause', component: 'delay', depends_on: ['before'], config: { seconds: 3600 } },
      post('after', ['pause']),
    ],
  }

  it('a long delay parks the execution and costs no runner; what is done is not done again', async () => {
    const release = await publish(waits)
    const network = fakeNetwork()
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'waiting' })
    vi.setSystemTime(Date.now() + 3_600_001)
    await runDurableObjectAlarm(release.stub)
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(network.sent.map(({ url }) => url.split('/').at(-1))).toEqual(['before', 'after'])
  })

  it('a parked execution survives the shard’s eviction', async () => {
    const release = await publish(waits)
    const seq = await release.start()
    await release.serve(runnerOn(fakeNetwork()))
    await evictDurableObject(release.stub)
    vi.setSystemTime(Date.now() + 3_600_001)
    await runDurableObjectAlarm(release.stub)
    await release.serve(runnerOn(fakeNetwork()))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
  })
})

describe('interruptions', () => {
  it('a cancel recorded while a request is under way starts nothing more (I14)', async () => {
    const release = await publish({ name: 'cancel', stages: [post('first'), post('second', ['first'])] })
    const network = fakeNetwork()
    network.answer = async () => {
      await release.handle.cancel({
        organizationId: release.config.organizationId,
        seq: 0,
        reason: 'stop',
        actor: null,
      })
      return ok()
    }
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } })
    expect(network.sent).toHaveLength(1)
  })

  it('an execution that reaches its limit aborts its request and ends as timed out', async () => {
    const release = await publish({ name: 'limit', stages: [post('slow')] })
    const network = fakeNetwork()
    const aborted = Promise.withResolvers<void>()
    network.answer = (_request, signal) => {
      signal?.addEventListener('abort', () => aborted.resolve())
      return new Promise(() => undefined)
    }
    const seq = await release.start({}, { timeoutMs: 10_000 })
    await release.serve(runnerOn(network))
    await aborted.promise
    expect(await release.end(seq)).toMatchObject({ status: 'timed_out', error: { code: 'timed_out' } })
  })
})

const tell = ({ config: { organizationId }, handle }: Awaited<ReturnType<typeof publish>>, seq: number) =>
  handle.signal({ organizationId, seq, name: 'news', signalId: 'a', payload: '1', actor: null })

/** The shard as a runner reaches it, and how often it handed out work. */
function countClaims({ handle }: Awaited<ReturnType<typeof publish>>) {
  const claimed: number[] = []
  const claim: typeof handle.claim = async (request) => {
    const answer = await handle.claim(request)
    if (answer.work.length > 0) claimed.push(answer.work.length)
    if (claimed.length > 20) throw new Error('There is no pause between claims.')
    return answer
  }
  return { claimed, through: { claim } }
}

describe('a newer runner’s journal', () => {
  it('is left to a newer runner, untouched', async () => {
    const release = await publish({ name: 'newer', stages: [post('only')] })
    const network = fakeNetwork()
    const event = { v: 2, type: 'stage_dreamt', stage: 'only', at: Date.now() }
    const seq = await release.start({}, { seed: [JSON.stringify(event)] })
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'waiting' })
    expect(await release.journal(seq)).toEqual([event])
    expect(network.sent).toEqual([])
  })

  it('is looked at once in a while, whatever the execution was told before', async () => {
    const release = await publish({ name: 'newer', stages: [post('only')] })
    const event = { v: 2, type: 'stage_dreamt', stage: 'only', at: Date.now() }
    const seq = await release.start({}, { seed: [JSON.stringify(event)] })
    await tell(release, seq)
    const { claimed, through } = countClaims(release)
    await release.serve(runnerOn(fakeNetwork()), through)
    expect(claimed).toEqual([1])
    expect(await release.end(seq)).toMatchObject({ status: 'waiting' })
  })
})

describe('the store of large outputs', () => {
  const large = {
    name: 'large',
    stages: [
      post('fetch'),
      { id: 'pause', component: 'delay', depends_on: ['fetch'], config: { seconds: 3600 } },
      {
        id: 'last',
        component: 'transform',
        depends_on: ['pause'],
        config: { value: '{{ stages.fetch.output.status_code }}' },
      },
    ],
  }

  const outage = { put: () => Promise.reject(new Error('down')), get: () => Promise.reject(new Error('down')) }

  /** An execution that waits after a large answer, and whose hour has come. */
  async function waitingOnLarge() {
    const release = await publish(large)
    const network = fakeNetwork()
    network.answer = () => ok({ text: 'x'.repeat(400_000) })
    const seq = await release.start()
    await release.serve(runnerOn(network))
    vi.setSystemTime(Date.now() + 3_600_001)
    await runDurableObjectAlarm(release.stub)
    return { release, seq }
  }

  it('is waited for while it cannot be reached, and costs the execution nothing', async () => {
    const { release, seq } = await waitingOnLarge()
    for (let n = 0; n < 7; n++) {
      await release.serve({ ...runnerOn(fakeNetwork()), outputs: outage })
      expect(await release.end(seq)).toMatchObject({ status: 'waiting' })
      vi.setSystemTime(Date.now() + 30_001)
      await runDurableObjectAlarm(release.stub)
    }
    await release.serve(runnerOn(fakeNetwork()))
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 200 })
  })

  it('is asked again once in a while, whatever the execution was told before', async () => {
    const { release, seq } = await waitingOnLarge()
    await tell(release, seq)
    const { claimed, through } = countClaims(release)
    await release.serve({ ...runnerOn(fakeNetwork()), outputs: outage }, through)
    expect(claimed).toEqual([1])
    vi.setSystemTime(Date.now() + 30_001)
    await runDurableObjectAlarm(release.stub)
    await release.serve(runnerOn(fakeNetwork()), through)
    expect(claimed).toEqual([1, 1])
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 200 })
    expect(await release.journal(seq)).toContainEqual(
      expect.objectContaining({ type: 'signal_received', signalId: 'a' }),
    )
  })

  it('may take longer than a lease to read: the execution stays with its runner, which hears what is told meanwhile', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `stage-${n}`)
    const release = await publish({ name: 'long', stages: [...ids, 'last'].map((id) => post(id)) })
    const base = { v: 1, type: 'stage_succeeded', attempt: 1, at: Date.now(), input: {}, output: null }
    const seed = ids.map((stage) => JSON.stringify({ ...base, stage, outputRef: stage }))
    const seq = await release.start({}, { seed })
    let reads = 0
    const get = async () => {
      if (reads++ === 0) await tell(release, seq)
      vi.setSystemTime(Date.now() + 1_500)
      return '{"status_code":200}'
    }
    const network = fakeNetwork()
    const clock = () => Date.now()
    await release.serve({ ...runnerOn(network), clock, outputs: { put: async () => undefined, get } })
    expect(reads).toBe(ids.length)
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(network.sent).toHaveLength(1)
    expect(await release.journal(seq)).toContainEqual(
      expect.objectContaining({ type: 'signal_received', signalId: 'a' }),
    )
  })

  it('having lost an output fails the execution, which never goes on with nothing in its place', async () => {
    const { release, seq } = await waitingOnLarge()
    await release.serve({ ...runnerOn(fakeNetwork()), outputs: { put: async () => undefined, get: async () => null } })
    expect(await release.end(seq)).toMatchObject({ status: 'failed', error: { code: 'output_lost' } })
  })
})

describe('the store of keys', () => {
  const opening = (open: () => Promise<string | null>) => createReleaseCache({ ...createVault(env.MASTER_KEY), open })
  const away = opening(() => Promise.reject(new Error('down')))

  it('is waited for while it cannot be reached: an outage costs time, and executions nothing else', async () => {
    const release = await publish({ name: 'keys', stages: [post('only')] })
    const seq = await release.start()
    await tell(release, seq)
    const { claimed, through } = countClaims(release)
    for (let n = 1; n <= 7; n++) {
      await release.serve({ ...runnerOn(fakeNetwork()), releases: away }, through)
      expect(claimed).toHaveLength(n)
      expect(await release.end(seq)).toMatchObject({ status: 'waiting' })
      vi.setSystemTime(Date.now() + LEASE_MS + 1)
      await runDurableObjectAlarm(release.stub)
    }
    const network = fakeNetwork()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(network.sent).toHaveLength(1)
  })

  it('without the key of a release fails the execution at once, and says what is missing', async () => {
    const release = await publish({ name: 'keys', stages: [post('only')] })
    const seq = await release.start()
    await release.serve({ ...runnerOn(fakeNetwork()), releases: opening(async () => null) })
    expect(await release.end(seq)).toMatchObject({ status: 'failed', error: { code: 'environment_unavailable' } })
  })

  it('has no part in a release that nobody can read: its execution is given up', async () => {
    const release = await publish({ name: 'keys', stages: [post('only')] })
    const seq = await release.start()
    for (let n = 0; n < 6; n++) {
      await release.serve({ ...runnerOn(fakeNetwork()), releases: opening(async () => 'garbage') })
      vi.setSystemTime(Date.now() + LEASE_MS + 1)
      await runDurableObjectAlarm(release.stub)
    }
    expect(await release.end(seq)).toMatchObject({ status: 'failed', error: { code: 'poisoned' } })
  })
})
