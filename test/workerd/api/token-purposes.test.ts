import { beforeAll, describe, expect, test } from 'vitest'
import { isWaiting, linkIn, deployDocument, until } from './deploy-document'
import { ask, invited, PASSWORD, post, tokenTo, verifiedOrganization, type Headers } from './people'
import { clientWith, newOrganization, send } from './support'

/** Everything the service gives out that proves something to whoever shows it. */
const PURPOSES = ['session', 'csrf', 'key', 'webhook', 'signal', 'invitation', 'verification', 'reset'] as const
type Purpose = (typeof PURPOSES)[number]

/** What the door of a purpose answers to a token: the status of a call that shows it. */
type Door = (token: string) => Promise<number>

let tokens: Record<Purpose, string>
let doors: Record<Purpose, Door>

beforeAll(async () => {
  const owner = await verifiedOrganization()
  const { session } = owner
  const client = clientWith(owner.key)
  const stages = [
    { id: 'ask', component: 'logger', config: { message: '{{ execution.signals.go }}' } },
    { id: 'wait', component: 'wait_for_signal', depends_on: ['ask'], config: { signal: 'go' } },
  ]
  const triggers = [{ type: 'manual' }, { type: 'webhook', authentication: { type: 'none' } }]
  const { start, webhookPath } = await deployDocument(client, { name: 'doors', triggers, stages })
  const id = await start()
  await until(client, id, isWaiting)
  const guest = await newOrganization()
  await post('/v1/auth/forgot', { email: owner.email })
  tokens = {
    session: (session['cookie'] ?? '').split('=')[1] ?? '',
    csrf: session['x-csrf-token'] ?? '',
    key: owner.key,
    webhook: webhookPath.split('/').at(-1) ?? '',
    signal: (await linkIn(client, id)).split('/').at(-1) ?? '',
    invitation: await invited(session, guest.email, 'viewer'),
    verification: await tokenTo(guest.email, 'verify-email'),
    reset: await tokenTo(owner.email, 'reset-password'),
  }
  doors = doorsOf(session, guest.session)
})

function doorsOf(session: Headers, guest: Headers): Record<Purpose, Door> {
  const statusOf = async (answer: Promise<{ status: number }>) => (await answer).status
  return {
    session: (token) => statusOf(ask('/v1/me', { cookie: `millrace_session=${token}` })),
    csrf: (token) =>
      statusOf(post('/v1/projects', { name: crypto.randomUUID() }, { ...session, 'x-csrf-token': token })),
    key: (token) => statusOf(ask('/v1/workflows', { authorization: `Bearer ${token}` })),
    webhook: (token) => statusOf(post(`/webhook/${token}`, {})),
    signal: (token) => statusOf(post(`/signal/${token}`, {})),
    invitation: (token) => statusOf(post('/v1/invitations/accept', { token }, guest)),
    verification: (token) => statusOf(post('/v1/auth/verify', { token })),
    reset: (token) => statusOf(post('/v1/auth/reset', { token, password: `${PASSWORD} again` })),
  }
}

/** Everything but a yes, and nothing that broke. */
const REFUSALS = [401, 403, 404, 410, 422]
const others = PURPOSES.flatMap((made) => PURPOSES.filter((used) => used !== made).map((used) => [made, used] as const))

describe('a token made for one purpose (T-20)', () => {
  test.each(others)('%s: is refused as %s', async (made, used) => {
    expect(REFUSALS).toContain(await doors[used](tokens[made]))
  })

  test.each(PURPOSES)('is refused as %s in any part or dress of another', async (used) => {
    const [prefix = '', secret = ''] = tokens.key.split(/_(?=[0-9a-z]{32}_)/)
    const parts = [prefix, secret, secret.slice(0, 32), `mr_${tokens.session}`, tokens.signal.slice(0, 31)]
    const dressed = [
      tokens.session.toUpperCase(),
      ` ${tokens.reset}x`,
      btoa(tokens.invitation),
      tokens.webhook.repeat(2),
    ]
    for (const token of [...parts, ...dressed, '', 'undefined', 'null', '0']) {
      expect([...REFUSALS, 405], token).toContain(await doors[used](token))
    }
  })

  test('mailed ones are no keys in an address either', async () => {
    for (const token of Object.values(tokens)) {
      for (const name of ['token', 'access_token', 'api_key', 'key']) {
        expect((await send(`/v1/workflows?${name}=${token}`)).status).toBe(401)
      }
    }
  })

  test('opens its own door, so that none of this was refused for another reason', async () => {
    const order: Purpose[] = ['session', 'csrf', 'key', 'webhook', 'signal', 'invitation', 'verification', 'reset']
    const opened = []
    for (const purpose of order) opened.push([purpose, await doors[purpose](tokens[purpose])])
    expect(opened).toEqual([
      ['session', 200],
      ['csrf', 201],
      ['key', 200],
      ['webhook', 200],
      ['signal', 200],
      ['invitation', 200],
      ['verification', 204],
      ['reset', 204],
    ])
  })
})
