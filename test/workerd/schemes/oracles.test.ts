import { sign as githubSign, verify as githubVerify } from '@octokit/webhooks-methods'
import { jwtVerify } from 'jose'
import { Webhook } from 'standardwebhooks'
import { Stripe } from 'stripe'
import { describe, expect, it } from 'vitest'
import { issuer } from './issuer'
import { NOW } from './now'
import { openFor } from './open-for'
import { senders } from './senders'

const named = (name: string) => senders.find((one) => one.name === name)!
const text = (body: Uint8Array) => new TextDecoder().decode(body)
const BODY = '{"id":"evt_1","note":"ü 🦊",\r\n "amount":99.99}'
const body = new TextEncoder().encode(BODY)
const POST = { method: 'POST', query: '', body } as const

describe('@octokit/webhooks-methods', () => {
  const github = named('github')
  const [secret, other] = github.secrets

  it('signs what our door lets in', async () => {
    const door = await openFor(github)
    const status = async (key: string) =>
      (await door.send({ ...POST, headers: [['x-hub-signature-256', await githubSign(key, BODY)]] })).status
    expect([await status(secret), await status(other)]).toEqual([200, 401])
  })

  it('verifies what our sender signs', async () => {
    const { headers } = await (await openFor(github)).letter({ body })
    expect(await githubVerify(secret, BODY, headers[0]![1])).toBe(true)
  })
})

describe('stripe', () => {
  const sender = named('stripe')
  const [secret, other] = sender.secrets
  const stripe = new Stripe('sk_test_unused', { httpClient: Stripe.createFetchHttpClient() })
  const provider = Stripe.createSubtleCryptoProvider()
  const timestamp = NOW / 1_000

  it('signs what our door lets in', async () => {
    const door = await openFor(sender)
    const status = async (key: string, at: number) => {
      const wish = { payload: BODY, secret: key, timestamp: at, cryptoProvider: provider }
      const header = await stripe.webhooks.generateTestHeaderStringAsync(wish)
      return (await door.send({ ...POST, headers: [['stripe-signature', header]] })).status
    }
    expect(await status(secret, timestamp)).toBe(200)
    expect(await status(other, timestamp)).toBe(401)
    expect(await status(secret, timestamp - 301)).toBe(401)
  })

  it('verifies what our sender signs', async () => {
    const time = String(Math.floor(Date.now() / 1_000))
    const { headers } = await (await openFor(sender)).letter({ body, time })
    const event = await stripe.webhooks.constructEventAsync(BODY, headers[0]![1], secret, 300, provider)
    expect(event.id).toBe('evt_1')
  })
})

describe('standardwebhooks', () => {
  it.for(['webhook', 'svix'])('signs what our door lets in, in the spelling of %s', async (prefix) => {
    const sender = named(`standard_webhooks ${prefix}`)
    const door = await openFor(sender)
    const status = async (secret: string, at: number) => {
      const signature = new Webhook(secret).sign('msg_1', new Date(at), BODY)
      const fields = { id: 'msg_1', timestamp: String(Math.floor(at / 1_000)), signature }
      const headers = Object.entries(fields).map(([name, value]) => [`${prefix}-${name}`, value] as [string, string])
      return (await door.send({ ...POST, headers })).status
    }
    const [secret, other] = sender.secrets
    expect(await status(secret, NOW)).toBe(200)
    expect(await status(other, NOW)).toBe(401)
    expect(await status(secret, NOW - 301_000)).toBe(401)
  })

  it('verifies what our sender signs', async () => {
    const sender = named('standard_webhooks webhook')
    const time = String(Math.floor(Date.now() / 1_000))
    const letter = await (await openFor(sender)).letter({ body, time })
    expect(new Webhook(sender.secrets[0]).verify(text(letter.body), Object.fromEntries(letter.headers))).toMatchObject({
      id: 'evt_1',
    })
  })
})

describe('jose', () => {
  it('signs the tokens our door lets in, and verifies them alone as we do', async () => {
    const token = await issuer.token({ aud: 'millrace' })
    const [key] = await issuer.keys()
    const rules = { issuer: issuer.url, audience: 'millrace', algorithms: ['RS256'], currentDate: new Date(NOW) }
    expect((await jwtVerify(token, key!.publicKey, rules)).payload.sub).toBe('service')
    const door = await openFor(named('oauth'))
    expect((await door.send({ ...POST, headers: [['authorization', `Bearer ${token}`]] })).status).toBe(200)
  })
})
