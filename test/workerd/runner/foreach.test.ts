import { env } from 'cloudflare:workers'
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Json } from '#core/kernel/json'
import { createOutputStore } from '../../../worker/adapters/r2/output-store'
import { countEvents } from '../../../worker/services/runner/journal-pages'
import { readJournal } from '../../../worker/services/runner/keep-output'
import { fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const LEASE_MS = 30_000
/** A shard that restarted counts every live execution as leased for this long. */
const GRACE_MS = 30_000

const each = (ids: string[], more: Record<string, Json> = {}) => ({
  id: 'each',
  component: 'foreach',
  config: { items: '{{ input.list }}', do: ids, ...more },
})
const send = (more: Record<string, Json> = {}) => ({
  id: 'send',
  component: 'http_request',
  config: { url: 'https://api.example.com/{{ item }}', method: 'POST', body: '{{ item }}', ...more },
})
const numbers = (count: number) => ({ list: Array.from({ length: count }, (_, i) => i) })

afterEach(() => {
  vi.useRealTimers()
})

describe('ten thousand items', () => {
  //  each [ double ─▶ label ] ─▶ count
  it('run to their results, in a journal of few and short lines', async () => {
    const release = await publish({
      name: 'many',
      stages: [
        each(['double', 'label'], { max_concurrency: 100 }),
        { id: 'double', component: 'transform', config: { value: '{{ item * 2 }}' } },
        {
          id: 'label',
          component: 'transform',
          depends_on: ['double'],
          config: { value: 'n{{ stages.double.output }}' },
        },
        {
          id: 'count',
          component: 'transform',
          depends_on: ['each'],
          config: { value: ['{{ length(stages.each.output.results) }}', '{{ stages.each.output.results[9999] }}'] },
        },
      ],
    })
    const seq = await release.start(numbers(10_000))
    await release.serve(runnerOn(fakeNetwork()))
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: [10_000, 'n19998'] })

    const lines = (await release.journal(seq)).map((line) => JSON.stringify(line))
    expect(countEvents(lines)).toBe(20_002)
    expect(lines.reduce((sum, line) => sum + line.length, 0)).toBeLessThan(5 * 1024 * 1024)
    expect(await readJournal(lines, createOutputStore(env.BUCKET))).toHaveLength(20_002)
  })

  it('are read back from the pages by the runner that goes on after a long wait', async () => {
    const release = await publish({
      name: 'paged',
      stages: [
        each(['wide'], { max_concurrency: 100 }),
        { id: 'wide', component: 'transform', config: { value: '{{ item }}{{ input.wide }}' } },
        { id: 'pause', component: 'delay', depends_on: ['each'], config: { seconds: 3600 } },
        {
          id: 'last',
          component: 'transform',
          depends_on: ['pause'],
          config: { value: '{{ length(stages.each.output.results[9999]) }}' },
        },
      ],
    })
    const seq = await release.start({ ...numbers(10_000), wide: '-'.repeat(500) })
    await release.serve(runnerOn(fakeNetwork()))
    expect(await release.end(seq)).toMatchObject({ status: 'waiting' })
    const pages = (await release.journal(seq)).filter(({ type }) => type === 'events')
    expect(pages.length).toBeGreaterThan(0)

    await evictDurableObject(release.stub)
    vi.setSystemTime(Date.now() + 3_601_000)
    await runDurableObjectAlarm(release.stub)
    await release.serve(runnerOn(fakeNetwork()))
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 504 })
  })

  it('of which a runner sent some before it died: the next one sends no item again whose result is journaled (I4)', async () => {
    const release = await publish({ name: 'resumed', stages: [each(['send'], { max_concurrency: 20 }), send()] })
    const dying = fakeNetwork()
    const died = Promise.withResolvers<void>()
    dying.answer = (request) => {
      if (dying.sent.length <= 400) return ok()
      died.resolve()
      return new Promise(() => void request)
    }
    const seq = await release.start(numbers(500))
    void release.serve(runnerOn(dying), {
      renew: () => new Promise(() => undefined),
      commit: (request) => (dying.sent.length > 400 ? new Promise(() => undefined) : release.handle.commit(request)),
    })
    await died.promise
    const journaled = new Set(
      (await release.journal(seq)).flatMap(({ type, stage }) => (type === 'stage_succeeded' ? [stage] : [])),
    )
    expect(journaled.size).toBeGreaterThanOrEqual(200)

    await evictDurableObject(release.stub)
    for (const waitMs of [LEASE_MS, GRACE_MS]) {
      vi.setSystemTime(Date.now() + waitMs + 1)
      await runDurableObjectAlarm(release.stub)
    }
    const next = fakeNetwork()
    await release.serve(runnerOn(next))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    const keyOf = ({ headers }: { headers: Readonly<Record<string, string>> }) => headers['Idempotency-Key'] ?? ''
    const again = next.sent.map((request) => keyOf(request).replace(/^[^:]*:/, ''))
    expect(again.filter((stage) => journaled.has(stage))).toEqual([])
    const keys = new Set([...dying.sent, ...next.sent].map(keyOf))
    expect(keys.size).toBe(500)
  })
})

describe('items of which many run at once', () => {
  it('never more than may (I9)', async () => {
    const release = await publish({ name: 'bounded', stages: [each(['send'], { max_concurrency: 7 }), send()] })
    const network = fakeNetwork()
    let open = 0
    let most = 0
    network.answer = async () => {
      most = Math.max(most, ++open)
      await Promise.resolve()
      open--
      return ok()
    }
    const seq = await release.start(numbers(100))
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(most).toBeLessThanOrEqual(7)
    expect(network.sent).toHaveLength(100)
  })

  it('share the commits before what they send (write barrier)', async () => {
    const second = { ...send({ url: 'https://api.example.com/second/{{ item }}' }), id: 'second', depends_on: ['send'] }
    const stages = [each(['send', 'second'], { max_concurrency: 50 }), send(), second]
    const release = await publish({ name: 'barrier', stages })
    let commits = 0
    const commit: typeof release.handle.commit = (request) => {
      commits++
      return release.handle.commit(request)
    }
    const seq = await release.start(numbers(200))
    await release.serve(runnerOn(fakeNetwork()), { commit })
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(commits).toBeLessThan(100)
  })

  it('fifty branches of a parallel ask at the same time', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `ask${i}`)
    const ask = (id: string) => ({ id, component: 'http_request', config: { url: `https://api.example.com/${id}` } })
    const fan = { id: 'fan', component: 'parallel', config: { branches: ids.map((id) => [id]) } }
    const release = await publish({ name: 'fifty', stages: [fan, ...ids.map(ask)] })
    const network = fakeNetwork()
    const all = Promise.withResolvers<void>()
    network.answer = async () => {
      if (network.sent.length === 50) all.resolve()
      await all.promise
      return ok()
    }
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
  })
})
