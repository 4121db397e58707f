import { everyStage } from '#core/definition/every-stage'
import type { Plan } from '#core/definition/plan'
import type { CodeBundle } from '../../ports/code-runner'

/** The sources of a release's code stages, by stage. */
export function codeBundle(plan: Plan, owner: Omit<CodeBundle, 'sources'>): CodeBundle {
  const sources = everyStage(plan).flatMap(({ id, type, raw }) =>
    type === 'code' && typeof raw['source'] === 'string' ? [[id, raw['source']] as const] : [],
  )
  return { ...owner, sources: new Map(sources) }
}
