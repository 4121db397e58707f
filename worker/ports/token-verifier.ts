import type { TokenRules } from '#core/triggers/schemes/claim'
import type { Result } from '#core/kernel/result'
import type { EpochMs } from '#core/kernel/time'

/** Why a token is not believed. `unavailable`: the issuer's keys could not be had, so nobody can tell. */
export type TokenProblem = 'malformed' | 'key_unknown' | 'signature_wrong' | 'expired' | 'claim_wrong' | 'unavailable'

/** Judges JSON web tokens by the keys their issuer publishes. Never throws. */
export type TokenVerifier = (
  token: string,
  rules: TokenRules,
) => Promise<Result<{ readonly expiresAt: EpochMs }, TokenProblem>>
