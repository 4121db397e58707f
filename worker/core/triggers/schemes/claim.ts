import type { EpochMs } from '../../kernel/time'

/** What is signed: texts count as their UTF-8 bytes. */
export type Message = readonly (string | Uint8Array)[]

/** What an acceptable token must say. */
export type TokenRules = {
  readonly issuers: readonly string[]
  readonly audiences: readonly string[]
  /** A token made for several services is refused, also when we are one of them. */
  readonly singleAudience: boolean
  /** Where the issuer's keys are; null = where its discovery document says. */
  readonly keySetUrl: string | null
  readonly algorithms: readonly string[]
  /** Claims that must be there with exactly this value and type. */
  readonly claims: Readonly<Record<string, string | number | boolean>>
  readonly clockToleranceMs: number
}

/** What a call says about its sender, and what has to hold for it to be true. Nothing is proven yet. */
export type Claim =
  | { readonly kind: 'open' }
  /** `given` equals the secret. */
  | { readonly kind: 'text'; readonly given: string }
  /** One of `signatures` is the HMAC of `message` under the secret, and the time it was sent at, where there is one, is near. */
  | {
      readonly kind: 'mac'
      readonly algorithm: 'sha256' | 'sha512'
      readonly message: Message
      readonly signatures: readonly Uint8Array[]
      readonly sent: { readonly at: EpochMs; readonly toleranceMs: number } | null
    }
  /** `signature` is SHA-256 of the secret followed by `message`. */
  | { readonly kind: 'hash'; readonly message: Message; readonly signature: Uint8Array }
  /** A JSON web token, signed by one of the issuer's keys. */
  | { readonly kind: 'token'; readonly token: string; readonly rules: TokenRules }
