import { exports } from 'cloudflare:workers'
import { createClient, type Client } from '#core/contract/client'

export const ORIGIN = 'http://millrace.test'

/** Calls the worker as a client on the network would. */
export function send(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(ORIGIN + path, init))
}

const fetchHere: Parameters<typeof createClient>[0]['fetch'] = (url, init) =>
  exports.default.fetch(new Request(url, init))

export function clientWith(token?: string): Client {
  return createClient({ fetch: fetchHere, baseUrl: ORIGIN, ...(token === undefined ? {} : { token }) })
}

let people = 0

/** A new organization with an owner who is signed in, and a key that may do everything. */
export async function newOrganization() {
  const email = `owner-${people++}-${crypto.randomUUID()}@example.com`
  const password = 'correct horse battery'
  const signedUp = await send('/v1/auth/sign-up', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, organizationName: 'Example' }),
  })
  if (signedUp.status !== 201) throw new Error(await signedUp.text())
  const { csrfToken, user } = await signedUp.json<{ csrfToken: string; user: { id: string } }>()
  const cookie = signedUp.headers.get('set-cookie')?.split(';')[0] ?? ''
  const session = { cookie, origin: ORIGIN, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }
  const owner = { email, password, user, session }
  return { ...owner, key: await newKey(session, ALL_SCOPES) }
}

export const ALL_SCOPES = [
  'workflows:read',
  'workflows:write',
  'versions:write',
  'executions:read',
  'executions:run',
  'executions:manage',
  'variables:read',
  'variables:write',
  'secrets:write',
  'keys:write',
  'members:write',
  'deploy:*',
]

export async function newKey(
  session: Record<string, string>,
  scopes: readonly string[],
  more: object = {},
): Promise<string> {
  const made = await send('/v1/keys', {
    method: 'POST',
    headers: session,
    body: JSON.stringify({ name: 'test', scopes, ...more }),
  })
  if (made.status !== 201) throw new Error(await made.text())
  return (await made.json<{ key: string }>()).key
}

/** A workflow that adds a field to its input; pure, with a webhook and a manual trigger. */
export function sampleDefinition(name: string) {
  return {
    name,
    triggers: [
      { type: 'webhook', method: ['POST'], authentication: { type: 'none' }, responseMode: 'lastNode' },
      {
        type: 'manual',
        inputSchema: { customerId: { type: 'string', required: true }, priority: { type: 'number', default: 5 } },
      },
    ],
    stages: [
      { id: 'shape', component: 'transform', config: { value: { customer: '{{ input.customerId }}', by: 'v1' } } },
    ],
    output: '{{ stages.shape.output }}',
  }
}
