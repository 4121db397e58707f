import type { Page, PageQuery } from '#core/contract/page'
import type { Needs } from '#core/definition/plan'
import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'

export type VersionRow = {
  readonly id: string
  readonly workflowId: string
  readonly number: number
  readonly tag: string | null
  readonly digest: string
  /** Canonical JSON text of the document. */
  readonly definition: string
  readonly needs: Needs
  readonly releaseNotes: string | null
  readonly gitCommit: string | null
  readonly createdAt: EpochMs
  readonly createdBy: Actor
}

/** The immutable versions of one organization's workflows. */
export type VersionStore = {
  /** Gives the version the next number of its workflow. Null when the tag, or with `unlessSame` the digest, is there already. */
  insert(row: Omit<VersionRow, 'number'>, options?: { readonly unlessSame?: boolean }): Promise<VersionRow | null>
  findById(workflowId: string, id: string): Promise<VersionRow | null>
  findByNumber(workflowId: string, number: number): Promise<VersionRow | null>
  findByTag(workflowId: string, tag: string): Promise<VersionRow | null>
  /** The newest version with this digest. */
  findByDigest(workflowId: string, digest: string): Promise<VersionRow | null>
  /** Newest first; the cursor is a version number. */
  list(workflowId: string, query: PageQuery): Promise<Page<VersionRow>>
}
