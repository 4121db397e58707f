import type { Clock, EpochMs } from '#core/kernel/time'
import { readDnsJson } from './dns-json'
import { decodeAnswer, encodeQuestion } from './dns-message'
import { type AddressType, type DnsAnswer, RECORD_TYPES } from './dns-record'
import type { Resolution, Resolve } from './egress-policy'
import type { Fetch } from './follow'

export type DohResolverDeps = {
  /** The resolver's address. It was chosen by the operator: it is not judged. */
  readonly url: URL
  readonly fetch: Fetch
  readonly clock: Clock
}

const NAMES_MAX = 1_000
/** However long an answer may be kept: what it says is asked again before an attacker has much use of it. */
const KEEP_MS_MAX = 30_000
const KEEP_UNKNOWN_MS = 5_000
const TIMEOUT_MS = 5_000
const ANSWER_BYTES_MAX = 65_535
const NO_SUCH_NAME = 3

/**
 * Names by DNS over HTTPS: JSON where the resolver speaks it, else wire format (RFC 8484). Both families are asked for, and a
 * name whose addresses are not all known counts as unresolved. Keeps 1,000 names, each as long as its shortest TTL and no
 * longer than 30 s. Never throws.
 */
export function createDohResolver({ url, fetch, clock }: DohResolverDeps): Resolve {
  const kept = new Map<string, { readonly resolution: Resolution; readonly untilAt: EpochMs }>()
  let format: 'json' | 'wire' = 'json'

  async function ask(name: string, type: AddressType, signal: AbortSignal): Promise<DnsAnswer | null> {
    const asked = format
    const first = await query(fetch, questionOf(url, name, type, asked), signal)
    if (first !== null) return first
    const other = asked === 'json' ? 'wire' : 'json'
    const second = await query(fetch, questionOf(url, name, type, other), signal)
    if (second !== null) format = other
    return second
  }

  function keep(host: string, resolution: Resolution, keepMs: number): void {
    kept.delete(host)
    if (keepMs <= 0) return
    if (kept.size >= NAMES_MAX) kept.delete(kept.keys().next().value ?? '')
    kept.set(host, { resolution, untilAt: clock() + keepMs })
  }

  return async (host, signal) => {
    const known = kept.get(host)
    if (known !== undefined && known.untilAt > clock()) return known.resolution
    const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const answers = await Promise.all([ask(host, 'A', stop), ask(host, 'AAAA', stop)])
    const resolution = resolutionOf(answers)
    keep(host, resolution, resolution.kind === 'resolved' ? keepMsOf(answers) : keepUnknownMs(resolution))
    return resolution
  }
}

function questionOf(resolver: URL, name: string, type: AddressType, format: 'json' | 'wire') {
  const url = new URL(resolver)
  if (format === 'json') {
    url.searchParams.set('name', name)
    url.searchParams.set('type', type)
    return { url, accept: 'application/dns-json' }
  }
  const text = btoa(String.fromCharCode(...encodeQuestion(name, type)))
  url.searchParams.set('dns', text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
  return { url, accept: 'application/dns-message' }
}

/** Null: no answer that can be read. */
async function query(
  fetch: Fetch,
  { url, accept }: { readonly url: URL; readonly accept: string },
  signal: AbortSignal,
): Promise<DnsAnswer | null> {
  try {
    const response = await fetch(url, { method: 'GET', headers: { accept }, redirect: 'manual', signal })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (response.status !== 200 || bytes.length > ANSWER_BYTES_MAX) return null
    const type = response.headers.get('content-type') ?? ''
    return type.startsWith('application/dns-message')
      ? decodeAnswer(bytes)
      : readDnsJson(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}

function resolutionOf(answers: readonly (DnsAnswer | null)[]): Resolution {
  const read = answers.filter((answer) => answer !== null)
  const isWhole = read.length === answers.length && read.every(({ code }) => code === 0 || code === NO_SUCH_NAME)
  if (!isWhole) return { kind: 'failed' }
  const records = read.flatMap((answer) => answer.records)
  const isAlias = ({ type }: { readonly type: number }) => type === RECORD_TYPES.CNAME
  const addresses = records.filter((record) => !isAlias(record)).map(({ data }) => data)
  if (addresses.length === 0) return { kind: 'unknown' }
  return { kind: 'resolved', addresses, aliases: records.filter(isAlias).map(({ data }) => data) }
}

function keepMsOf(answers: readonly (DnsAnswer | null)[]): number {
  const ttls = answers.flatMap((answer) => answer?.records.map(({ ttlSeconds }) => ttlSeconds * 1_000) ?? [])
  return Math.min(KEEP_MS_MAX, ...ttls)
}

function keepUnknownMs({ kind }: Resolution): number {
  return kind === 'unknown' ? KEEP_UNKNOWN_MS : 0
}
