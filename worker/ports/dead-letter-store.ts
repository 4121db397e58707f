import type { Page, PageQuery } from '#core/contract/page'
import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'
import type { DeadLetter, DeadLetterKind } from '#core/model/dead-letter'

export type DeadLetterRow = Omit<DeadLetter, 'organizationId'> & {
  readonly workflowName: string
  readonly redriven: { readonly at: EpochMs; readonly by: Actor; readonly executionId: string | null } | null
}

export type DeadLetterQuery = PageQuery & {
  readonly kind?: DeadLetterKind | undefined
  readonly sinceAt?: EpochMs | undefined
  readonly workflowIds?: readonly string[] | undefined
  readonly environments?: readonly string[] | undefined
}

/** The dead letters of one organization, newest first. */
export type DeadLetterStore = {
  list(query: DeadLetterQuery): Promise<Page<DeadLetterRow>>
  find(id: string): Promise<DeadLetterRow | null>
  /** Only the first call counts. False when there was one before. */
  markRedriven(id: string, redriven: NonNullable<DeadLetterRow['redriven']>): Promise<boolean>
}
