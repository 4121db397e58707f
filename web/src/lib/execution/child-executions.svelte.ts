import type { ExecutionSummary } from '#lib/executions/execution-summary.ts'
import { session } from '../session/session.svelte.ts'

const LIMIT = 200

/** The executions that one execution started by its `workflow` stages, the newest two hundred. */
export class ChildExecutions {
  all = $state.raw<readonly ExecutionSummary[]>([])

  /** Reads them anew; a failure leaves those known already. */
  async load(parentExecutionId: string): Promise<void> {
    const reply = await session.call((api) => api.listExecutions({ query: { parentExecutionId, limit: LIMIT } }))
    if (reply.ok) this.all = reply.body.items
  }
}
