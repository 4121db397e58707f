import { describe, expect, test } from 'vitest'
import { expectedStatus } from '../../../examples/cicd/expected-status.mjs'
import { runPipeline } from './run-pipeline'

const messagesOf = ({ standIn }: Awaited<ReturnType<typeof runPipeline>>) =>
  standIn
    .named('slack.notify')
    .map(({ body }) => (body as { blocks: [{ text: { text: string } }] }).blocks[0].text.text)

describe('The CI/CD pipeline (S149)', () => {
  test('a healthy deployment ends as documented (S154)', async () => {
    const { output, end, statuses } = await runPipeline('healthy')
    const completed = Object.values(statuses).filter((status) => status === 'completed')
    expect(end.status).toBe('completed')
    expect(output).toEqual({
      deployment: {
        status: 'success',
        service: 'api-gateway',
        commit_sha: 'abc123def456',
        environment: 'production',
        duration_ms: end.endedAt - (end.startedAt ?? 0),
        stages_completed: completed.length,
      },
      health_check: { staging: 'healthy', production: 'healthy' },
      tests: { passed: true, total: 47, failed: 0 },
      notifications: { slack: 'sent' },
    })
  })

  test('a failed build is notified and nothing is deployed', async () => {
    const { output, end, standIn, ...run } = await runPipeline('build-fails')
    expect(end.status).toBe('completed')
    expect(output.deployment.status).toBe(expectedStatus('build-fails'))
    expect(output.health_check).toEqual({ staging: 'skipped', production: 'skipped' })
    expect(output.tests).toEqual({ passed: null, total: null, failed: null })
    expect(output.notifications).toEqual({ slack: 'sent' })
    expect(messagesOf({ output, end, standIn, ...run })).toEqual([expect.stringContaining('*Conclusion:* failure')])
    expect(new Set(standIn.calls.map(({ name }) => name))).toEqual(
      new Set(['github.dispatch', 'github.runs', 'slack.notify']),
    )
  })

  test('an unhealthy staging is notified after twelve checks, and neither tested nor passed on', async () => {
    const run = await runPipeline('staging-down')
    expect(run.end.status).toBe('completed')
    expect(run.output.deployment.status).toBe(expectedStatus('staging-down'))
    expect(run.output.health_check).toEqual({ staging: 'unhealthy', production: 'skipped' })
    expect(run.standIn.named('health.staging')).toHaveLength(12)
    expect(messagesOf(run)).toEqual([expect.stringContaining('unhealthy on staging')])
    expect(run.standIn.named('tests.run')).toEqual([])
    expect(run.standIn.named('kubernetes.production')).toEqual([])
  })

  test('failed tests are analyzed and notified, and production is not touched', async () => {
    const run = await runPipeline('tests-fail')
    expect(run.end.status).toBe('completed')
    expect(run.output.deployment.status).toBe(expectedStatus('tests-fail'))
    expect(run.output.health_check).toEqual({ staging: 'healthy', production: 'skipped' })
    expect(run.output.tests).toEqual({ passed: false, total: 47, failed: 3 })
    expect(messagesOf(run)).toEqual([expect.stringMatching(/3 of 47[\s\S]*Root cause:/)])
    expect(run.standIn.calls.map(({ name }) => name).slice(-2)).toEqual(['model.chat', 'slack.notify'])
    expect(run.standIn.named('kubernetes.production')).toEqual([])
  })

  test('an unhealthy production is rolled back, analyzed and notified', async () => {
    const run = await runPipeline('production-down')
    expect(run.end.status).toBe('completed')
    expect(run.output.deployment.status).toBe(expectedStatus('production-down'))
    expect(run.output.health_check).toEqual({ staging: 'healthy', production: 'unhealthy' })
    expect(run.output.tests).toEqual({ passed: true, total: 47, failed: 0 })
    expect(run.standIn.named('health.production')).toHaveLength(12)
    const [, ...after] = run.standIn.calls.map(({ name }) => name).filter((name) => name !== 'health.production')
    expect(after.slice(-4)).toEqual(['kubernetes.rollback', 'kubernetes.logs', 'model.chat', 'slack.notify'])
    expect(messagesOf(run)).toEqual([expect.stringMatching(/rolled back[\s\S]*Root cause:/)])
    expect(run.statuses['log-production-result']).toBe('completed')
    expect(run.statuses['notify-success']).toBe('skipped')
  })
})

