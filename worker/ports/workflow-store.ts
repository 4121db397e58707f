import type { Page, PageQuery } from '#core/contract/page'
import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'

export type WorkflowStatus = 'draft' | 'published' | 'active' | 'paused' | 'archived'

export type WorkflowSummaryRow = {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly status: WorkflowStatus
  readonly revision: number
  readonly tags: readonly string[]
  readonly visibility: 'private' | 'organization'
  readonly projectId: string | null
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  readonly createdBy: Actor
}

export type WorkflowRow = WorkflowSummaryRow & {
  /** The draft, as JSON text. */
  readonly definition: string
}

export type DraftChange = {
  readonly expectRevision: number
  readonly definition: string
  readonly name?: string
  readonly description?: string | null
  readonly tags?: readonly string[]
  readonly projectId?: string
  readonly at: EpochMs
}

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly row: WorkflowRow }
  | { readonly kind: 'stale'; readonly currentRevision: number }
  | { readonly kind: 'name_taken' }
  | { readonly kind: 'unknown' }

export type WorkflowQuery = PageQuery & {
  readonly status?: WorkflowStatus | undefined
  readonly name?: string | undefined
  readonly projectId?: string | undefined
  readonly ids?: readonly string[] | undefined
}

/** The workflows of one organization; deleted ones do not exist here. */
export type WorkflowStore = {
  /** False when the name is taken. */
  insert(row: WorkflowRow): Promise<boolean>
  find(id: string): Promise<WorkflowRow | null>
  list(query: WorkflowQuery): Promise<Page<WorkflowSummaryRow>>
  save(id: string, change: DraftChange): Promise<SaveOutcome>
  /** Puts it into a project, and answers which it was in before; the draft stays. Null when there is none such. */
  move(
    id: string,
    projectId: string,
  ): Promise<{ readonly from: string | null; readonly row: WorkflowSummaryRow } | null>
  remove(id: string, at: EpochMs): Promise<void>
}
