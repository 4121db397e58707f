import { describe, expect, it, vi } from 'vitest'
import { triggerRefusal, TriggerDocument } from '#core/triggers/registry'
import { schemeTypes } from '#core/triggers/schemes/registry'
import { openDoor, webhookEndpoint } from '../webhook-door-bench'
import { openFor } from './open-for'
import { sender } from './sender'
import { senders } from './senders'

const none = sender({
  name: 'none',
  written: { type: 'none' },
  fields: null,
  header: null,
  covers: [],
  headers: () => [],
})
const everybody = [none, ...senders]
const providers = senders.filter(
  ({ written: { type } }) => !['api_key', 'bearer', 'hmac', 'oauth'].includes(String(type)),
)
const named = (name: string) => senders.find((one) => one.name === name)!

it('every scheme of the register is among those that are tried here', () => {
  expect(new Set(everybody.map(({ written }) => written['type']))).toEqual(new Set(schemeTypes()))
})

describe('a method that is not allowed', () => {
  it.for(everybody)('is answered 405 and starts nothing, signed or not (W-13): $name', async (sender) => {
    const door = await openFor(sender, { method: ['POST'] })
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const answer = await door.send(await door.letter({ method }))
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    }
    expect(door.started).toHaveLength(0)
  })
})

describe('a question that only confirms an address', () => {
  it.for(providers)(
    'starts nothing when it comes as GET or HEAD, though its trigger allows GET (W-14): $name',
    async (sender) => {
      const door = await openFor(sender, { method: ['GET', 'POST'] })
      for (const method of ['GET', 'HEAD']) {
        const letter = await door.letter({ method, body: new Uint8Array(), query: '?challenge=abc' })
        expect((await door.send(letter)).status).toBe(405)
      }
      expect(door.started).toHaveLength(0)
    },
  )

  it.for(providers)('cannot be all a trigger allows (W-14): $name', ({ written, fields }) => {
    const secret = fields === null ? {} : { [fields[0]]: '{{ secrets.HOOK }}' }
    const trigger = TriggerDocument.parse({
      type: 'webhook',
      method: ['GET'],
      authentication: { ...written, ...secret },
    })
    expect(triggerRefusal(trigger)).toMatchObject({ path: '/method', hint: 'Allow POST.' })
  })

  it('is answered when Slack signed it, and nothing is started (W-14)', async () => {
    const door = await openFor(named('slack'))
    const body = new TextEncoder().encode(
      JSON.stringify({ token: 't', challenge: '3eZbrw1a<b>', type: 'url_verification' }),
    )
    const answer = await door.send(await door.letter({ body }))
    expect([answer.status, await answer.text()]).toEqual([200, '3eZbrw1a<b>'])
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const forged = await door.send(await door.letter({ body, secret: named('slack').secrets[1] }))
    expect([forged.status, (await forged.text()).includes('3eZbrw1a')]).toEqual([401, false])
    expect(door.started).toHaveLength(0)
  })

  it('is only what says that it is one: an event with a challenge is an event (W-14)', async () => {
    const door = await openFor(named('slack'))
    const body = new TextEncoder().encode('{"type":"event_callback","event_id":"Ev1","challenge":"x"}')
    expect(await (await door.send(await door.letter({ body }))).json()).toMatchObject({ status: 'accepted' })
    expect(door.started).toHaveLength(1)
  })

  it('is an event like any other from everybody else (W-14)', async () => {
    const door = await openFor(named('github'))
    const body = new TextEncoder().encode('{"type":"url_verification","challenge":"x"}')
    expect(await (await door.send(await door.letter({ body }))).json()).toMatchObject({ status: 'accepted' })
    expect(door.started).toHaveLength(1)
  })
})

