import { readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { caller } from '../support/server/caller'
import { startGroup } from '../support/server/start-group'
import { type RunningServer, startServer } from '../support/server/start-server'

const ORDER = { orderId: '12345', amount: 99.99, currency: 'USD' }

let server: RunningServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.discard())

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)

test('the first start listens on PORT and writes what a developer needs, for their eyes only', async () => {
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  const written = JSON.parse(readFileSync(server.devFile, 'utf8')) as object
  expect(Object.keys(written).toSorted()).toEqual(['apiKey', 'email', 'organizationId', 'password', 'url'])
  expect(modeOf(server.devFile)).toBe('600')
  expect(modeOf(`${server.stateFolder}/secrets.json`)).toBe('600')
  const health = await caller(server.url)('GET', '/health')
  expect(health).toMatchObject({ status: 200, body: { status: 'ok', version: expect.any(String) } })
})

test('what it prints works as printed: address, login, key and the curl', async () => {
  await expect.poll(() => server.output()).toContain('curl')
  for (const word of [server.url, server.email, server.password, server.apiKey]) expect(server.output()).toContain(word)
  const { email, password } = server
  const signedIn = await caller(server.url)('POST', '/v1/auth/sign-in', { email, password })
  expect(signedIn).toMatchObject({ status: 200, body: { organizations: [{ id: server.organizationId }] } })
  const me = await caller(server.url, server.apiKey)('GET', '/v1/me')
  expect(me).toMatchObject({ status: 200, body: { organizationId: server.organizationId } })

  const printed = /curl -X POST '([^']+)' -H '([^:]+): ([^']+)' -H '([^:]+): ([^']+)' -d '([^']+)'/.exec(
    server.output(),
  )
  const [, url = '', type = '', json, key = '', value, body] = printed ?? []
  expect(JSON.parse(body ?? '')).toEqual(ORDER)
  const headers = { [type]: json ?? '', [key]: value ?? '' }
  const answer = await caller(url)('POST', url, body, headers)
  expect(answer).toMatchObject({ status: 200, body: { status: 'accepted' } })
})

test('the dashboard, the contract and its page are served', async () => {
  const call = caller(server.url)
  expect((await call('GET', '/')).text).toContain('<!doctype html>')
  expect((await call('GET', '/v1/openapi.json')).body.openapi).toMatch(/^3\.1/)
  const docs = await call('GET', '/docs')
  expect(docs.status).toBe(200)
  for (const [, asset = ''] of docs.text.matchAll(/(?:src|href)="(\/docs-assets[^"]+)"/g))
    expect([asset, (await call('GET', asset)).status]).toEqual([asset, 200])
})

test('no page of the dashboard can be framed, or guessed to be another type', async () => {
  for (const path of ['/', '/executions', '/docs-assets/swagger-ui.css']) {
    const { headers } = await fetch(`${server.url}${path}`)
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('the second start keeps its data and its credentials', async () => {
  const before = readFileSync(server.devFile, 'utf8')
  const call = caller(server.url, server.apiKey)
  const definition = { name: 'kept', triggers: [{ type: 'manual' }], stages: [] }
  const { id } = (await call('POST', '/v1/workflows', { definition })).body
  const deployments = (await call('GET', '/v1/deployments')).body
  await server.end()
  server = await server.restart()
  expect(readFileSync(server.devFile, 'utf8')).toBe(before)
  expect((await call('GET', `/v1/workflows/${id}`)).body.definition).toEqual(definition)
  expect((await call('GET', '/v1/deployments')).body).toEqual(deployments)
})

test('a taken port is said at once, with the way out', async () => {
  const second = startGroup(['scripts/start.mjs'], {
    PORT: String(server.port),
    MILLRACE_STATE: `${server.stateFolder}-second`,
    MILLRACE_DEV_FILE: `${server.devFile}-second`,
  })
  await second.ended
  expect(second.child.exitCode).toBe(1)
  expect(second.output()).toContain(`Port ${server.port} is in use`)
  expect((await caller(server.url)('GET', '/health')).status).toBe(200)
})
