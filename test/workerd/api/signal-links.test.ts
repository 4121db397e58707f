import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { formatSignalToken, parseSignalToken } from '#core/release/signal-token'
import { createMac } from '../../../worker/adapters/crypto/hmac'
import { isEnded, isWaiting, linkIn, newPlace, until } from './deploy-document'
import { send } from './support'

const two = {
  name: 'two-questions',
  stages: [
    { id: 'say', component: 'logger', config: { message: '{{ execution.signals.first }}' } },
    { id: 'one', component: 'wait_for_signal', depends_on: ['say'], config: { signal: 'first' } },
    { id: 'other', component: 'wait_for_signal', depends_on: ['say'], config: { signal: 'second' } },
  ],
  output: { one: '{{ stages.one.output }}', other: '{{ stages.other.output }}' },
}

async function asked(place: Awaited<ReturnType<typeof newPlace>>, started?: () => Promise<string>) {
  const start = started ?? (await place.deploy({ ...two, name: crypto.randomUUID() })).start
  const id = await start()
  await until(place.client, id, isWaiting)
  const link = await linkIn(place.client, id)
  return { id, start, link, token: link.slice('/signal/'.length) }
}

const answer = (path: string, payload: unknown = 'x') =>
  send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload) })

/** Execution, expiry, proof and name of a link. */
const partsOf = (token: string) => /^(.{31})(.{9})(.{24})(-.*)$/.exec(token)?.slice(1) ?? []

describe('a link that may be answered once (T-26)', () => {
  test('is answered once, however many answer it at the same time', async () => {
    const place = await newPlace()
    const { id, link } = await asked(place)
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => answer(link, `answer ${n}`)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 410)).toHaveLength(11)
    await place.client.sendSignal({ params: { id, name: 'second' }, body: {} })
    const { output } = await until(place.client, id, isEnded)
    expect(output).toMatchObject({ one: `answer ${statuses.indexOf(200)}` })
  })

  test('sends nothing to another execution, stage, time or organization, though each part of it was proven somewhere', async () => {
    const [ours, theirs] = [await newPlace(), await newPlace()]
    const mine = await asked(ours)
    const [next, stranger] = [await asked(ours, mine.start), await asked(theirs)]
    for (const other of [next, stranger]) {
      const [a, b] = [partsOf(mine.token), partsOf(other.token)]
      for (let mask = 1; mask < 15; mask++) {
        const mixed = a.map((part, n) => (((mask >> n) & 1) === 1 ? (b[n] ?? '') : part)).join('')
        if (mixed !== mine.token && mixed !== other.token) expect((await answer(`/signal/${mixed}`)).status).toBe(404)
      }
    }
    expect((await answer(mine.link.replace(/-first$/, '-second'))).status).toBe(404)
    const waits = await Promise.all([
      ours.client.getExecution({ params: { id: mine.id } }),
      ours.client.getExecution({ params: { id: next.id } }),
    ])
    expect(waits.map((seen) => seen.ok && seen.body.status)).toEqual(['waiting', 'waiting'])
  })

  test('is compared whole: nothing before it, behind it or left out of it is forgiven', async () => {
    const { token } = await asked(await newPlace())
    const [execution = '', expires = '', proof = '', name = ''] = partsOf(token)
    const odd = [
      ` ${token}`,
      `${token}%20`,
      `exec_${token}`,
      `0${token}`,
      token.slice(1),
      token.toUpperCase(),
      `${token}-first`,
    ]
    const inside = [
      execution + expires + name,
      execution + expires + proof,
      execution + expires + '0'.repeat(24) + name,
    ]
    const cut = [
      token.replace(/^[0-9]+/, ''),
      `${execution}${expires}${proof.slice(1)}${name}`,
      `${token}%00`,
      `${token}/`,
    ]
    for (const path of [...odd, ...inside, ...cut]) expect((await answer(`/signal/${path}`)).status, path).toBe(404)
  })

  test('is not made again by a key of another use, nor by a webhook’s', async () => {
    const { id, token } = await asked(await newPlace())
    const address = await parseSignalToken(createMac(env.SESSION_KEY, 'signal'), token)
    expect(address).toMatchObject({ executionId: id, name: 'first' })
    for (const use of ['webhook', 'csrf', 'session', '']) {
      const forged = await formatSignalToken(createMac(env.SESSION_KEY, use), address!)
      expect((await answer(`/signal/${forged}`)).status, use).toBe(404)
    }
  })

  test('of an execution does not answer what replays it', async () => {
    const place = await newPlace()
    const { id, link } = await asked(place)
    await place.client.cancelExecution({ params: { id }, body: {} })
    await until(place.client, id, isEnded)
    const replayed = await place.client.replayExecution({ params: { id }, body: {} })
    const replay = replayed.ok ? replayed.body.executionId : ''
    await until(place.client, replay, isWaiting)
    expect((await answer(link)).status).toBe(410)
    expect(await until(place.client, replay, isWaiting)).toMatchObject({ status: 'waiting' })
    expect((await answer(await linkIn(place.client, replay))).status).toBe(200)
  })

  test('too old is gone, whatever waits behind it', async () => {
    const { id } = await asked(await newPlace())
    const mac = createMac(env.SESSION_KEY, 'signal')
    const old = await formatSignalToken(mac, { executionId: id, name: 'first', expiresAt: Date.now() - 1 })
    const gone = await answer(`/signal/${old}`)
    expect([gone.status, await gone.json()]).toMatchObject([410, { code: 'signal_link_expired' }])
  })
})
