import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SignalRequest } from '#core/shard/wire'
import { acceptRequest, openTestShard } from '../support/open-shard'

const claimOne = { max: 1, have: [] }
const RESULT = '{"output":null,"error":null,"startedAt":1,"endedAt":2}'

afterEach(() => {
  vi.useRealTimers()
})

/** An execution that was claimed, with what its runner says and what it is told. */
async function claimed() {
  const { stub, config } = await openTestShard()
  await stub.accept(acceptRequest())
  const [work] = (await stub.claim(claimOne)).work
  const token = work?.token ?? 0
  const scope = { organizationId: config.organizationId, seq: 0 }
  return {
    stub,
    scope,
    item: { seq: 0, token, from: 0, events: [] as string[] },
    send: (signalId: string, more: Partial<SignalRequest> = {}) =>
      stub.signal({ ...scope, name: 'go', signalId, payload: '{"n":1}', actor: null, ...more }),
  }
}

describe('signals', () => {
  it('a signal wakes an execution that waits, and is handed to whoever claims it', async () => {
    const { stub, scope, item, send } = await claimed()
    await stub.park({ items: [{ ...item, wakeAt: Date.now() + 3_600_000 }] })
    expect((await stub.claim(claimOne)).work).toHaveLength(0)
    expect(await send('a')).toBe('recorded')
    expect(await stub.peek(scope)).toMatchObject({ status: 'running' })
    const [work] = (await stub.claim(claimOne)).work
    expect(work?.inbox).toMatchObject([
      { kind: 'signal', key: 'a', body: '{"name":"go","payload":{"n":1},"actor":null}' },
    ])
  })

  it('a repeat changes nothing; another signal under the same id is refused', async () => {
    const { stub, item, send } = await claimed()
    expect(await send('a')).toBe('recorded')
    expect(await send('a', { actor: 'somebody else' })).toBe('duplicate')
    expect(await send('a', { payload: '{"n":2}' })).toBe('reused')
    const [answer] = await stub.commit({ items: [{ ...item, events: ['{}'] }] })
    expect(answer).toMatchObject({ inbox: [{ key: 'a' }] })
  })

  it('a holder is told once of each, in order of arrival', async () => {
    const { stub, item, send } = await claimed()
    vi.setSystemTime(Date.now())
    for (const id of ['z', 'a', 'm']) await send(id)
    const heard = async (count: number) => {
      const [answer] = await stub.renew({ items: [{ seq: 0, token: item.token, heard: count }] })
      return answer?.kind === 'ok' ? answer.inbox.map(({ key }) => key) : answer?.kind
    }
    expect(await heard(0)).toEqual(['z', 'a', 'm'])
    expect(await heard(2)).toEqual(['m'])
    expect(await heard(3)).toEqual([])
  })

  it('whoever parks without having heard all is served again at once; with all heard it sleeps', async () => {
    const { stub, item, send } = await claimed()
    await send('a')
    await stub.park({ items: [{ ...item, heard: 0, wakeAt: Date.now() + 3_600_000 }] })
    const [work] = (await stub.claim(claimOne)).work
    expect(work?.inbox).toHaveLength(1)
    await stub.park({ items: [{ ...item, token: work?.token ?? 0, heard: 1, wakeAt: Date.now() + 3_600_000 }] })
    expect((await stub.claim(claimOne)).work).toHaveLength(0)
  })

  it('a signal outlives the object that took it', async () => {
    const { stub, item, send } = await claimed()
    await stub.park({ items: [{ ...item, wakeAt: Date.now() + 3_600_000 }] })
    await send('a')
    await evictDurableObject(stub)
    expect((await stub.claim(claimOne)).work).toEqual([])
    vi.setSystemTime(Date.now() + 30_000)
    await runDurableObjectAlarm(stub)
    expect((await stub.claim(claimOne)).work).toMatchObject([{ inbox: [{ key: 'a' }] }])
  })

  it('an execution that has ended takes none, but knows those it had; other organizations find nothing', async () => {
    const { stub, item, send } = await claimed()
    const events = ['{"v":1,"type":"signal_received","at":1,"signalId":"a","name":"go","payload":null,"actor":null}']
    await stub.finish({ items: [{ ...item, events, status: 'completed', result: RESULT }] })
    expect(await send('b')).toBe('terminal')
    expect(await send('a')).toBe('duplicate')
    expect(await send('a', { organizationId: 'org_other' })).toBe('unknown')
    expect(await send('a', { seq: 7 })).toBe('unknown')
  })

  it('signals that nobody reads are refused before they fill the object', async () => {
    const { send } = await claimed()
    const payload = JSON.stringify('x'.repeat(250_000))
    const answers = []
    for (let n = 0; n < 20; n++) answers.push(await send(`s${n}`, { payload }))
    expect(answers[0]).toBe('recorded')
    expect(answers.at(-1)).toBe('full')
  })
})
