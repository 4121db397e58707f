import { describe, expect, it } from 'vitest'
import type { HttpAnswer } from '#core/components/context'
import type { Json } from '#core/kernel/json'
import { fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const wait = (id: string, config: object = {}, depends_on: string[] = []) => ({
  id,
  component: 'wait_for_signal',
  depends_on,
  config: { signal: 'go', ...config },
})
const get = (id: string, depends_on: string[] = []) => ({
  id,
  component: 'http_request',
  depends_on,
  config: { url: `https://api.example.com/${id}` },
})

async function waiting(stages: readonly object[]) {
  const release = await publish({ name: 'waiting', stages } as Json)
  const seq = await release.start()
  const scope = { organizationId: release.config.organizationId, seq }
  const signal = (signalId: string, payload: Json = signalId) =>
    release.handle.signal({ ...scope, name: 'go', signalId, payload: JSON.stringify(payload), actor: null })
  return { ...release, seq, scope, signal }
}

describe('waiting', () => {
  it('two stages that wait for one name take one signal each, in order', async () => {
    const release = await waiting([wait('first'), wait('second', {}, ['first'])])
    await release.serve(runnerOn(fakeNetwork()))
    await release.signal('a')
    await release.signal('b')
    await release.serve(runnerOn(fakeNetwork()))
    expect(await release.end(release.seq)).toMatchObject({ status: 'completed', output: 'b' })
    const journal = await release.journal(release.seq)
    expect(journal.filter(({ type }) => type === 'signal_received')).toHaveLength(2)
  })

  it('a signal is journaled once, however many runners read it (I3)', async () => {
    const release = await waiting([wait('first'), wait('second', { signal: 'never' })])
    await release.serve(runnerOn(fakeNetwork()))
    await release.signal('a')
    await release.serve(runnerOn(fakeNetwork()))
    await release.handle.signal({ ...release.scope, name: 'other', signalId: 'x', payload: '1', actor: null })
    await release.serve(runnerOn(fakeNetwork()))
    const heard = (await release.journal(release.seq)).filter(({ type }) => type === 'signal_received')
    expect(heard).toMatchObject([{ signalId: 'a' }, { signalId: 'x' }])
    expect(await release.end(release.seq)).toMatchObject({ status: 'waiting' })
  })

  it('a runner that is busy with something else hears of a signal within moments', async () => {
    const release = await waiting([get('slow'), wait('first'), get('next', ['first'])])
    const network = fakeNetwork()
    const done = Promise.withResolvers<HttpAnswer>()
    network.answer = (request) => {
      if (request.url.endsWith('/slow')) return done.promise
      done.resolve(ok())
      return ok()
    }
    const served = release.serve(runnerOn(network))
    await expect.poll(() => network.sent.length).toBe(1)
    await release.signal('a')
    await served
    expect(network.sent.map(({ url }) => url)).toEqual(['https://api.example.com/slow', 'https://api.example.com/next'])
    expect(await release.end(release.seq)).toMatchObject({ status: 'completed' })
  })

  it('what is secret stays masked when a signal brings it back', async () => {
    const release = await publish(
      {
        name: 'secret',
        stages: [
          wait('first'),
          { ...get('use'), config: { url: 'https://a.test/', headers: { a: '{{ secrets.T }}' } } },
        ],
      } as Json,
      { secrets: { T: 's3cr3t-value-0815' } },
    )
    const seq = await release.start()
    const { organizationId } = release.config
    const payload = '{"echo":"s3cr3t-value-0815"}'
    await release.handle.signal({ organizationId, seq, name: 'go', signalId: 'a', payload, actor: null })
    await release.serve(runnerOn(fakeNetwork()))
    expect(JSON.stringify(await release.journal(seq))).not.toContain('s3cr3t-value-0815')
  })

  it('the end of a child that comes before its parent waits is not lost', async () => {
    const release = await publish({
      name: 'parent',
      stages: [{ id: 'call', component: 'workflow', config: { workflow: 'child' } }],
    })
    const seq = await release.start()
    const { organizationId } = release.config
    const key = 'exec_child'
    const body = JSON.stringify({ key, status: 'completed', output: { n: 1 }, failure: null })
    const runner = runnerOn(fakeNetwork())
    await release.serve({
      ...runner,
      startChild: async () => {
        await release.handle.notify({ organizationId, seq, kind: 'child_finished', key, body })
        await release.handle.notify({ organizationId, seq, kind: 'child_finished', key, body })
        return { kind: 'started', executionId: key }
      },
    })
    await release.serve(runner)
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: { n: 1 } })
    expect((await release.journal(seq)).filter(({ type }) => type === 'child_finished')).toHaveLength(1)
  })

  it('a child that is asked for again after its runner died is the same, and still awaited', async () => {
    const release = await publish({
      name: 'parent',
      stages: [{ id: 'call', component: 'workflow', config: { workflow: 'child' } }],
    })
    const seq = await release.start()
    const asked: string[] = []
    const runner = runnerOn(fakeNetwork())
    const children = {
      ...runner,
      startChild: async ({ work, stage }: { work: { id: string }; stage: string }) => {
        asked.push(`${work.id}:${stage}`)
        return { kind: 'started', executionId: 'exec_child' } as const
      },
    }
    await release.serve(children, { park: () => Promise.reject(new Error('Network connection lost.')) })
    expect(await release.end(seq)).toMatchObject({ status: 'running' })
    expect(new Set(asked).size).toBe(1)
  })
})
