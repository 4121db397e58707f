import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { validateWorkflow } from '#core/definition/validate'
import { readExample } from './read-example'

const all = readdirSync(new URL('../../../examples', import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.(workflow|pipeline)\.json$/.test(name),
)
const negative = all.filter((name) => name.endsWith('.invalid.workflow.json'))
const files = all.filter((name) => !negative.includes(name))
/** The others are accepted and fail when they run. */
const refused = negative.filter((file) => validateWorkflow(readExample(file), { mode: 'deploy' }).workflow === null)

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

describe('Every negative example that is refused', () => {
  test.each(refused)('%s has the error beside it, with a hint', (file) => {
    const { code } = readExample(file.replace('.workflow.json', '.expected.json')) as unknown as { code: string }
    const { issues } = validateWorkflow(readExample(file), { mode: 'deploy' })
    expect(issues).toContainEqual(expect.objectContaining({ code, hint: expect.stringMatching(/./) }))
  })
})
