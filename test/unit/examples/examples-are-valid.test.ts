import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { validateWorkflow } from '#core/definition/validate'
import { readExample } from './read-example'

const all = readdirSync(new URL('../../../examples', import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.(workflow|pipeline)\.json$/.test(name),
)
const negative = all.filter((name) => name.endsWith('.invalid.workflow.json'))
const files = all.filter((name) => !negative.includes(name))

describe('Every example', () => {
  test('is among those tested here', () => {
    expect(files.filter((name) => !name.startsWith('components/')).toSorted()).toEqual([
      'cicd/deploy.pipeline.json',
      'order-intake-sync.workflow.json',
      'order-intake.workflow.json',
    ])
  })

  test.each(files)('%s has no finding when deployed, not even a warning', (file) => {
    expect(validateWorkflow(readExample(file), { mode: 'deploy' }).issues).toEqual([])
  })
})

describe('Every negative example', () => {
  test.each(negative)('%s has the one error beside it, with a hint', (file) => {
    const expected = readExample(file.replace('.workflow.json', '.expected.json'))
    const { workflow, issues } = validateWorkflow(readExample(file), { mode: 'deploy' })
    expect(workflow).toBeNull()
    expect(issues).toEqual([{ ...expected, severity: 'error' }])
    expect(expected['hint']).toMatch(/./)
  })
})
