type Stage = { readonly metadata: { readonly childExecutionId?: string | undefined } }

/** The execution a `workflow` stage started, and what is known of it; the list may have it a moment later than the trace. */
export function childOfStage<C extends { readonly executionId: string }>(
  { metadata: { childExecutionId: id } }: Stage,
  children: readonly C[],
): { readonly id: string; readonly known: C | null } | null {
  if (id === undefined) return null
  return { id, known: children.find(({ executionId }) => executionId === id) ?? null }
}
