import type { Role } from '#core/contract/scopes'
import type { EpochMs } from '#core/kernel/time'
import type { UserRow } from './identity-store'
import type { NewIdentity } from './linked-identity-store'

export type OpenInvitation = {
  readonly organizationId: string
  readonly organizationName: string
  readonly email: string
  readonly role: Role
}

/** Where invitations are handed in, before the organization is known. */
export type InvitationDesk = {
  /** One that was neither used nor is too old. */
  find(tokenHash: string, at: EpochMs): Promise<OpenInvitation | null>
  /** Uses it up for a user, whose address it proves. False when somebody else did, or it is too old. */
  accept(tokenHash: string, userId: string, at: EpochMs): Promise<boolean>
  /** The same for a user who is created with it, with an identity of theirs. */
  acceptAs(
    tokenHash: string,
    user: UserRow,
    at: EpochMs,
    identity?: NewIdentity,
  ): Promise<'accepted' | 'ended' | 'email_taken'>
}
