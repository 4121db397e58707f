import type * as z from 'zod'
import type { ExecutionSummaryShape } from '#core/contract/executions'

/** One row of the list, as the API tells it. */
export type ExecutionSummary = z.output<typeof ExecutionSummaryShape>
