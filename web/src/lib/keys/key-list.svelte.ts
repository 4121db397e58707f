import type * as z from 'zod'
import type { KeyShape, NewKeyShape } from '#core/contract/identity'
import type { Problem } from '#core/contract/problem'
import { PagedList } from '../list/paged-list.svelte.ts'
import { session } from '../session/session.svelte.ts'

export type Key = z.output<typeof KeyShape>
export type NewKey = z.output<typeof NewKeyShape>

const PAGE_ROWS = 100
const NAMES_MAX = 200

/** The API keys of the organization. */
export class KeyList extends PagedList<Key> {
  /** The key that was made last; the server tells it once. */
  made = $state.raw<NewKey | null>(null)
  /** Names of the workflows that keys are limited to, as far as they are known. */
  workflowNames = $state.raw<Readonly<Record<string, string>>>({})

  constructor() {
    super((cursor) => session.call((api) => api.listKeys({ query: { limit: PAGE_ROWS, ...cursor } })))
  }

  async loadNames(): Promise<void> {
    const reply = await session.call((api) => api.listWorkflows({ query: { limit: NAMES_MAX } }))
    if (reply.ok) this.workflowNames = Object.fromEntries(reply.body.items.map(({ id, name }) => [id, name]))
  }

  /** Makes a successor; the old key works on for as long. Answers what went wrong, or null. */
  async rotate(id: string, overlapSeconds: number): Promise<Problem | null> {
    const reply = await session.call((api) => api.rotateKey({ params: { id }, body: { overlapSeconds } }))
    if (!reply.ok) return reply.problem
    this.made = reply.body
    await this.load()
    return null
  }

  async revoke(id: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.deleteKey({ params: { id } }))
    if (reply.ok || reply.status === 404) await this.load()
    return reply.ok ? null : reply.problem
  }
}
