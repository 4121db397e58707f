import type { ProjectRole, Role } from '#core/contract/scopes'
import type { EpochMs } from '#core/kernel/time'
import type { KeyRow } from './key-store'
import type { NewIdentity } from './linked-identity-store'

export type UserRow = {
  readonly id: string
  readonly email: string
  /** Empty: there is no password. */
  readonly passwordHash: string
  readonly emailVerifiedAt: EpochMs | null
}

export type Membership = { readonly organizationId: string; readonly name: string; readonly role: Role }

export type NewAccount = {
  readonly at: EpochMs
  readonly user: UserRow
  readonly organization: { readonly id: string; readonly name: string }
  readonly defaultProjectId: string
  readonly environments: readonly { readonly id: string; readonly name: string; readonly isPrimary: boolean }[]
  /** What they sign in with, when it is not a password. */
  readonly identity?: NewIdentity
}

export type NewSession = {
  readonly tokenHash: string
  readonly userId: string
  readonly organizationId: string
  readonly at: EpochMs
  readonly expiresAt: EpochMs
  readonly device: string | null
}

/** What must still be so when a session is opened: the password that was verified, or the session that it takes the place of. */
export type SessionGround = { readonly passwordHash: string } | { readonly tokenHash: string }

export type SessionRow = {
  readonly user: { readonly id: string; readonly email: string }
  readonly organizationId: string
  readonly role: Role
  readonly seenAt: EpochMs
  readonly expiresAt: EpochMs
}

export type ProjectApart = { readonly id: string; readonly isClosed: boolean; readonly role: ProjectRole | null }

/** Finds out who is asking: the only lookups made before the organization is known. */
export type IdentityStore = {
  /** User, organization, membership as owner and environments in one transaction. False when the email is taken. */
  createAccount(account: NewAccount): Promise<boolean>
  findUser(email: string): Promise<UserRow | null>
  memberships(userId: string): Promise<readonly Membership[]>
  /** False when what it rests on is so no more; one statement decides. */
  createSession(session: NewSession, ground?: SessionGround): Promise<boolean>
  findSession(tokenHash: string): Promise<SessionRow | null>
  /** Projects that are not to the user what they are to every member: closed, or with a role of their own. */
  projectsApart(organizationId: string, userId: string): Promise<readonly ProjectApart[]>
  /** Every workflow that is in none of the projects, deleted ones included. */
  workflowsOutside(organizationId: string, projectIds: readonly string[]): Promise<readonly string[]>
  /** Every workflow that is in one of the projects, deleted ones included. */
  workflowsInside(organizationId: string, projectIds: readonly string[]): Promise<readonly string[]>
  touchSession(tokenHash: string, at: EpochMs): Promise<void>
  deleteSession(tokenHash: string): Promise<void>
  /** A key that was not revoked; expiry is the caller's to judge. */
  findKey(prefix: string): Promise<KeyRow | null>
  touchKey(id: string, at: EpochMs): Promise<void>
}
