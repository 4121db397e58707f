import type { ExecutionAnswer } from '#core/contract/executions'
import type { ExecutionSummary } from '#lib/executions/execution-summary.ts'
import { session } from '../session/session.svelte.ts'

const PAGE_ROWS = 200
const PAGES_MAX = 3

/** The executions that one execution started by its `workflow` stages. */
export class ChildExecutions {
  all = $state.raw<readonly ExecutionSummary[]>([])

  /** Looks for them among what workflows started since then; a failure leaves those known already. */
  async load({ executionId, environment, acceptedAt, endedAt, test }: ExecutionAnswer): Promise<void> {
    const query = {
      trigger: 'workflow',
      environment,
      from: acceptedAt,
      ...(endedAt === null ? {} : { to: new Date(Date.parse(endedAt) + 1).toISOString() }),
      test: String(test),
      limit: PAGE_ROWS,
    }
    const found: ExecutionSummary[] = []
    let cursor: string | undefined
    for (let page = 0; page < PAGES_MAX; page++) {
      const reply = await session.call((api) =>
        api.listExecutions({ query: { ...query, ...(cursor === undefined ? {} : { cursor }) } }),
      )
      if (!reply.ok) return
      found.push(...reply.body.items.filter(({ parentExecutionId }) => parentExecutionId === executionId))
      if (reply.body.nextCursor === null) break
      cursor = reply.body.nextCursor
    }
    this.all = found.toReversed()
  }
}
