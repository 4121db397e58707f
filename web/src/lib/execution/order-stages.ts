type Nested = { readonly node: string; readonly address: string; readonly parent: string | null }

export type PlacedStage<S> = { readonly stage: S; readonly depth: number }

/** The address of the container a stage ran in; of one in an iteration that is the foreach, or one in the same iteration. */
function parentOf({ node, address, parent }: Nested): string | null {
  if (parent === null) return null
  const around = address.slice(0, address.length - node.length)
  const loop = around.replace(/\[\d+\]\/$/, '')
  const isLoop = loop === parent || loop.endsWith(`/${parent}`)
  return isLoop && loop !== around ? loop : around + parent
}

/** Stages as they are read: each container, then what ran inside it one step further in. Order is kept otherwise. */
export function orderStages<S extends Nested>(stages: readonly S[]): readonly PlacedStage<S>[] {
  const known = new Set(stages.map(({ address }) => address))
  const inside = new Map<string, S[]>()
  const roots: S[] = []
  for (const stage of stages) {
    const parent = parentOf(stage)
    if (parent === null || parent === stage.address || !known.has(parent)) roots.push(stage)
    else inside.set(parent, [...(inside.get(parent) ?? []), stage])
  }
  const placed: PlacedStage<S>[] = []
  const seen = new Set<S>()
  const place = (stage: S, depth: number) => {
    if (seen.has(stage)) return
    seen.add(stage)
    placed.push({ stage, depth })
    for (const child of inside.get(stage.address) ?? []) place(child, depth + 1)
  }
  for (const stage of roots) place(stage, 0)
  for (const stage of stages) place(stage, 0)
  return placed
}
