import type { EpochMs } from '#core/kernel/time'

export type TokenPurpose = 'verify_email' | 'reset_password'

export type OwnSession = {
  readonly tokenHash: string
  readonly organizationId: string
  readonly device: string | null
  readonly createdAt: EpochMs
  readonly seenAt: EpochMs
  readonly expiresAt: EpochMs
}

/** What belongs to a person, whatever organizations they are in. */
export type PersonStore = {
  /** Keeps a mailed token; an earlier one of the same purpose ends. */
  putToken(token: { tokenHash: string; userId: string; purpose: TokenPurpose; expiresAt: EpochMs }): Promise<void>
  /** Uses a token up and answers whose it was; null when there is none, or no more. */
  takeToken(tokenHash: string, purpose: TokenPurpose, at: EpochMs): Promise<{ readonly userId: string } | null>
  /** Whether a token could be used, which it is not by asking. */
  isOpenToken(tokenHash: string, purpose: TokenPurpose, at: EpochMs): Promise<boolean>
  /**
   * Uses a token that resets passwords up, which proves the address, and changes the password as below, in one transaction.
   * Was the address not proven before, nobody knows who set up what else opens the account: identities, second factor and
   * recovery codes go. False when there is no such token, or no more.
   */
  resetPassword(tokenHash: string, passwordHash: string, at: EpochMs): Promise<boolean>
  markVerified(userId: string, at: EpochMs): Promise<void>
  /**
   * Ends every session and every mailed token with the old password; who guessed codes knew it, and starts again. False, and
   * nothing ends, when it is not `before` any more.
   */
  changePassword(userId: string, before: string, after: string): Promise<boolean>
  /** Stores the same password at another cost; nothing ends. Does nothing when it was changed since. */
  replaceHash(userId: string, before: string, after: string): Promise<void>
  sessions(userId: string, at: EpochMs): Promise<readonly OwnSession[]>
  endSession(userId: string, tokenHash: string): Promise<void>
  /** Ends all but one, in one statement. Answers how many of them were still good. */
  endOtherSessions(userId: string, kept: string, at: EpochMs): Promise<number>
}
