import type { Plan } from '../definition/plan'

const CACHE = new WeakMap<Plan, ReadonlyMap<string, readonly string[]>>()
const NONE: readonly string[] = []

function build(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const wakes = new Map<string, Set<string>>()
  const add = (by: string, id: string) => {
    const known = wakes.get(by)
    if (known === undefined) wakes.set(by, new Set([id]))
    else known.add(id)
  }
  for (const id of plan.order) {
    const stage = plan.stages.get(id)
    for (const dependency of stage?.dependsOn ?? []) add(dependency.waitsFor, id)
    if (stage?.chooser) add(stage.chooser.id, id)
    if (stage?.container) add(stage.container.id, id)
  }
  return new Map([...wakes].map(([by, ids]) => [by, [...ids]]))
}

/** The stages whose turn may come when `id` ends: who waits for it, whom it may choose, whom it contains. */
export function wakesOf(plan: Plan, id: string): readonly string[] {
  let wakes = CACHE.get(plan)
  if (wakes === undefined) {
    wakes = build(plan)
    CACHE.set(plan, wakes)
  }
  return wakes.get(id) ?? NONE
}
