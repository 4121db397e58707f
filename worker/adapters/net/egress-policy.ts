import ipaddr from 'ipaddr.js'

/** Which addresses the service itself may call, beyond the rules that hold everywhere. Hosts are lower-case. */
export type EgressPolicy = {
  /** Names this service answers under; calling ourselves is refused. */
  readonly ownHosts: ReadonlySet<string>
  /** `host:port` that may be called whatever they are. Development only, or chosen by the operator. */
  readonly allowHosts: ReadonlySet<string>
  /** Names that are answered by a stand-in. Development only. */
  readonly hostMap: ReadonlyMap<string, URL>
  /** Looks names up; absent = they are judged by their spelling only. */
  readonly resolve?: Resolve
}

/** What a name leads to. `unknown`: there is no such name, or it has no address · `failed`: nobody could say. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly addresses: readonly string[]; readonly aliases: readonly string[] }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed' }

/** Looks a name up, without its trailing dot. Never throws. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<Resolution>

export type EgressVerdict =
  /** `target` is what is dispatched: the very URL that was judged, or its stand-in. `vouched`: the operator named the place. */
  | { readonly allowed: true; readonly target: URL; readonly forwardedHost: string | null; readonly vouched: boolean }
  | { readonly allowed: false; readonly reason: string }

const URL_LENGTH_MAX = 2_048
const PORTS: ReadonlySet<string> = new Set(['80', '443', '8080', '8443'])
const DENIED_NAMES = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'corp',
  'home',
  'home.arpa',
  'localdomain',
  'svc',
  'cfargotunnel.com',
]
/** Public names whose only use is to mean a private address. */
const LOOPBACK_NAMES = [
  'nip.io',
  'sslip.io',
  'xip.io',
  'localtest.me',
  'lvh.me',
  'vcap.me',
  'lacolhost.com',
  'localhost.run',
  'traefik.me',
  '1u.ms',
  'rbndr.us',
]

/**
 * Judges one URL by its parsed form only: the parser that dispatches it has already undone every odd spelling of an address.
 * Pure: what its name leads to is judged apart (judge-name.ts).
 */
export function judgeUrl(url: URL, policy: EgressPolicy): EgressVerdict {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return deny('Only http and https can be called.')
  if (url.href.length > URL_LENGTH_MAX) return deny(`A URL may have at most ${URL_LENGTH_MAX} characters.`)
  if (url.username !== '' || url.password !== '') {
    return deny('A URL must not contain a user name or password; send an Authorization header.')
  }
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  const standIn = policy.hostMap.get(host)
  if (standIn !== undefined)
    return { allowed: true, target: moveTo(url, standIn), forwardedHost: url.host, vouched: true }
  const port = portOf(url)
  const allowed = { allowed: true, target: url, forwardedHost: null } as const
  if (policy.allowHosts.has(`${host}:${port}`)) return { ...allowed, vouched: true }
  if (!PORTS.has(port)) return deny(`Port ${port} cannot be called; allowed are ${[...PORTS].join(', ')}.`)
  const reason = hostProblem(host, policy)
  return reason === null ? { ...allowed, vouched: false } : deny(reason)
}

/** The port a URL means, also when it does not say. */
export function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
}

/** Why a host cannot be called, as far as its spelling tells; null when it can. Lower-case, without a trailing dot. */
export function hostProblem(host: string, policy: EgressPolicy): string | null {
  if (ipaddr.isValid(host.replace(/^\[|\]$/g, ''))) return 'IP addresses cannot be called; use a public host name.'
  if (policy.ownHosts.has(host)) return 'This service cannot call itself; start a workflow with a workflow stage.'
  if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(host)) return 'This is not a public host name.'
  const isWithin = (name: string) => host === name || host.endsWith(`.${name}`)
  if (DENIED_NAMES.some(isWithin) || LOOPBACK_NAMES.some(isWithin))
    return 'This host name belongs to a private network.'
  return null
}

/** Path and query are copied field by field: joined as text, a path such as `//host` would choose its own host. */
function moveTo(url: URL, base: URL): URL {
  const target = new URL(base)
  target.pathname = base.pathname.replace(/\/$/, '') + url.pathname
  target.search = url.search
  return target
}

function deny(reason: string): EgressVerdict {
  return { allowed: false, reason }
}
