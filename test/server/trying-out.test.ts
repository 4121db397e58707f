import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { ended } from '../support/server/ended'
import { type Recorder, startRecorder } from '../support/server/start-recorder'
import { type RunningServer, startServer } from '../support/server/start-server'

let server: RunningServer
let call: Caller
let outside: Recorder

beforeAll(async () => {
  outside = await startRecorder(() => ({ body: { name: 'Grace' } }))
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: outside.host })
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await outside.close()
})

/** A draft that charges at an address of its own and greets whom it charged. */
async function drafted() {
  const path = `/charge/${randomUUID()}`
  const definition = {
    name: `charging ${randomUUID()}`,
    triggers: [{ type: 'manual' }],
    stages: [
      { id: 'charge', component: 'http_request', config: { url: outside.url + path, method: 'POST', body: {} } },
      {
        id: 'greet',
        component: 'transform',
        depends_on: ['charge'],
        config: { value: 'Thank you, {{ stages.charge.output.body.name }}' },
      },
    ],
    output: '{{ stages.greet.output }}',
  }
  const { body } = await call('POST', '/v1/workflows', { definition })
  const sent = () => outside.calls.filter((sentCall) => sentCall.path === path).length
  return { id: body.id as string, sent }
}

const mocks = { charge: { status_code: 200, body: { name: 'Ada' } } }

describe('POST /v1/workflows/{id}/test', () => {
  test('sends nothing for a stage whose output is given, and everything for one whose is not', async () => {
    const { id, sent } = await drafted()
    const mocked = await call('POST', `/v1/workflows/${id}/test`, { mocks, wait: true })
    expect([mocked.status, mocked.body]).toMatchObject([200, { status: 'completed', data: 'Thank you, Ada' }])
    expect(sent()).toBe(0)
    const real = await call('POST', `/v1/workflows/${id}/test`, { wait: true })
    expect(real.body).toMatchObject({ status: 'completed', data: 'Thank you, Grace' })
    expect(sent()).toBe(1)
  })

  test('without wait it answers 202, and the queue runs it', async () => {
    const { id } = await drafted()
    const { status, body } = await call('POST', `/v1/workflows/${id}/test`, { mocks })
    expect([status, body]).toMatchObject([202, { status: 'pending', environment: 'development', version: 'draft' }])
    const execution = await ended(call, body.executionId as string)
    expect(execution).toMatchObject({ status: 'completed', test: true, output: 'Thank you, Ada' })
    expect((await call('GET', `/v1/deployments?workflowId=${id}`)).body.items).toEqual([])
  })

  test('the same Idempotency-Key gives the same execution', async () => {
    const { id, sent } = await drafted()
    const key = { 'idempotency-key': randomUUID() }
    const first = await call('POST', `/v1/workflows/${id}/test`, { wait: true }, key)
    const second = await call('POST', `/v1/workflows/${id}/test`, { wait: true }, key)
    expect(second.body.executionId).toBe(first.body.executionId)
    expect(sent()).toBe(1)
  })
})

describe('DELETE /v1/executions/{id}', () => {
  test('removes what has ended', async () => {
    const { id } = await drafted()
    const { body } = await call('POST', `/v1/workflows/${id}/test`, { mocks, wait: true })
    const path = `/v1/executions/${body.executionId}`
    await expect.poll(async () => (await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
    expect((await call('DELETE', path)).body).toMatchObject({ code: 'not_found' })
  })
})
