import type { EpochMs } from '#core/kernel/time'

export type SecondFactor = { readonly secret: string; readonly confirmedAt: EpochMs | null; readonly lastStep: number }

/** The second factors of people. Secrets arrive sealed, recovery codes as hashes. */
export type SecondFactorStore = {
  find(userId: string): Promise<SecondFactor | null>
  /** Keeps a secret that is not confirmed yet, in place of an earlier one. False when one is confirmed. */
  enrol(userId: string, secret: string): Promise<boolean>
  /** Makes it count and keeps the recovery codes, in one transaction. False when it counted already. */
  confirm(userId: string, at: EpochMs, codeHashes: readonly string[]): Promise<boolean>
  /** Counts a guess before it is judged. False when there were `most` already since a code was right. */
  countGuess(userId: string, most: number): Promise<boolean>
  /** Uses a time step up, and forgets the guesses. False when it, or a later one, was used before. */
  takeStep(userId: string, step: number): Promise<boolean>
  /** Uses a recovery code up. False when there is none such. */
  takeRecoveryCode(userId: string, codeHash: string): Promise<boolean>
  /** Keeps these recovery codes in place of all others, in one transaction. False when no second factor counts. */
  replaceRecoveryCodes(userId: string, codeHashes: readonly string[]): Promise<boolean>
  countRecoveryCodes(userId: string): Promise<number>
  remove(userId: string): Promise<void>
}