describe('When the pipeline itself cannot go on', () => {
  test('a deployment that production refuses is rolled back, even though there is nothing to analyze', async () => {
    const run = await runPipeline('healthy', (http) => ({
      http: (request, call) => {
        const isDeploy =
          request.method === 'PATCH' && request.url.includes('/production/') && String(request.body).includes('abc123')
        return isDeploy ? { status: 403 } : http(request, call)
      },
    }))
    expect(run.end.status).toBe('completed')
    expect(run.output.deployment.status).toBe('rolled_back')
    expect(run.output.health_check.production).toBe('skipped')
    expect(run.statuses['analyze-failure']).toBe('failed')
    expect(messagesOf(run)).toEqual([expect.stringContaining('*Analysis:* not available')])
  })

  test('a rollback that fails fails the execution and names the stage', async () => {
    const { end } = await runPipeline('production-down', (http) => ({
      http: (request, call) => (String(request.body).includes(':stable') ? { status: 403 } : http(request, call)),
    }))
    expect(end).toMatchObject({ status: 'failed', error: { code: 'http_status', stage: 'rollback-production' } })
  })

  test('a message Slack does not take changes the notification, not the deployment', async () => {
    const { output } = await runPipeline('healthy', (http) => ({
      http: (request, call) => (request.url.includes('slack') ? { status: 404 } : http(request, call)),
    }))
    expect(output.deployment.status).toBe('success')
    expect(output.notifications).toEqual({ slack: 'failed' })
  })
})

describe('What the pipeline asks of others', () => {
  test('the log says what is deployed where (S136)', async () => {
    const { stage } = await runPipeline('healthy')
    expect(stage('log-start').output).toEqual({
      message: 'Starting deployment of api-gateway (abc123def456) to production',
    })
  })

  test('a build is polled until it is completed (S138)', async () => {
    const { standIn, stage, end } = await runPipeline('healthy')
    expect(standIn.named('github.runs')).toHaveLength(3)
    expect(stage('poll-build-status').attempt).toBe(3)
    expect(end.endedAt - (end.startedAt ?? 0)).toBeGreaterThanOrEqual(20_000)
  })

  test('every system is asked as it is documented (S137, S144, S146–S148)', async () => {
    const { standIn } = await runPipeline('healthy')
    const [dispatch] = standIn.named('github.dispatch')
    expect(dispatch).toMatchObject({
      url: 'https://api.github.com/repos/mycompany/api-gateway/actions/workflows/build.yml/dispatches',
      headers: { authorization: 'Bearer github-token-for-tests', accept: 'application/vnd.github.v3+json' },
      body: { ref: 'main', inputs: { commit_sha: 'abc123def456', service: 'api-gateway' } },
    })
    expect(standIn.named('kubernetes.staging')).toMatchObject([
      {
        url: 'https://kubernetes.default.svc/apis/apps/v1/namespaces/staging/deployments/api-gateway',
        headers: {
          authorization: 'Bearer kubernetes-token-for-tests',
          'content-type': 'application/strategic-merge-patch+json',
        },
        body: {
          spec: {
            template: {
              spec: { containers: [{ name: 'api-gateway', image: 'gcr.io/myproject/api-gateway:abc123def456' }] },
            },
          },
        },
      },
    ])
    expect(standIn.named('health.staging')).toMatchObject([{ url: 'https://staging.api.mycompany.com/health' }])
    expect(standIn.named('tests.run')).toMatchObject([
      {
        url: 'https://tests.internal.mycompany.com/run',
        body: { suite: 'integration', environment: 'staging', service: 'api-gateway' },
      },
    ])
  })

  test('the analysis reads the health response and the logs (S141, S150)', async () => {
    const { standIn } = await runPipeline('production-down')
    const [{ body } = { body: null }] = standIn.named('model.chat')
    const { model, messages } = body as { model: string; messages: { content: string }[] }
    expect(model).toBe('gpt-4')
    expect(messages[0]?.content).toContain('Root cause')
    expect(messages[1]?.content).toMatch(/Service: api-gateway\nCommit: abc123def456\n/)
    expect(messages[1]?.content).toContain('"status_code":503')
    expect(messages[1]?.content).toContain('Readiness probe failed')
  })

  test('Slack reads service, commit and deploy time (S151)', async () => {
    const run = await runPipeline('healthy')
    expect(messagesOf(run)).toEqual([
      expect.stringMatching(
        /^:white_check_mark: \*api-gateway\* deployed to production\n\*Commit:\* `abc123def456`\n\*Deploy time:\* \d+ms$/,
      ),
    ])
  })
})
