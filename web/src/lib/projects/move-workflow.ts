import type { Problem } from '#core/contract/problem'
import { session } from '../session/session.svelte.ts'

/** Puts a workflow into another project; its draft stays as it is. Answers what went wrong, or null. */
export async function moveWorkflow(id: string, projectId: string): Promise<Problem | null> {
  const reply = await session.call((api) => api.moveWorkflow({ params: { id }, body: { projectId } }))
  return reply.ok ? null : reply.problem
}
