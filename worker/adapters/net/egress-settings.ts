import type { Clock } from '#core/kernel/time'
import { parseDevelopmentEgress, type EgressSettings as DevelopmentSettings } from './development-egress'
import { createDohResolver } from './doh-resolver'
import type { EgressPolicy } from './egress-policy'
import { platformFetch } from './platform-fetch'

export type EgressSettings = DevelopmentSettings & {
  /** Where people and senders reach this service; empty or absent = not known. */
  readonly PUBLIC_URL?: string
  readonly HOOKS_URL?: string
  /** A resolver that answers DNS over HTTPS; empty or absent = names are not looked up. */
  readonly EGRESS_DOH_URL?: string
}

/**
 * The one policy of everything that leaves. Ourselves we are called by the front door only: an execution that calls its own
 * host would never end. Throws when a setting cannot be read: a service never starts half open.
 */
export function egressPolicyOf(settings: EgressSettings, clock: Clock): EgressPolicy {
  const { PUBLIC_URL = '', HOOKS_URL = '', EGRESS_DOH_URL = '' } = settings
  const own = [PUBLIC_URL, HOOKS_URL].filter((url) => url !== '').map((url) => new URL(url).hostname)
  const policy = { ownHosts: new Set(own), ...parseDevelopmentEgress(settings) }
  if (EGRESS_DOH_URL === '') return policy
  const url = resolverUrl(EGRESS_DOH_URL, settings.ENVIRONMENT === 'development')
  return { ...policy, resolve: createDohResolver({ url, fetch: platformFetch, clock }) }
}

/** Answers that somebody on the way can change are worth nothing; in development the resolver is on the same machine. */
function resolverUrl(text: string, isDevelopment: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'https:' || (isDevelopment && url?.protocol === 'http:')) return url
  throw new Error('EGRESS_DOH_URL must be an https URL, such as https://cloudflare-dns.com/dns-query.')
}
