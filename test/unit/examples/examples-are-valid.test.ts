import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { validateWorkflow } from '#core/definition/validate'
import { readExample } from './read-example'

const files = readdirSync(new URL('../../../examples', import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.(workflow|pipeline)\.json$/.test(name),
)

describe('Every example', () => {
  test('is among those tested here', () => {
    expect(files.toSorted()).toEqual([
      'cicd/deploy.pipeline.json',
      'order-intake-sync.workflow.json',
      'order-intake.workflow.json',
    ])
  })

  test.each(files)('%s has no finding when deployed, not even a warning', (file) => {
    expect(validateWorkflow(readExample(file), { mode: 'deploy' }).issues).toEqual([])
  })
})
