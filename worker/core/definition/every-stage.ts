import type { Plan, PlannedStage } from './plan'

/** The stages of a plan with those of the bodies in it, each once however often it runs. */
export function everyStage({ stages }: Pick<Plan, 'stages'>): readonly PlannedStage[] {
  return [...stages.values()].flatMap((stage) => (stage.body === null ? [stage] : [stage, ...everyStage(stage.body)]))
}
