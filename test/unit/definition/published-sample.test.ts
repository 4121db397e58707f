import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { validateWorkflow } from '#core/definition/validate'

const sample: unknown = JSON.parse(
  readFileSync(new URL('./fixtures/flowmason-cicd.pipeline.json', import.meta.url), 'utf8'),
)

it('the published CI/CD sample is refused with each of its seven missing stages named where it is used (S158)', () => {
  const { workflow, issues } = validateWorkflow(sample, { mode: 'draft' })
  expect(workflow).toBe(null)
  const errors = issues.filter(({ severity }) => severity === 'error')
  expect(errors.map(({ code, path, message }) => `${code} ${path} ${message}`)).toEqual([
    'unknown_stage /stages/3/config/if_false/0 There is no stage “notify-build-failure”',
    'unknown_stage /stages/7/config/if_false/0 There is no stage “analyze-test-failure”',
    'unknown_stage /stages/8/config/catch/0 There is no stage “rollback-production”',
    'unknown_stage /stages/8/config/finally/0 There is no stage “log-production-result”',
    'unknown_stage /stages/8/config/try/0 There is no stage “prod-deploy”',
    'unknown_stage /stages/8/config/try/1 There is no stage “prod-health-check”',
    'unknown_stage /stages/9/config/prompt There is no stage “prod-health-check”',
    'unknown_stage /stages/9/config/prompt There is no stage “fetch-logs”',
    'unknown_stage /stages/9/depends_on/0 There is no stage “rollback-production”',
    'unknown_stage /stages/10/depends_on/0 There is no stage “prod-health-check”',
  ])
})

it('with the seven stages written it is valid, though analyze-failure reads a stage of try behind catch', () => {
  const { stages, ...rest } = sample as { stages: unknown[] }
  const log = (id: string, dependsOn: string[] = []) => ({
    id,
    component: 'logger',
    depends_on: dependsOn,
    config: { message: id },
  })
  const missing = [
    log('notify-build-failure'),
    log('analyze-test-failure'),
    log('prod-deploy'),
    log('prod-health-check', ['prod-deploy']),
    log('rollback-production'),
    log('log-production-result'),
    log('fetch-logs', ['rollback-production']),
  ]
  const withLogs = stages.map((stage) =>
    (stage as { id: string }).id === 'analyze-failure'
      ? { ...(stage as object), depends_on: ['rollback-production', 'fetch-logs'] }
      : stage,
  )
  const { workflow, issues } = validateWorkflow({ ...rest, stages: [...withLogs, ...missing] }, { mode: 'deploy' })
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(workflow?.stages).toHaveLength(18)
})
