import type { Page, PageQuery } from '#core/contract/page'
import type { Role } from '#core/contract/scopes'
import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'

export type InvitationRow = {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly createdAt: EpochMs
  readonly createdBy: Actor
  readonly expiresAt: EpochMs
}

/** The open invitations of one organization. */
export type InvitationStore = {
  /** Replaces earlier ones of the address. */
  insert(row: InvitationRow, tokenHash: string): Promise<void>
  list(query: PageQuery, at: EpochMs): Promise<Page<InvitationRow>>
  remove(id: string): Promise<boolean>
  /** Withdraws what a member sent, also with keys of theirs, that they could not send any more: roles that are not among `roles`. */
  withdrawOf(userId: string, roles: readonly Role[]): Promise<void>
}
