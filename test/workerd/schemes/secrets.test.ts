import { describe, expect, it } from 'vitest'
import { err } from '#core/kernel/result'
import { createAuthenticator } from '../../../worker/http/webhook/authenticate'
import { NOW } from './now'
import { openFor } from './open-for'
import type { Sender } from './sender'
import { senders } from './senders'

const shared = senders.filter(({ fields }) => fields !== null)
const verbatim = shared.filter(({ name }) => !name.startsWith('standard_webhooks'))

const statusWith = async (sender: Sender, secrets: Parameters<typeof openFor>[1], secret: string) => {
  const door = await openFor(sender, secrets)
  const { status } = await door.send(await door.letter({ secret }))
  expect(door.started).toHaveLength(status === 200 ? 1 : 0)
  return status
}

describe('a secret that is not there', () => {
  it.for(shared)('lets nobody in, least of all who signs with nothing (W-06): $name', async (sender) => {
    for (const current of [null, '']) {
      for (const secret of ['', sender.secrets[0]]) expect(await statusWith(sender, { current }, secret)).toBe(401)
    }
  })

  it.for(shared)('is not made up for by the one it replaced (W-06): $name', async (sender) => {
    const [, previous] = sender.secrets
    expect(await statusWith(sender, { current: null, previous }, previous)).toBe(401)
  })

  it('lets nobody in when it holds no key (W-06, W-22): standard_webhooks', async () => {
    const sender = senders.find(({ name }) => name === 'standard_webhooks webhook')!
    for (const current of ['whsec_', 'whsec_!', ` ${sender.secrets[0]}`, `${sender.secrets[0]} `, 'whsec_a']) {
      expect(await statusWith(sender, { current }, sender.secrets[0])).toBe(401)
    }
  })
})

it('a stored secret that holds no key is not made up for by the one it replaced either (W-06)', async () => {
  const sender = senders.find(({ name }) => name === 'standard_webhooks webhook')!
  const [right] = sender.secrets
  const { letter } = await openFor(sender)
  const { headers, body } = await letter()
  const lines = new Headers(headers)
  const call = { method: 'POST', url: '', header: (name: string) => lines.get(name), body: new Uint8Array(body) }
  const deps = { clock: () => NOW, tokens: async () => err('unavailable' as const) }
  const judge = (secret: string) =>
    createAuthenticator({ type: 'standard_webhooks', secret, previousSecret: right, toleranceSeconds: 300 }, deps)(call)
  expect(await judge(right)).toMatchObject({ ok: true })
  expect(await judge('whsec_!')).toEqual({ ok: false, error: 'secret_unusable' })
})

describe('two secrets while one replaces the other', () => {
  it.for(shared)('open the door both, and after that only the new one (W-08): $name', async (sender) => {
    const [previous, current] = sender.secrets
    expect(await statusWith(sender, { current, previous }, current)).toBe(200)
    expect(await statusWith(sender, { current, previous }, previous)).toBe(200)
    expect(await statusWith(sender, { current }, current)).toBe(200)
    expect(await statusWith(sender, { current }, previous)).toBe(401)
  })

  it.for(shared)('an emptied old one opens nothing, and leaves the new one alone (W-08): $name', async (sender) => {
    const [previous, current] = sender.secrets
    expect(await statusWith(sender, { current, previous: '' }, current)).toBe(200)
    expect(await statusWith(sender, { current, previous: '' }, previous)).toBe(401)
    expect(await statusWith(sender, { current, previous: '' }, '')).toBe(401)
  })
})

describe('spaces around a secret', () => {
  it.for(verbatim.filter(({ header }) => header !== 'authorization' && header !== 'x-api-key'))(
    'belong to it (W-22): $name',
    async (sender) => {
      const current = '  spaces around thirty letters \t'
      expect(await statusWith(sender, { current }, current)).toBe(200)
      expect(await statusWith(sender, { current }, current.trim())).toBe(401)
    },
  )

  it('cannot be sent in a header, so such a key opens nothing (W-22): api_key and bearer', async () => {
    for (const sender of senders.filter(({ name }) => name === 'api_key' || name === 'bearer')) {
      const [key] = sender.secrets
      expect(await statusWith(sender, { current: ` ${key} ` }, key)).toBe(401)
    }
  })
})
