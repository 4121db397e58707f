import { describe, expect, test } from 'vitest'
import { validateWorkflow } from '#core/definition/validate'
import { InputSchema } from '#core/triggers/input-schema'
import { validateInput } from '#core/triggers/validate-input'
import { readExample } from './read-example'

const published = [
  'log-start',
  'trigger-build',
  'poll-build-status',
  'validate-build',
  'deploy-staging',
  'staging-health-check',
  'run-tests',
  'check-tests',
  'deploy-production',
  'analyze-failure',
  'notify-success',
]

const pipeline = readExample('cicd/deploy.pipeline.json')
const publishedStages = pipeline.stages.filter(({ id }) => published.includes(id))

/** The eleven stages without what completes them. */
const asPublished = {
  name: 'devops-cicd-deployment',
  stages: publishedStages.map(({ id, component, depends_on = [], config }) => {
    const dependsOn = id === 'analyze-failure' ? ['rollback-production'] : depends_on
    return { id, component, depends_on: dependsOn, config }
  }),
}

const unknownStages = () =>
  validateWorkflow(asPublished, { mode: 'draft' }).issues.filter(({ code }) => code === 'unknown_stage')

describe('The CI/CD pipeline', () => {
  test('has the eleven published stages in their order (S135)', () => {
    expect(publishedStages.map(({ id }) => id)).toEqual(published)
  })

  test('is refused as published, with the seven stages it never defines (S158)', () => {
    const { workflow } = validateWorkflow(asPublished, { mode: 'draft' })
    const named = unknownStages().map(({ message }) => /“(.+)”/.exec(message)?.[1])
    expect(workflow).toBeNull()
    expect(new Set(named)).toEqual(
      new Set([
        'analyze-test-failure',
        'fetch-logs',
        'log-production-result',
        'notify-build-failure',
        'prod-deploy',
        'prod-health-check',
        'rollback-production',
      ]),
    )
  })

  test('is refused as published with the place of every name', () => {
    expect(unknownStages().map(({ path }) => path)).toEqual([
      '/stages/3/config/if_false/0',
      '/stages/7/config/if_false/0',
      '/stages/8/config/catch/0',
      '/stages/8/config/finally/0',
      '/stages/8/config/try/0',
      '/stages/8/config/try/1',
      '/stages/9/config/prompt',
      '/stages/9/config/prompt',
      '/stages/9/depends_on/0',
      '/stages/10/depends_on/0',
    ])
  })

  test('accepts the sample input (S153) and rolls back to stable unless told otherwise', () => {
    const [trigger] = pipeline.triggers
    const input = readExample('cicd/input.json')
    const result = validateInput(InputSchema.parse(trigger?.['inputSchema']), input)
    expect(result).toEqual({ ok: true, value: { ...input, rollback_tag: 'stable' } })
  })
})
