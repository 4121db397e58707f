import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { type Oidc, startOidc } from '../support/server/start-oidc'
import { type RunningServer, startServer } from '../support/server/start-server'

let oidc: Oidc
let server: RunningServer
let call: Caller
let hook: string

beforeAll(async () => {
  oidc = await startOidc()
  server = await startServer(oidc.env)
  call = caller(server.url, server.apiKey)
  const authentication = { type: 'oauth', issuer: oidc.issuer, audience: 'orders', claims: { azp: 'shop' } }
  const stages = [{ id: 'keep', component: 'transform', config: { value: '{{ input }}' } }]
  const deployed = await deployNew(call, { triggers: [{ type: 'webhook', authentication }], stages })
  hook = deployed.hook
})
afterAll(async () => {
  await server.discard()
  await oidc.end()
})

const RIGHT = { aud: 'orders', azp: 'shop' }

async function status(claims: Readonly<Record<string, unknown>>, kid?: string) {
  const authorization = `Bearer ${await oidc.token(claims, kid)}`
  return (await caller(server.url)('POST', hook, { order: 1 }, { authorization })).status
}

describe('a webhook whose callers have tokens of an issuer', () => {
  test('finds the keys of the issuer by itself, and asks for them once', async () => {
    expect(await status(RIGHT)).toBe(200)
    expect(await status({ ...RIGHT, jti: 'another' })).toBe(200)
    expect(await oidc.asked()).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  test('believes no token for somebody else, of somebody else, or out of time (W-15)', async () => {
    const at = Math.floor(Date.now() / 1_000)
    expect(await status({ ...RIGHT, aud: 'invoices' })).toBe(401)
    expect(await status({ ...RIGHT, azp: 'somebody' })).toBe(401)
    expect(await status({ ...RIGHT, iss: 'https://elsewhere.example' })).toBe(401)
    expect(await status({ ...RIGHT, exp: at - 120 })).toBe(401)
    expect(await status({ ...RIGHT, nbf: at + 120 })).toBe(401)
  })

  test('believes a new key from its first token on, and the old one as long as it is published (W-15)', async () => {
    const before = (await oidc.asked()).length
    const kid = await oidc.rotate(true)
    expect(await status({ ...RIGHT, jti: kid })).toBe(200)
    expect(await status({ ...RIGHT, jti: 'old' }, 'key-1')).toBe(200)
    expect((await oidc.asked()).slice(before)).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  test('goes on while the issuer is away', async () => {
    await oidc.goDown(true)
    expect(await status({ ...RIGHT, jti: 'away' })).toBe(200)
    await oidc.goDown(false)
  })
})
