import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { dead, fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const LEASE_MS = 30_000

const pay = (extra = {}) => ({
  id: 'pay',
  component: 'http_request',
  config: { url: 'https://api.example.com/pay', method: 'POST', body: {}, at_most_once: true, ...extra },
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a request that is sent at most once (4.4 rule 8)', () => {
  it('leaves only when the intent to send it is durable', async () => {
    const release = await publish({ name: 'once', stages: [pay()] })
    const network = fakeNetwork()
    const seq = await release.start()
    const durable: string[][] = []
    network.answer = async () => {
      durable.push((await release.journal(seq)).map(({ type }) => type))
      return ok()
    }
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    expect(durable).toEqual([['stage_started']])
  })

  it('is never sent again when its runner died before the answer was durable (F-05, I5)', async () => {
    const catching = {
      id: 'guard',
      component: 'trycatch',
      config: { try: ['pay'], catch: ['tell'] },
    }
    const tell = { id: 'tell', component: 'transform', config: { value: '{{ stages.pay.error.code }}' } }
    const release = await publish({
      name: 'dying',
      stages: [catching, pay(), tell],
      output: '{{ stages.tell.output }}',
    })
    const seq = await release.start()
    const dying = fakeNetwork()
    const sent = Promise.withResolvers<void>()
    dying.answer = () => {
      sent.resolve()
      return new Promise(() => undefined)
    }
    void release.serve({ ...runnerOn(dying), ...dead })
    await sent.promise
    vi.setSystemTime(Date.now() + LEASE_MS + 1)
    await runDurableObjectAlarm(release.stub)

    const next = fakeNetwork()
    await release.serve(runnerOn(next))
    expect(next.sent).toEqual([])
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 'outcome_unknown' })
  })

  it('fails as unknown when no answer came, however often it may be tried', async () => {
    const release = await publish({ name: 'silent', stages: [pay({ retry: { max_attempts: 5, delay_seconds: 0 } })] })
    const seq = await release.start()
    const network = fakeNetwork()
    const failure = { code: 'http_connection_failed', message: 'The connection failed.' }
    network.answer = () => ({ kind: 'failed', failure, durationMs: 1, retryable: true })
    await release.serve(runnerOn(network))
    expect(network.sent).toHaveLength(1)
    expect(await release.end(seq)).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown' } })
  })

  it('is sent again when it was told that nothing was done', async () => {
    const release = await publish({ name: 'busy', stages: [pay({ retry: { max_attempts: 3, delay_seconds: 0 } })] })
    const seq = await release.start()
    const network = fakeNetwork()
    network.answer = () =>
      network.sent.length === 1 ? { kind: 'response', status: 429, headers: {}, text: '', durationMs: 1 } : ok()
    await release.serve(runnerOn(network))
    expect(network.sent).toHaveLength(2)
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
  })
})
