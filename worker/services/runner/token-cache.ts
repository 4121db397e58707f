import type { EpochMs } from '#core/kernel/time'
import type { TokenAnswer } from './request-token'

/** What a token endpoint gave. */
export type AccessToken = { readonly token: string; readonly expiresAt: EpochMs }

/** Access tokens an isolate holds, by who asked whom for what. Nothing of them is ever written down. */
export type TokenCache = {
  /** A token that is good for a while yet, or null. */
  get(key: string, now: EpochMs): string | null
  set(key: string, token: AccessToken): void
  /** Forgets a token that was refused, unless another has taken its place. */
  drop(key: string, token: string): void
  /** The request for a token that is under way, if it began lately: whoever began an older one may be gone. */
  underWay(key: string, now: EpochMs): Promise<TokenAnswer> | null
  begin(key: string, now: EpochMs, request: Promise<TokenAnswer>): void
}

const TOKENS_MAX = 1_000
/** How long others wait for the one who asks. */
export const FLIGHT_MS_MAX = 10_000

export function createTokenCache(): TokenCache {
  const tokens = new Map<string, AccessToken>()
  const flights = new Map<string, { readonly beganAt: EpochMs; readonly request: Promise<TokenAnswer> }>()
  return {
    get(key, now) {
      const known = tokens.get(key)
      return known !== undefined && known.expiresAt > now ? known.token : null
    },
    set(key, token) {
      if (tokens.size >= TOKENS_MAX) tokens.delete(tokens.keys().next().value ?? '')
      tokens.set(key, token)
    },
    drop(key, token) {
      if (tokens.get(key)?.token === token) tokens.delete(key)
    },
    underWay(key, now) {
      const flight = flights.get(key)
      return flight !== undefined && now - flight.beganAt < FLIGHT_MS_MAX ? flight.request : null
    },
    begin(key, beganAt, request) {
      const flight = { beganAt, request }
      flights.set(key, flight)
      const end = () => void (flights.get(key) === flight && flights.delete(key))
      request.then(end, end)
    },
  }
}
