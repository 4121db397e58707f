import { Buffer } from 'node:buffer'
import { assertNever } from '#core/kernel/assert'
import { err, ok, type Result } from '#core/kernel/result'
import type { Clock } from '#core/kernel/time'
import type { ResolvedAuthentication } from '#core/release/endpoint-spec'
import type { Claim } from '#core/triggers/schemes/claim'
import type { SignedCall } from '#core/triggers/schemes/define-scheme'
import { type Scheme, schemeOf, type StoredAuthentication } from '#core/triggers/schemes/registry'
import { sha256Hex } from '../../adapters/crypto/digest'
import { createHashVerifier, createHmacVerifier, createSecretComparer } from '../../adapters/crypto/hmac'
import type { TokenProblem, TokenVerifier } from '../../ports/token-verifier'
import { BoundedCache } from './bounded-cache'
import { joinMessage } from './join-message'

type Bytes = Uint8Array<ArrayBuffer>

/** Why a call was not believed; for the owner's eyes, senders learn nothing of it. */
export type AuthenticationProblem =
  'secret_unusable' | 'credential_malformed' | 'credential_wrong' | 'time_outside' | `token_${TokenProblem}`

/** Whether a call carries the right credentials. Answers, never throws; malformed ones are wrong ones. */
export type Authenticator = (
  call: SignedCall & { readonly body: Bytes },
) => Promise<Result<null, AuthenticationProblem>>

export type AuthenticateDeps = { readonly clock: Clock; readonly tokens: TokenVerifier }

/** A token that was believed is believed for at most this long without looking again. */
const TOKEN_TRUST_MS = 60_000
const TOKENS_MAX = 1_000
const PASSED = ok(null)

/** Prepares the check of one endpoint: secrets are hashed and keys imported once, not per call. */
export function createAuthenticator(spec: ResolvedAuthentication, deps: AuthenticateDeps): Authenticator {
  if (spec.type === 'unusable') return async () => err('secret_unusable')
  const scheme = schemeOf(spec.type)
  const secrets = keysIn(scheme, spec)
  if (secrets === null) return async () => err('secret_unusable')
  const prove = createProver(secrets, deps)
  return async (call) => {
    const claim = scheme.claim(spec, call)
    if (claim !== null) return prove(claim)
    // A malformed credential costs as much as a wrong one.
    await prove({ kind: 'mac', algorithm: 'sha256', message: [call.body], signatures: [NOTHING], sent: null })
    return err('credential_malformed')
  }
}

const NOTHING = new Uint8Array(32)

/** What the secrets in force hold, the current one first; null when the current one holds no key (fail closed). */
function keysIn(scheme: Scheme, spec: StoredAuthentication): readonly Bytes[] | null {
  const fields = spec as Readonly<Record<string, unknown>>
  const keys = scheme.secrets.map((name) => {
    const text = fields[name]
    if (typeof text !== 'string' || text === '') return null
    const key = scheme.keyOf === undefined ? Buffer.from(text, 'utf8') : scheme.keyOf(text)
    return key === null || key.length === 0 ? null : new Uint8Array(key)
  })
  return keys[0] === null ? null : keys.filter((key) => key !== null)
}

function createProver(secrets: readonly Bytes[], { clock, tokens }: AuthenticateDeps) {
  const texts = secrets.map(createSecretComparer)
  const hashes = secrets.map(createHashVerifier)
  const macs = {
    sha256: secrets.map((secret) => createHmacVerifier('sha256', secret)),
    sha512: secrets.map((secret) => createHmacVerifier('sha512', secret)),
  }
  const believed = new BoundedCache<number>(TOKENS_MAX)
  return async (claim: Claim): Promise<Result<null, AuthenticationProblem>> => {
    switch (claim.kind) {
      case 'open':
        return PASSED
      case 'text':
        return verdict(texts.map((isSecret) => isSecret(claim.given)).includes(true))
      case 'hash': {
        const message = joinMessage(claim.message)
        return verdict(hashes.map((isHash) => isHash(claim.signature, message)).includes(true))
      }
      case 'mac': {
        const isRight = await anyMac(macs[claim.algorithm], claim)
        const isRecent = claim.sent === null || Math.abs(clock() - claim.sent.at) <= claim.sent.toleranceMs
        return isRight && !isRecent ? err('time_outside') : verdict(isRight)
      }
      case 'token':
        return proveToken(claim, believed, { clock, tokens })
      default:
        return assertNever(claim)
    }
  }
}

function verdict(isRight: boolean): Result<null, AuthenticationProblem> {
  return isRight ? PASSED : err('credential_wrong')
}

type Verify = ReturnType<typeof createHmacVerifier>

async function anyMac(verifiers: readonly Verify[], claim: Extract<Claim, { kind: 'mac' }>): Promise<boolean> {
  const message = joinMessage(claim.message)
  for (const verify of verifiers) {
    for (const signature of claim.signatures) {
      if (await verify(new Uint8Array(signature), message)) return true
    }
  }
  return false
}

/** Checking a signature with a public key costs more than all else here, and senders use a token many times. */
async function proveToken(
  { token, rules }: Extract<Claim, { kind: 'token' }>,
  believed: BoundedCache<number>,
  { clock, tokens }: AuthenticateDeps,
): Promise<Result<null, AuthenticationProblem>> {
  const name = sha256Hex(JSON.stringify([token, rules.audiences]))
  const now = clock()
  if (now < (believed.get(name) ?? 0)) return PASSED
  const judged = await tokens(token, rules)
  if (!judged.ok) return err(`token_${judged.error}` as const)
  believed.set(name, Math.min(now + TOKEN_TRUST_MS, judged.value.expiresAt + rules.clockToleranceMs))
  return PASSED
}
