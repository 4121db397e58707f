import { compilePlan, type Plan } from '#core/definition/plan'
import { validateWorkflow } from '#core/definition/validate'
import { readExample } from './read-example'

/** The plan an example is run by; throws when the example is not valid. */
export function planOfExample(name: string): Plan {
  const { workflow, issues } = validateWorkflow(readExample(name), { mode: 'deploy' })
  if (workflow === null) throw new Error(JSON.stringify(issues))
  return compilePlan(workflow)
}
