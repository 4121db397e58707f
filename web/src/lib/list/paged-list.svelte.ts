import type { Page } from '#core/contract/page'
import type { Problem } from '#core/contract/problem'
import type { Refusal } from '../session/ask.ts'

type PageReply<Row> = { readonly ok: true; readonly body: Page<Row> } | Refusal

/** How one page is asked for; without a cursor it is the first. */
export type ReadPage<Row> = (cursor: { readonly cursor?: string }) => Promise<PageReply<Row>>

/** A list that is read page by page. Rows stay on screen until others are there to stand in their place. */
export class PagedList<Row> {
  rows = $state.raw<readonly Row[] | null>(null)
  nextCursor = $state<string | null>(null)
  problem = $state<Problem | null>(null)
  isLoadingMore = $state(false)
  #read: ReadPage<Row>
  /** Answers to questions asked before the last load are dropped. */
  #generation = 0
  #again = (): Promise<void> => this.load()

  constructor(read: ReadPage<Row>) {
    this.#read = read
  }

  /** Starts over, with another question if there is one. */
  async load(read: ReadPage<Row> = this.#read): Promise<void> {
    this.#read = read
    this.isLoadingMore = false
    await this.#take({}, [])
  }

  async loadMore(): Promise<void> {
    if (this.nextCursor === null || this.isLoadingMore) return
    this.isLoadingMore = true
    await this.#take({ cursor: this.nextCursor }, this.rows ?? [])
  }

  /** Asks once more what was asked last. */
  retry(): Promise<void> {
    return this.#again()
  }

  /** How many there are, as far as is known: `12`, or `50+` while there are more. */
  get count(): string {
    return `${this.rows?.length ?? 0}${this.nextCursor === null ? '' : '+'}`
  }

  async #take(cursor: { readonly cursor?: string }, before: readonly Row[]): Promise<void> {
    const generation = ++this.#generation
    this.#again = () => this.#take(cursor, before)
    const reply = await this.#read(cursor)
    if (generation !== this.#generation) return
    this.isLoadingMore = false
    this.problem = reply.ok ? null : reply.problem
    if (!reply.ok) return
    this.rows = [...before, ...reply.body.items]
    this.nextCursor = reply.body.nextCursor
  }
}
