import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { type RunningServer, startServer } from '../support/server/start-server'

let server: RunningServer
let call: Caller
/** The same socket under another name: localhost is not 127.0.0.1 to a browser, nor to this service. */
const HOOKS = 'http://hooks.localhost'

beforeAll(async () => {
  server = await startServer({ HOOKS_URL: HOOKS })
  call = caller(server.url, server.apiKey)
})
afterAll(() => server.discard())

describe('with a host for webhooks', () => {
  test('a webhook’s address is there, and is answered nowhere else', async () => {
    const { deployed, hook } = await deployNew(call, {
      triggers: [{ type: 'webhook' }],
      stages: [{ id: 'echo', component: 'transform', config: { value: 1 } }],
    })
    expect(deployed.body.webhookUrl).toBe(`${HOOKS}${hook}`)
    const deployment = await call('GET', `/v1/deployments/${deployed.body.deploymentId}`)
    expect(deployment.body).toMatchObject({
      webhookUrl: `${HOOKS}${hook}`,
      webhooks: [{ triggerId: 'webhook', url: `${HOOKS}${hook}` }],
    })
    const elsewhere = await call('POST', hook, {})
    expect(elsewhere.status).toBe(404)
    expect(elsewhere.body).toMatchObject({ code: 'webhook_unknown' })
  })
})

describe('headers of the dashboard', () => {
  test('keep it to itself: no frame, no guessing, no scripts but its own, https from the first visit on', async () => {
    const { headers, text } = await call('GET', '/')
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    const policy = /http-equiv="content-security-policy" content="([^"]+)"/i.exec(text)?.[1] ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+'/)
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/)
  })
})
