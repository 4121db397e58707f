import type { DeadLetterAnswer } from '#core/contract/dead-letters'
import type { Problem } from '#core/contract/problem'
import { session } from '../session/session.svelte.ts'

const PAGE_ROWS = 50

type Kind = DeadLetterAnswer['kind']

/** What was given up, newest first, page by page. */
export class DeadLetterList {
  rows = $state.raw<readonly DeadLetterAnswer[] | null>(null)
  nextCursor = $state<string | null>(null)
  problem = $state<Problem | null>(null)
  isLoadingOlder = $state(false)
  #kind: Kind | undefined
  #generation = 0

  async load(kind: Kind | undefined): Promise<void> {
    this.#kind = kind
    const generation = ++this.#generation
    this.isLoadingOlder = false
    const letters = await this.#page(undefined)
    if (generation !== this.#generation) return
    this.problem = letters.ok ? null : letters.problem
    if (!letters.ok) return
    this.rows = letters.body.items
    this.nextCursor = letters.body.nextCursor
  }

  async loadOlder(): Promise<void> {
    if (this.nextCursor === null || this.isLoadingOlder) return
    const generation = this.#generation
    this.isLoadingOlder = true
    const letters = await this.#page(this.nextCursor)
    if (generation !== this.#generation) return
    this.isLoadingOlder = false
    this.problem = letters.ok ? null : letters.problem
    if (!letters.ok) return
    this.rows = [...(this.rows ?? []), ...letters.body.items]
    this.nextCursor = letters.body.nextCursor
  }

  /** Runs what was given up again. Answers what went wrong, or null. A repeat is the same redrive. */
  async redrive(id: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.redriveDeadLetter({ params: { id }, body: {} }))
    if (!reply.ok) return reply.problem
    this.rows = this.rows?.map((row) => (row.id === id ? reply.body : row)) ?? null
    return null
  }

  #page(cursor: string | undefined) {
    const query = {
      limit: PAGE_ROWS,
      ...(this.#kind === undefined ? {} : { kind: this.#kind }),
      ...(cursor === undefined ? {} : { cursor }),
    }
    return session.call((api) => api.listDeadLetters({ query }))
  }
}
