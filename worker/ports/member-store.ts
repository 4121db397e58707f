import type { Page, PageQuery } from '#core/contract/page'
import type { Role } from '#core/contract/scopes'
import type { EpochMs } from '#core/kernel/time'

export type MemberRow = {
  readonly id: string
  readonly email: string
  readonly emailVerifiedAt: EpochMs | null
  readonly role: Role
  readonly joinedAt: EpochMs
}

/** What ended together with a membership or a role: keys by id. */
export type Ended = { readonly keyIds: readonly string[] }

/** The members of one organization. */
export type MemberStore = {
  list(query: PageQuery): Promise<Page<MemberRow>>
  find(userId: string): Promise<MemberRow | null>
  isMember(email: string): Promise<boolean>
  /** Whether an owner has confirmed their email address. */
  hasVerifiedOwner(): Promise<boolean>
  /**
   * Gives another role and ends the member's sessions here, in one transaction. False when it would leave no owner, or when
   * the role is not `from` any more.
   */
  changeRole(userId: string, from: Role, to: Role): Promise<boolean>
  /** Removes with sessions and invitations they sent, also with keys of theirs, in one transaction. False as above. */
  remove(userId: string, from: Role): Promise<boolean>
  /** Revokes keys the user made, also with keys of theirs: all, or those for which `isKept` says no. */
  revokeKeys(userId: string, at: EpochMs, isKept: (scopes: readonly string[]) => boolean): Promise<Ended>
}
