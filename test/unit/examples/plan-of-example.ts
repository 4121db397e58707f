import type { Plan } from '#core/definition/plan'
import { planOf } from '../../support/plan-of'
import { readExample } from './read-example'

export function planOfExample(name: string): Plan {
  const { stages, output } = readExample(name)
  return planOf(stages as never, output)
}
