import {
  base64url,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose'
import { err, ok, type Result } from '#core/kernel/result'
import type { Clock } from '#core/kernel/time'
import type { TokenRules } from '#core/triggers/schemes/claim'
import type { KeySets, PublicKeys } from '../../ports/key-sets'
import type { TokenProblem, TokenVerifier } from '../../ports/token-verifier'

export type TokenVerifierDeps = { readonly keySets: KeySets; readonly clock: Clock }

/** Tokens as `jose` judges them, under rules that leave it no choice: algorithms, issuer, audience and expiry are all required. */
export function createTokenVerifier(deps: TokenVerifierDeps): TokenVerifier {
  const finders = new WeakMap<PublicKeys, JWTVerifyGetKey>()
  return async (token, rules) => {
    const kid = kidOf(token, rules)
    if (!kid.ok) return kid
    const [issuer = ''] = rules.issuers
    const keys = await deps.keySets({ issuer, url: rules.keySetUrl }, kid.value)
    if (keys === null) return err('unavailable')
    const find = finders.get(keys) ?? createLocalJWKSet({ keys: [...keys] })
    finders.set(keys, find)
    return judge(token, rules, find, deps.clock())
  }
}

/** The key a token names, before anything else of it is believed; a token we would never accept asks no issuer. */
function kidOf(token: string, rules: TokenRules): Result<string | null, TokenProblem> {
  try {
    const { alg, kid = null, crit } = decodeProtectedHeader(token)
    const isUsable = alg !== undefined && rules.algorithms.includes(alg) && crit === undefined && isCanonical(token)
    return isUsable && (kid === null || typeof kid === 'string') ? ok(kid) : err('malformed')
  } catch {
    return err('malformed')
  }
}

/** One token has one spelling: bits that encode nothing are refused, or a changed token could pass for the same. */
function isCanonical(token: string): boolean {
  return token.split('.').every((part) => base64url.encode(base64url.decode(part)) === part)
}

async function judge(
  token: string,
  rules: TokenRules,
  find: JWTVerifyGetKey,
  now: number,
): Promise<Result<{ expiresAt: number }, TokenProblem>> {
  try {
    const { payload } = await jwtVerify(token, find, {
      algorithms: [...rules.algorithms],
      issuer: [...rules.issuers],
      audience: [...rules.audiences],
      clockTolerance: rules.clockToleranceMs / 1_000,
      currentDate: new Date(now),
      requiredClaims: ['exp'],
    })
    return claimsHold(payload, rules, now) ? ok({ expiresAt: (payload.exp ?? 0) * 1_000 }) : err('claim_wrong')
  } catch (error) {
    return err(problemOf(error))
  }
}

function claimsHold(payload: JWTPayload, rules: TokenRules, now: number): boolean {
  if (rules.singleAudience && typeof payload.aud !== 'string') return false
  if (payload.iat !== undefined && payload.iat * 1_000 > now + rules.clockToleranceMs) return false
  return Object.entries(rules.claims).every(([name, value]) => Object.hasOwn(payload, name) && payload[name] === value)
}

function problemOf(error: unknown): TokenProblem {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return 'claim_wrong'
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'key_unknown'
  return error instanceof errors.JWSSignatureVerificationFailed ? 'signature_wrong' : 'malformed'
}
