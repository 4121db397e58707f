import type { Page, PageQuery } from '#core/contract/page'
import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'

export type KeyRow = {
  readonly id: string
  readonly organizationId: string
  readonly name: string
  readonly prefix: string
  readonly hash: string
  readonly scopes: readonly string[]
  readonly environments: readonly string[] | null
  readonly workflowIds: readonly string[] | null
  readonly createdAt: EpochMs
  readonly createdBy: Actor
  readonly expiresAt: EpochMs | null
  readonly lastUsedAt: EpochMs | null
}

/** The API keys of one organization; revoked ones do not exist here. */
export type KeyStore = {
  insert(row: Omit<KeyRow, 'organizationId'>): Promise<void>
  find(id: string): Promise<KeyRow | null>
  list(query: PageQuery): Promise<Page<KeyRow>>
  /** False when there is no such key. */
  revoke(id: string, at: EpochMs): Promise<boolean>
  /** Shortens a key's life; never lengthens it. */
  expire(id: string, expiresAt: EpochMs): Promise<void>
}
