import type { Problem } from '#core/contract/problem'
import type { ExecutionAnswer } from '#core/contract/executions'
import { isTerminalStatus } from '#core/model/execution-status'
import { session } from '../session/session.svelte.ts'
import type { Trace } from './stage-trace.ts'

/** One execution and its trace, read again until it is over. */
export class ExecutionView {
  readonly id: string
  execution = $state.raw<ExecutionAnswer | null>(null)
  trace = $state.raw<Trace | null>(null)
  problem = $state<Problem | null>(null)
  isStale = $state(false)

  constructor(id: string) {
    this.id = id
  }

  /** Nothing will change any more, as far as we have read. */
  get isOver(): boolean {
    return this.execution !== null && isTerminalStatus(this.execution.status) && this.trace?.complete === true
  }

  /** Reads both. Once something is on screen a failure only marks it as stale. */
  async load(): Promise<void> {
    const params = { id: this.id }
    const [execution, trace] = await Promise.all([
      session.call((api) => api.getExecution({ params })),
      session.call((api) => api.getTrace({ params })),
    ])
    const refused = [execution, trace].find((reply) => !reply.ok)
    this.isStale = refused !== undefined && this.execution !== null
    this.problem = refused !== undefined && !refused.ok && this.execution === null ? refused.problem : null
    if (!execution.ok || !trace.ok) return
    this.execution = execution.body
    this.trace = trace.body
  }

  async poll(): Promise<void> {
    if (!this.isOver) await this.load()
  }
}
