import type { EpochMs } from '#core/kernel/time'

/** What names a person at a provider, for good. The address may change, and may have been somebody else's. */
export type LinkedIdentity = {
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  readonly email: string
}

export type NewIdentity = LinkedIdentity & { readonly id: string }

export type OwnIdentity = {
  readonly id: string
  readonly provider: string
  readonly email: string
  readonly createdAt: EpochMs
  readonly usedAt: EpochMs
}

/** The accounts people have elsewhere and sign in with. */
export type LinkedIdentityStore = {
  /** Whose it is; found by issuer and subject, and by nothing else. */
  findUser(issuer: string, subject: string): Promise<{ readonly id: string; readonly email: string } | null>
  /** Keeps that it was used, and what its address is now. */
  touch(identity: LinkedIdentity, at: EpochMs): Promise<void>
  /** False when it belongs to somebody else. Connecting one's own again changes nothing. */
  connect(userId: string, identity: NewIdentity, at: EpochMs): Promise<boolean>
  list(userId: string): Promise<readonly OwnIdentity[]>
  /** Takes one away, unless it is the last way in: no password, and no other one of these providers. */
  disconnect(userId: string, id: string, providers: readonly string[]): Promise<'gone' | 'last' | 'unknown'>
}
