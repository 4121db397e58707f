import type { Result } from '#core/kernel/result'
import type { LinkedIdentity } from './linked-identity-store'

/** What one sign-in is bound to: where the provider sends the browser back, and three texts nobody can guess. */
export type SignInBinding = {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  /** The secret of PKCE, of which the provider is told a hash first. */
  readonly verifier: string
}

/**
 * Why nobody was identified. `cancelled`: the person did not want to · `refused`: the answer proves nothing ·
 * `away`: the provider did not answer as it should · `unconfirmed`: it has not confirmed an address of theirs.
 */
export type SignInProblem = 'cancelled' | 'refused' | 'away' | 'unconfirmed'

/** Somebody else who says who people are. Neither call throws for anything the provider, or the browser, says. */
export type SignInProvider = {
  readonly id: string
  readonly name: string
  /** Where the browser is sent; null when the provider does not say. */
  readonly addressFor: (binding: SignInBinding) => Promise<string | null>
  /** Who came back to `redirectUri` with this query. The state was compared already. */
  readonly identify: (query: string, binding: SignInBinding) => Promise<Result<LinkedIdentity, SignInProblem>>
}

/** The providers that are set up, by id. */
export type SignInProviders = ReadonlyMap<string, SignInProvider>
