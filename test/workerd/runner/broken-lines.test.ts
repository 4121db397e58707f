import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ShardHandle } from '../../../worker/ports/shards'
import type { RunnerDeps } from '../../../worker/services/runner/runner-deps'
import { fakeNetwork, publish, runnerOn } from '../support/run-release'

const post = (id: string, depends_on: string[] = []) => ({
  id,
  component: 'http_request',
  depends_on,
  config: { url: `https://api.example.com/${id}`, method: 'POST', body: {} },
})

afterEach(() => {
  vi.useRealTimers()
})

/** Calls that reach the shard, but whose first answer is lost. */
function losing<Request, Answer>(call: (request: Request) => Promise<Answer>) {
  let lost = false
  return async (request: Request): Promise<Answer> => {
    const answer = await call(request)
    if (lost) return answer
    lost = true
    throw new Error('Network connection lost.')
  }
}

/** A runner whose waits pass at once, taking the clock with them. */
function hurrying(deps: RunnerDeps): RunnerDeps {
  return {
    ...deps,
    clock: () => Date.now(),
    sleep: async (ms, signal) => {
      await deps.sleep(0, signal)
      if (signal?.aborted !== true) vi.setSystemTime(Date.now() + ms)
    },
  }
}

describe('a line breaks', () => {
  it('an answer that was lost is asked for again, and nothing is sent or journaled twice (I3, I5)', async () => {
    const release = await publish({ name: 'lost', stages: [post('first'), post('second', ['first'])] })
    const { handle } = release
    const network = fakeNetwork()
    const seq = await release.start()
    await release.serve(runnerOn(network), {
      commit: losing((request: Parameters<ShardHandle['commit']>[0]) => handle.commit(request)),
      finish: losing((request: Parameters<ShardHandle['finish']>[0]) => handle.finish(request)),
    })
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(network.sent).toHaveLength(2)
    const types = (await release.journal(seq)).map(({ type, stage }) => `${type} ${stage}`)
    expect(types).toEqual([
      'stage_started first',
      'stage_succeeded first',
      'stage_started second',
      'stage_succeeded second',
    ])
  })

  it('a shard that never answers again: open requests are aborted when the lease ends (I4)', async () => {
    const release = await publish({ name: 'silent', stages: [post('slow')] })
    const network = fakeNetwork()
    const aborted = Promise.withResolvers<void>()
    network.answer = (_request, signal) => {
      signal?.addEventListener('abort', () => aborted.resolve())
      return new Promise(() => undefined)
    }
    const startedAt = Date.now()
    await release.start()
    await release.serve(hurrying(runnerOn(network)), { renew: () => new Promise(() => undefined) })
    await aborted.promise
    expect(Date.now() - startedAt).toBeLessThan(45_000)
  })

  it('a release pushed out of the isolate’s memory while its work is claimed still runs', async () => {
    const release = await publish({ name: 'crowded', stages: [post('only')] })
    const { config, handle } = release
    const deps = runnerOn(fakeNetwork())
    await release.start()
    await release.serve(deps)
    const parts = await handle.release({ organizationId: config.organizationId, pin: 1 })
    const seq = await release.start()
    await release.serve(deps, {
      async claim(request) {
        const answer = await handle.claim(request)
        for (let pin = 2; pin < 202; pin++) if (parts !== null) await deps.releases.load(config, { ...parts, pin })
        return answer
      },
    })
    expect(await release.end(seq)).toMatchObject({ status: 'completed', error: null })
  })

  it('what would not fit one call travels in several', async () => {
    const release = await publish({
      name: 'wide',
      stages: [{ id: 'echo', component: 'transform', config: { value: '{{ input.text }}' } }],
    })
    const sizes: number[] = []
    const seqs = await Promise.all(Array.from({ length: 50 }, () => release.start({ text: 'x'.repeat(200_000) })))
    await release.serve(runnerOn(fakeNetwork()), {
      finish(request) {
        sizes.push(JSON.stringify(request).length)
        return release.handle.finish(request)
      },
    })
    expect(Math.max(...sizes)).toBeLessThan(10_000_000)
    expect(await release.end(seqs.at(-1) ?? 0)).toMatchObject({ status: 'completed' })
  })
})
