import type * as z from 'zod'
import type { TraceShape } from '#core/contract/executions'

export type Trace = z.output<typeof TraceShape>
export type StageTrace = Trace['stages'][number]
