import * as z from 'zod'
import type { Clock, EpochMs } from '#core/kernel/time'
import type { HttpSender } from '../../ports/http-sender'
import type { KeySets, KeySource, PublicKeys } from '../../ports/key-sets'

export type KeySetDeps = {
  /** Judges and sends under the one egress policy. */
  readonly send: HttpSender
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<void>
}

type Entry = {
  keys: PublicKeys | null
  fetchedAt: EpochMs
  failedAt: EpochMs
  refetchedAt: EpochMs
  /** Since when somebody is asking. */
  askedAt: EpochMs | null
  /** Key ids the issuer did not know, and until when it is not asked about them again. */
  readonly unknown: Map<string, EpochMs>
}

const ISSUERS_MAX = 500
const UNKNOWN_MAX = 1_000
const KEYS_MAX = 100
const FRESH_MS = 10 * 60_000
/** Keys that could not be renewed are used on for this long. */
const STALE_MS = 24 * 3_600_000
const FAILURE_MS = 5_000
const REFETCH_MS = 10_000
const UNKNOWN_MS = 60_000
const TIMEOUT_MS = 5_000
const WAIT_MS = 20

const HttpsUrl = z.string().regex(/^https:\/\//)
const Discovery = z.object({ issuer: z.string(), jwks_uri: HttpsUrl })
const KeySet = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().exactOptional() })).max(KEYS_MAX),
})

/**
 * Key sets over the network. An isolate asks an issuer every ten minutes, once more when a token names a key it has not seen,
 * and not again about that key for a minute: made-up tokens cannot make it ask at will.
 */
export function createKeySets(deps: KeySetDeps): KeySets {
  const entries = new Map<string, Entry>()
  return async (source, kid) => {
    const entry = entryOf(entries, source)
    const now = deps.clock()
    const isFresh = entry.keys !== null && now - entry.fetchedAt < FRESH_MS
    if (!isFresh && now - entry.failedAt >= FAILURE_MS) await load(deps, source, entry)
    if (mayHaveChanged(entry, kid, now)) {
      entry.refetchedAt = now
      await load(deps, source, entry)
      if (kid !== null && !has(entry.keys, kid)) forget(entry, kid, now)
    }
    return deps.clock() - entry.fetchedAt < STALE_MS ? entry.keys : null
  }
}

function mayHaveChanged(entry: Entry, kid: string | null, now: EpochMs): boolean {
  if (kid === null || entry.keys === null || has(entry.keys, kid)) return false
  return now - entry.refetchedAt >= REFETCH_MS && now >= (entry.unknown.get(kid) ?? 0)
}

function has(keys: PublicKeys | null, kid: string): boolean {
  return keys?.some((key) => key.kid === kid) ?? false
}

function forget(entry: Entry, kid: string, now: EpochMs): void {
  if (entry.unknown.size >= UNKNOWN_MAX) entry.unknown.clear()
  entry.unknown.set(kid, now + UNKNOWN_MS)
}

function entryOf(entries: Map<string, Entry>, source: KeySource): Entry {
  const name = source.url ?? `discovery ${source.issuer}`
  const known = entries.get(name)
  if (known !== undefined) return known
  if (entries.size >= ISSUERS_MAX) entries.delete(entries.keys().next().value ?? '')
  const never = Number.NEGATIVE_INFINITY
  const entry = { keys: null, fetchedAt: never, failedAt: never, refetchedAt: never, askedAt: null, unknown: new Map() }
  entries.set(name, entry)
  return entry
}

/**
 * Asks, unless another request is asking: that one is waited for by looking again, because a request that hangs up takes what
 * it waits for with it.
 */
async function load(deps: KeySetDeps, source: KeySource, entry: Entry): Promise<void> {
  if (entry.askedAt !== null) {
    const until = entry.askedAt + TIMEOUT_MS
    while (entry.askedAt !== null && deps.clock() < until) await deps.sleep(WAIT_MS)
    if (entry.askedAt === null) return
  }
  entry.askedAt = deps.clock()
  const keys = await ask(deps.send, source)
  entry.askedAt = null
  if (keys === null) {
    entry.failedAt = deps.clock()
    return
  }
  entry.fetchedAt = deps.clock()
  if (JSON.stringify(keys) !== JSON.stringify(entry.keys)) entry.keys = keys
}

async function ask(send: HttpSender, { issuer, url }: KeySource): Promise<PublicKeys | null> {
  let place = url
  if (place === null) {
    const discovery = await read(send, `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, Discovery)
    // An issuer speaks for itself only (OpenID Connect Discovery, 4.3).
    if (discovery?.issuer !== issuer) return null
    place = discovery.jwks_uri
  }
  const set = await read(send, place, KeySet)
  return set?.keys.filter(({ kty }) => kty !== 'oct') ?? null
}

async function read<T>(send: HttpSender, url: string, schema: z.ZodType<T>): Promise<T | null> {
  const headers = { accept: 'application/json' }
  const request = { url, method: 'GET', headers, body: null, timeoutMs: TIMEOUT_MS, followRedirects: false }
  const answer = await send(request)
  if (answer.kind !== 'response' || answer.status !== 200) return null
  try {
    return schema.safeParse(JSON.parse(answer.text)).data ?? null
  } catch {
    return null
  }
}
