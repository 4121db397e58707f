import type { Problem } from '#core/contract/problem'
import { session } from '../session/session.svelte.ts'

/**
 * Puts a workflow into another project. The draft is saved as it stands, which counts as a revision; somebody who saved
 * in between is not overwritten. Answers what went wrong, or null.
 */
export async function moveWorkflow(id: string, projectId: string): Promise<Problem | null> {
  const read = await session.call((api) => api.getWorkflow({ params: { id } }))
  if (!read.ok) return read.problem
  const { definition, revision } = read.body
  const saved = await session.call((api) =>
    api.saveWorkflow({ params: { id }, body: { definition, revision, projectId } }),
  )
  return saved.ok ? null : saved.problem
}
