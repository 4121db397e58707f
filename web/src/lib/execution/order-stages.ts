type Nested = { readonly node: string; readonly parent: string | null; readonly iteration: number | null }

export type PlacedStage<S> = { readonly stage: S; readonly depth: number }

/** Stages as they are read: each container, then what ran inside it one step further in. Order is kept otherwise. */
export function orderStages<S extends Nested>(stages: readonly S[]): readonly PlacedStage<S>[] {
  const names = new Set(stages.map(({ node }) => node))
  const isRoot = ({ node, parent }: S) => parent === null || parent === node || !names.has(parent)
  const placed: PlacedStage<S>[] = []
  const seen = new Set<S>()
  const place = (stage: S, depth: number) => {
    if (seen.has(stage)) return
    seen.add(stage)
    placed.push({ stage, depth })
    for (const child of stages) if (child.parent === stage.node && !isRoot(child)) place(child, depth + 1)
  }
  for (const stage of stages) if (isRoot(stage)) place(stage, 0)
  for (const stage of stages) place(stage, 0)
  return placed
}
