import type { Problem } from '#core/contract/problem'
import { isTerminalStatus } from '#core/model/execution-status'
import { session } from '../session/session.svelte.ts'
import type { ExecutionSummary } from './execution-summary.ts'
import { type ExecutionFilters, queryFromFilters } from './filters.ts'
import { admitFresh, mergeRows } from './merge-rows.ts'

const PAGE_ROWS = 50
const POLL_ROWS_MAX = 200
const LEFT_ROWS_MAX = 10

type ListState = 'loading' | 'ready' | 'failed'

/** The rows of the executions page: loaded by page, kept true by looking again. New ones wait until they are let in. */
export class ExecutionList {
  state = $state<ListState>('loading')
  problem = $state<Problem | null>(null)
  rows = $state.raw<readonly ExecutionSummary[]>([])
  /** How many executions wait above the first row. */
  freshCount = $state(0)
  /** There are more waiting than we know of. */
  freshIsMore = $state(false)
  nextCursor = $state<string | null>(null)
  isLoadingOlder = $state(false)
  /** The last look at the server failed; the rows are as they were. */
  isStale = $state(false)

  #newest: readonly ExecutionSummary[] = []
  #newestCursor: string | null = null
  #filters: ExecutionFilters
  /** Answers to questions asked before the last load are dropped. */
  #generation = 0

  constructor(filters: ExecutionFilters) {
    this.#filters = filters
  }

  /** Starts over. The rows on screen stay until the new ones are there. */
  async load(filters = this.#filters): Promise<void> {
    this.#filters = filters
    const generation = ++this.#generation
    this.isLoadingOlder = false
    if (this.state === 'failed') this.state = 'loading'
    const reply = await this.#page({ limit: PAGE_ROWS })
    if (generation !== this.#generation) return
    if (!reply.ok) {
      this.problem = reply.problem
      this.state = 'failed'
      return
    }
    this.#show(reply.body.items, reply.body.nextCursor)
    this.state = 'ready'
  }

  async loadOlder(): Promise<void> {
    if (this.nextCursor === null || this.isLoadingOlder) return
    const generation = this.#generation
    this.isLoadingOlder = true
    const reply = await this.#page({ limit: PAGE_ROWS, cursor: this.nextCursor })
    if (generation !== this.#generation) return
    this.isLoadingOlder = false
    this.problem = reply.ok ? null : reply.problem
    if (!reply.ok) return
    const known = new Set(this.rows.map((row) => row.executionId))
    this.rows = [...this.rows, ...reply.body.items.filter((row) => !known.has(row.executionId))]
    this.nextCursor = reply.body.nextCursor
  }

  /** Looks at the newest page: rows on screen are brought up to date in their places, new ones are counted. */
  async poll(): Promise<void> {
    if (this.state !== 'ready') return
    const generation = this.#generation
    const limit = Math.min(POLL_ROWS_MAX, Math.max(PAGE_ROWS, this.rows.length))
    const reply = await this.#page({ limit })
    if (generation !== this.#generation) return
    this.isStale = !reply.ok
    if (!reply.ok) return
    const { items, nextCursor } = reply.body
    if (this.rows.length === 0) return this.#show(items, nextCursor)
    const merged = mergeRows(this.rows, items)
    this.rows = merged.rows
    this.#newest = items
    this.#newestCursor = nextCursor
    this.freshCount = merged.fresh.length
    this.freshIsMore = merged.hasGap
    await this.#followLeft(merged.left, generation)
  }

  /** Lets the waiting rows in. */
  showFresh(): void {
    if (this.freshIsMore) return this.#show(this.#newest, this.#newestCursor)
    this.rows = admitFresh(this.rows, this.#newest)
    this.freshCount = 0
  }

  #show(rows: readonly ExecutionSummary[], nextCursor: string | null): void {
    this.rows = rows
    this.nextCursor = nextCursor
    this.problem = null
    this.isStale = false
    this.freshCount = 0
    this.freshIsMore = false
  }

  /** Rows that no longer match the filters stay where they are and are read one by one until they end. */
  async #followLeft(left: readonly ExecutionSummary[], generation: number): Promise<void> {
    const ids = left.slice(0, LEFT_ROWS_MAX).map((row) => row.executionId)
    const replies = await Promise.all(ids.map((id) => session.call((api) => api.getExecution({ params: { id } }))))
    if (generation !== this.#generation) return
    const read = new Map(replies.flatMap((reply) => (reply.ok ? [[reply.body.executionId, reply.body]] : [])))
    if (read.size > 0) this.rows = this.rows.map((row) => read.get(row.executionId) ?? row)
  }

  get hasLiveRows(): boolean {
    return this.rows.some((row) => !isTerminalStatus(row.status))
  }

  #page(page: { readonly limit: number; readonly cursor?: string }) {
    const query = { ...queryFromFilters(this.#filters), ...page }
    return session.call((api) => api.listExecutions({ query }))
  }
}
