import type { Clock } from '#core/kernel/time'
import type { HttpSender } from '../../ports/http-sender'

/** What this service is called at a provider, and the secret that proves it. */
export type ClientCredentials = { readonly clientId: string; readonly clientSecret: string }

export type ProviderDeps = ClientCredentials & {
  /** Judges and sends under the one egress policy. */
  readonly send: HttpSender
  readonly clock: Clock
  /** Told the operators' side of what people are told in general words. */
  readonly report: (event: string, facts: Readonly<Record<string, string>>) => void
}
