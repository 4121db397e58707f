import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { type Caller, caller } from '../support/server/caller'
import { startGroup } from '../support/server/start-group'
import { type RunningServer, startServer } from '../support/server/start-server'
import { startStandIn, type StandIn } from '../support/server/start-stand-in'

let standIn: StandIn
let server: RunningServer
let call: Caller

beforeAll(async () => {
  standIn = await startStandIn()
  server = await startServer(standIn.env)
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await standIn.end()
})

/** Runs the example as its README says, without its pauses; answers the execution, its trace and what was called. */
async function runExample(scenario: string) {
  const args = [
    '--scenario',
    scenario,
    '--fast',
    '--url',
    server.url,
    '--key',
    server.apiKey,
    '--stand-in',
    standIn.url,
  ]
  const example = startGroup(['examples/run-cicd.mjs', ...args])
  await example.ended
  expect([example.child.exitCode, example.output()]).toEqual([0, example.output()])
  const [workflow] = await allItems(call, '/v1/workflows?name=devops-cicd-deployment')
  const list = () => allItems(call, `/v1/executions?workflowId=${workflow.id}`)
  await expect.poll(async () => seen.has((await list())[0]?.executionId)).toBe(false)
  const { executionId } = (await list())[0]
  seen.add(executionId)
  const { body: execution } = await call('GET', `/v1/executions/${executionId}`)
  const { body: trace } = await call('GET', `/v1/executions/${executionId}/trace`)
  const ran = (trace.stages as { node: string; status: string }[]).filter(({ status }) => status === 'completed')
  return { execution, ran: ran.map(({ node }) => node), trace, counts: await standIn.counts() }
}
const seen = new Set<string | undefined>([undefined])

const building = { 'github.dispatch': 1, 'github.runs': 3 }
const onStaging = { ...building, 'kubernetes.staging': 1 }

describe('the CI/CD pipeline ends as its failure table says (S143, S149)', () => {
  test('all healthy: it is deployed and says so as documented (S154)', async () => {
    const { execution, ran, counts } = await runExample('healthy')
    expect(execution).toMatchObject({ status: 'completed', error: null })
    expect(execution.output).toEqual({
      deployment: {
        status: 'success',
        service: 'api-gateway',
        commit_sha: 'abc123def456',
        environment: 'production',
        duration_ms: expect.any(Number),
        stages_completed: expect.any(Number),
      },
      health_check: { staging: 'healthy', production: 'healthy' },
      tests: { passed: true, total: 47, failed: 0 },
      notifications: { slack: 'sent' },
    })
    const { duration_ms: durationMs, stages_completed: stagesCompleted } = execution.output.deployment
    expect(durationMs).toBeGreaterThan(0)
    expect(durationMs).toBeLessThanOrEqual(execution.duration)
    expect(stagesCompleted).toBeLessThanOrEqual(ran.length)
    expect(counts).toEqual({
      ...onStaging,
      'health.staging': 1,
      'tests.run': 1,
      'kubernetes.production': 1,
      'health.production': 1,
      'slack.notify': 1,
    })
  })

  test('the build fails: notify and stop', async () => {
    const { execution, ran, counts } = await runExample('build-fails')
    expect(execution.output.deployment.status).toBe('build_failed')
    expect(ran).toContain('notify-build-failure')
    expect(counts).toEqual({ ...building, 'slack.notify': 1 })
  })

  test('staging is unhealthy: notify and stop; production is never touched', async () => {
    const { execution, ran, counts } = await runExample('staging-down')
    expect(execution.output.deployment.status).toBe('staging_unhealthy')
    expect(ran).toContain('notify-staging-unhealthy')
    expect(counts).toEqual({ ...onStaging, 'health.staging': 12, 'slack.notify': 1 })
  })

  test('tests fail: analyze, notify and stop; production is never touched', async () => {
    const { execution, ran, counts } = await runExample('tests-fail')
    expect(execution.output.deployment.status).toBe('tests_failed')
    expect(ran).toEqual(expect.arrayContaining(['analyze-test-failure', 'notify-test-failure']))
    expect(counts).toEqual({
      ...onStaging,
      'health.staging': 1,
      'tests.run': 1,
      'model.chat': 1,
      'slack.notify': 1,
    })
  })

  test('production is unhealthy: roll back, analyze and notify', async () => {
    const { execution, ran, counts } = await runExample('production-down')
    expect(execution.output.deployment.status).toBe('rolled_back')
    expect(ran).toEqual(
      expect.arrayContaining(['rollback-production', 'fetch-logs', 'analyze-failure', 'notify-rollback']),
    )
    expect(ran).not.toContain('notify-success')
    expect(counts).toEqual({
      ...onStaging,
      'health.staging': 1,
      'tests.run': 1,
      'kubernetes.production': 1,
      'health.production': expect.any(Number),
      'kubernetes.rollback': 1,
      'kubernetes.logs': 1,
      'model.chat': 1,
      'slack.notify': 1,
    })
    expect(counts['health.production']).toBeGreaterThan(1)
  })
})

test('as published it is refused, with all seven stages named that it never defines (S158)', async () => {
  const file = path.join(import.meta.dirname, '../unit/definition/fixtures/flowmason-cicd.pipeline.json')
  const published = JSON.parse(readFileSync(file, 'utf8')) as object
  const created = await call('POST', '/v1/workflows', { definition: { ...published, name: 'as-published' } })
  expect(created.status).toBe(201)
  const refused = await call('POST', '/v1/workflows/deploy', {
    workflowId: created.body.id,
    environment: 'development',
  })
  expect(refused).toMatchObject({ status: 422, body: { code: 'deploy_refused' } })
  const unknown = (refused.body.issues as { code: string; message: string }[])
    .filter(({ code }) => code === 'unknown_stage')
    .map(({ message }) => /“([a-z-]+)”/.exec(message)?.[1])
  expect(new Set(unknown)).toEqual(
    new Set([
      'notify-build-failure',
      'analyze-test-failure',
      'prod-deploy',
      'prod-health-check',
      'rollback-production',
      'log-production-result',
      'fetch-logs',
    ]),
  )
})