describe('where nothing answers', () => {
  it.for(senders)(
    'credentials are judged all the same, and both refusals have one size (W-19): $name',
    async (sender) => {
      const door = await openFor(sender)
      const letter = await door.letter()
      const verify = vi.spyOn(crypto.subtle, 'verify')
      const unknown = await door.door(
        new Request(`https://millrace.test/webhook/${await door.tokenOf(9)}`, {
          method: 'POST',
          headers: [['x-signature', '0'.repeat(64)], ...letter.headers],
          body: letter.body,
        }),
      )
      expect(verify).toHaveBeenCalledTimes(1)
      verify.mockRestore()
      const wrong = await door.send({ ...letter, headers: [], body: new TextEncoder().encode('{}') })
      expect([unknown.status, wrong.status]).toEqual([404, 401])
      const [a, b] = [await unknown.text(), await wrong.text()]
      expect(a.length).toBe(b.length)
      expect([...unknown.headers.keys()].toSorted()).toEqual([...wrong.headers.keys()].toSorted())
    },
  )

  it.for(everybody)('is everywhere but at the address nobody can guess (W-24, T-08): $name', async (sender) => {
    const door = await openFor(sender)
    const { token, ref } = door
    const letter = await door.letter()
    const guesses = [
      '',
      token.slice(0, 13),
      token.slice(0, 15),
      ref,
      'orders',
      'webhook',
      `${token}0`,
      token.slice(0, -1),
      `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`,
    ]
    for (const path of [...guesses, `${token}/`, `${token}/health`, `x/${token}`, `..%2f${token}`]) {
      const headers = [['content-type', 'application/json'], ...letter.headers] as [string, string][]
      const init = { method: 'POST', headers, body: letter.body }
      expect((await door.door(new Request(`https://millrace.test/webhook/${path}`, init))).status).toBe(404)
    }
    expect(door.started).toHaveLength(0)
  })
})

describe('the address that is signed', () => {
  const addressed = ['hubspot v2', 'hubspot v3', 'google_pubsub'].map(named)
  const EVIL = 'https://evil.example'
  const forwarded: [string, string][] = [
    ['x-forwarded-host', 'evil.example'],
    ['x-forwarded-proto', 'http'],
    ['forwarded', 'host=evil.example'],
    ['x-original-url', '/webhook/other'],
  ]

  it.for(addressed)('is ours, whatever a call says of its host (W-20): $name', async (sender) => {
    const door = await openFor(sender)
    const right = await door.letter()
    expect((await door.send(right, forwarded)).status).toBe(200)
    const forEvil = await door.letter({ url: `${EVIL}/webhook/${door.token}` })
    expect((await door.send(forEvil, forwarded)).status).toBe(401)
    const init = {
      method: 'POST',
      headers: [['content-type', 'application/json'], ...forEvil.headers] as [string, string][],
    }
    const atEvil = new Request(`${EVIL}/webhook/${door.token}`, { ...init, body: forEvil.body })
    expect((await door.door(atEvil)).status).toBe(401)
    const there = await door.letter()
    const moved = new Request(`${EVIL}/webhook/${door.token}`, {
      ...init,
      headers: [['content-type', 'application/json'], ...there.headers],
      body: there.body,
    })
    expect((await door.door(moved)).status).toBe(200)
  })

  it('is undone where HubSpot undoes it, and only there (W-20)', async () => {
    const door = await openFor(named('hubspot v3'))
    const query = '?q=%3Aa%2Fb%2fc%3F%40%21%24%27%28%29%2A%2C%3B%20%25%26'
    const decoded = "?q=:a/b/c?@!$'()*,;%20%25%26"
    const letter = await door.letter({ url: `${door.address}${decoded}`, query })
    expect((await door.send(letter)).status).toBe(200)
    const asWritten = await door.letter({ url: `${door.address}${query}`, query })
    expect((await door.send(asWritten)).status).toBe(401)
  })
})

it('a credential that was judged is not kept with the call', async () => {
  for (const sender of senders) {
    const door = await openFor(sender)
    const letter = await door.letter()
    await door.send(letter)
    const kept = JSON.stringify(door.started)
    const credential = letter.headers.find(([name]) => name === sender.header)?.[1] ?? sender.secrets[0]
    expect(kept).not.toContain(credential)
  }
})

it('a door whose release was sealed for another deployment lets nobody in (W-06)', async () => {
  const { call, started } = await openDoor([webhookEndpoint()], { sealedFor: 'w999999999999' })
  expect((await call()).status).toBe(503)
  expect(started).toHaveLength(0)
})
