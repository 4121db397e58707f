import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { type RunningServer, startServer } from '../support/server/start-server'

let server: RunningServer
let call: Caller

beforeAll(async () => {
  server = await startServer()
  call = caller(server.url)
})
afterAll(() => server.discard())

const PASSWORD = 'correct horse battery'
const anyAddress = () => `person-${randomUUID()}@example.com`

/** The link of the newest letter to an address, as somebody in development finds it. */
async function linkTo(email: string, page: string): Promise<URL> {
  let link: string | undefined
  const look = async () => {
    const { body } = await call('GET', `/dev/mail?to=${encodeURIComponent(email)}`)
    const texts = (body.items as { text: string }[]).map(({ text }) => text)
    return (link = texts.map((text) => new RegExp(`http\\S+/${page}#\\S+`).exec(text)?.[0]).find(Boolean))
  }
  await expect.poll(look).toBeDefined()
  return new URL(link ?? '')
}

async function signedUp(more: object) {
  const email = anyAddress()
  const answer = await call('POST', '/v1/auth/sign-up', { email, password: PASSWORD, ...more })
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const headers = { cookie, origin: server.url, 'x-csrf-token': String(answer.body.csrfToken) }
  return { email, status: answer.status, headers }
}

test('a letter leads to a page of this server, whose token confirms the address', async () => {
  const { email } = await signedUp({ organizationName: 'Example' })
  const link = await linkTo(email, 'verify-email')
  expect(link.origin).toBe(server.url)
  const page = await call('GET', link.pathname)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
  expect((await call('POST', '/v1/auth/verify', { token: link.hash.slice(1) })).status).toBe(204)
})

test('who was invited signs up into the organization, and a removed member is out at once (A-14, A-16)', async () => {
  const owner = await signedUp({ organizationName: 'Example' })
  await call('POST', '/v1/auth/verify', { token: (await linkTo(owner.email, 'verify-email')).hash.slice(1) })
  const email = anyAddress()
  const sent = await call('POST', '/v1/invitations', { email, role: 'editor' }, owner.headers)
  expect(sent).toMatchObject({ status: 201, body: { email, role: 'editor' } })
  const invitation = (await linkTo(email, 'accept-invitation')).hash.slice(1)
  const joined = await call('POST', '/v1/auth/sign-up', { email, password: PASSWORD, invitation })
  expect(joined).toMatchObject({ status: 201, body: { organizations: [{ name: 'Example', role: 'editor' }] } })
  const cookie = (joined.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  expect((await call('GET', '/v1/workflows', undefined, { cookie })).status).toBe(200)
  const removed = await call('DELETE', `/v1/members/${joined.body.user.id}`, undefined, owner.headers)
  expect(removed.status).toBe(204)
  expect((await call('GET', '/v1/workflows', undefined, { cookie })).status).toBe(401)
})

test('the script that tries signing in on a deployed service finds nothing wrong here, and leaves nobody who can (A-09)', async () => {
  const email = anyAddress()
  const script = fileURLToPath(new URL('../../scripts/check-sign-in.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, server.url, email])
  expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok '))).toEqual([])
  expect(stdout).toMatch(/deleting it again: 202/)
  const after = await call('POST', '/v1/auth/sign-in', { email, password: PASSWORD })
  expect(after.status).toBe(401)
})

test('a password of 10 MB is refused at once, and the service goes on', async () => {
  const huge = 'ab1-'.repeat(2_621_440)
  // The connection may be closed before all of it was sent.
  const refused = await call('POST', '/v1/auth/sign-in', { email: anyAddress(), password: huge }).catch(() => null)
  expect([413, undefined]).toContain(refused?.status)
  expect((await call('GET', '/health')).status).toBe(200)
})
