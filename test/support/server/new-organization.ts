import { randomUUID } from 'node:crypto'
import { type Caller, caller } from './caller'

const SCOPES = [
  'workflows:read',
  'workflows:write',
  'versions:write',
  'executions:read',
  'executions:run',
  'executions:manage',
  'schedules:write',
  'variables:read',
  'variables:write',
  'secrets:write',
  'deploy:*',
]

/** Signs up another organization and answers calls made with a key of it. */
export async function newOrganization(url: string): Promise<{ call: Caller; key: string }> {
  const email = `owner-${randomUUID()}@example.com`
  const signedUp = await caller(url)('POST', '/v1/auth/sign-up', {
    email,
    password: randomUUID(),
    organizationName: 'Other',
  })
  const cookie = signedUp.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const session = { cookie, origin: url, 'x-csrf-token': signedUp.body.csrfToken as string }
  const made = await caller(url)('POST', '/v1/keys', { name: 'tests', scopes: SCOPES }, session)
  if (made.status !== 201) throw new Error(`${signedUp.text}\n${made.text}`)
  const key = made.body.key as string
  return { call: caller(url, key), key }
}
