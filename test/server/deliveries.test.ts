import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { type DeployedWorkflow, deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { type RunningServer, startServer } from '../support/server/start-server'

const [RIGHT, WRONG] = [`right-${randomUUID()}`, `wrong-${randomUUID()}`]

let server: RunningServer
let call: Caller
let place: DeployedWorkflow

beforeAll(async () => {
  server = await startServer()
  call = caller(server.url, server.apiKey)
  await call('PUT', '/v1/environments/development/secrets', { secrets: { DOOR: RIGHT } })
  const authentication = { type: 'api_key', header: 'X-Door', key: '{{ secrets.DOOR }}' }
  place = await deployNew(call, {
    triggers: [{ type: 'webhook', method: ['POST'], authentication }],
    stages: [{ id: 'keep', component: 'transform', config: { value: '{{ input }}' } }],
  })
})
afterAll(() => server.discard())

const send = (body: unknown, headers: Record<string, string>, method = 'POST') =>
  caller(server.url)(method, place.hook, method === 'POST' ? body : undefined, headers)
const deliveries = async (query = '') =>
  (await call('GET', `/v1/deployments/${place.deploymentId}/deliveries${query}`)).body.items as {
    id: string
    reason: string | null
    executionId: string | null
  }[]

/** Every file the server keeps, as text. */
function disk(): string {
  const files = readdirSync(server.stateFolder, { recursive: true, withFileTypes: true })
  return files
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

describe('the calls of a webhook', () => {
  test('are there with the reason soon after they were answered, and after a restart', async () => {
    const accepted = await send({ order: 1 }, { 'x-door': RIGHT, 'user-agent': 'shop/1' })
    expect(accepted.status).toBe(200)
    expect((await send({ order: 1 }, { 'x-door': WRONG, 'x-note': RIGHT })).status).toBe(401)
    expect((await send({}, {}, 'GET')).status).toBe(405)
    expect((await send('x'.repeat(1_100_000), { 'x-door': RIGHT })).status).toBe(413)
    const reasons = ['body_too_large', 'method_not_allowed', 'credential_wrong', null]
    await expect.poll(async () => (await deliveries()).map(({ reason }) => reason)).toEqual(reasons)
    await server.end()
    server = await server.restart()
    call = caller(server.url, server.apiKey)
    expect((await deliveries()).map(({ reason }) => reason)).toEqual(reasons)
    const [first] = await deliveries('?outcome=accepted')
    expect(first?.executionId).toBe(accepted.body.executionId)
    const read = await call('GET', `/v1/deployments/${place.deploymentId}/deliveries/${first?.id}`)
    expect(read.body.headers).toMatchObject({ 'x-door': '[redacted]', 'user-agent': 'shop/1' })
  })

  test('left no key on the disk, right or wrong', () => {
    const kept = disk()
    expect(kept).toContain('credential_wrong')
    expect([kept.includes(RIGHT), kept.includes(WRONG)]).toEqual([false, false])
  })

  test('are delivered again once an owner says so', async () => {
    const [first] = await deliveries('?outcome=accepted')
    const again = await call('POST', `/v1/deployments/${place.deploymentId}/deliveries/${first?.id}/redeliver`)
    expect(again.status).toBe(202)
    expect(again.body).toMatchObject({ deliveryId: first?.id, replayOf: first?.executionId })
    await ended(call, again.body.executionId)
    const execution = await call('GET', `/v1/executions/${again.body.executionId}`)
    expect(execution.body).toMatchObject({ status: 'completed', trigger: 'webhook', output: { order: 1 } })
    const [refused] = await deliveries('?reason=credential_wrong')
    const no = await call('POST', `/v1/deployments/${place.deploymentId}/deliveries/${refused?.id}/redeliver`)
    expect([no.status, no.body.code]).toEqual([409, 'nothing_to_redeliver'])
  })
})
