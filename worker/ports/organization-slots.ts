import type { LendRequest, Loan } from '#core/shard/wire'

/** Who lends the shards of one organization what they may run at once (decision 0010). Foreign organizations get null. */
export type OrganizationSlotsHandle = {
  /** What the asking shard has on loan from now on: as much as it wished, or as much as there is for it. */
  lend(request: LendRequest): Promise<Loan | null>
  /** Leaves nothing of it on disk. */
  forget(request: { organizationId: string }): Promise<void>
}

export type OrganizationSlotsOf = (organizationId: string) => OrganizationSlotsHandle
