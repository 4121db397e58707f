import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { type RunningServer, startServer } from '../support/server/start-server'

const MINUTE_MS = 60_000
/** More than two deploys take. */
const ENOUGH_OF_A_MINUTE_MS = 5_000

let server: RunningServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.discard())

test('a schedule of every minute fires by itself on the minute; a paused one does not (S26, S102, I8)', async () => {
  const call = caller(server.url, server.apiKey)
  const definition = {
    triggers: [{ type: 'schedule', cron: '* * * * *', timezone: 'America/New_York' }],
    stages: [{ id: 'tell', component: 'logger', config: { message: 'Started by {{ execution.trigger }}' } }],
  }
  const leftMs = MINUTE_MS - (Date.now() % MINUTE_MS)
  if (leftMs < ENOUGH_OF_A_MINUTE_MS) await pause(leftMs + 100)
  const paused = await deployNew(call, definition)
  await call('POST', `/v1/deployments/${paused.deploymentId}/pause`, { note: 'Not now' })
  const { workflowId, deploymentId, deployed } = await deployNew(call, definition)
  const { nextFireAt } = deployed.body.schedules[0] as { nextFireAt: string }
  expect(Date.parse(nextFireAt) % MINUTE_MS).toBe(0)

  const fired = () => allItems(call, `/v1/executions?workflowId=${workflowId}`)
  const outcomes = async () => (await fired()).map(({ status }) => status)
  await expect.poll(outcomes, { timeout: 100_000, interval: 500 }).toEqual(['completed'])
  const [execution] = await fired()
  expect(execution).toMatchObject({ status: 'completed', trigger: 'schedule', triggerId: 'schedule', version: 'v1' })
  const lateMs = Date.parse(execution.acceptedAt) - Date.parse(nextFireAt)
  expect(lateMs).toBeGreaterThanOrEqual(0)
  expect(lateMs).toBeLessThan(MINUTE_MS)

  const { body: trace } = await call('GET', `/v1/executions/${execution.executionId}/trace`)
  expect(trace.trigger.type).toBe('schedule')
  expect(trace.stages).toMatchObject([
    { node: 'tell', status: 'completed', logs: [{ level: 'info', message: 'Started by schedule' }] },
  ])
  expect((await call('GET', `/v1/deployments/${deploymentId}`)).body.schedules).toMatchObject([
    { lastFireAt: nextFireAt, nextFireAt: new Date(Date.parse(nextFireAt) + MINUTE_MS).toISOString() },
  ])
  expect(await allItems(call, `/v1/executions?workflowId=${paused.workflowId}`)).toEqual([])
})
