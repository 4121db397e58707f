import { vi } from 'vitest'
import { caller } from './caller'
import { startGroup } from './start-group'

const START_MS_MAX = 60_000

/** What a name leads to, from one question on to the next. */
export type ZoneEntry = {
  readonly A?: readonly string[]
  readonly AAAA?: readonly string[]
  readonly CNAME?: readonly string[]
  /** Seconds; 60 unless it says so. */
  readonly ttl?: number
}

export type Resolver = {
  /** What `EGRESS_DOH_URL` is set to. */
  readonly url: string
  readonly set: (zone: Readonly<Record<string, readonly ZoneEntry[]>>) => Promise<void>
  readonly mode: (mode: string | null) => Promise<void>
  readonly questions: () => Promise<
    readonly { readonly name: string; readonly type: number; readonly format: string }[]
  >
  readonly reset: () => Promise<void>
  readonly end: () => Promise<void>
}

/** Starts the resolver that can change its mind, a process of its own. */
export async function startResolver(): Promise<Resolver> {
  const group = startGroup(['test/support/doh-resolver.mjs', '--port', '0'])
  await vi.waitUntil(() => group.output().includes('\n'), { timeout: START_MS_MAX, interval: 20 })
  const { url } = JSON.parse(group.output().split('\n')[0] ?? '') as { url: string }
  const call = caller(new URL(url).origin)
  const post = async (path: string, body: unknown) => {
    const { status, text } = await call('POST', path, body)
    if (status !== 200) throw new Error(text)
  }
  return {
    url,
    set: (zone) => post('/_zone', zone),
    mode: (mode) => post('/_mode', { mode }),
    questions: async () => (await call('GET', '/_log')).body as never,
    reset: () => post('/_reset', {}),
    end: () => group.signal('SIGTERM'),
  }
}
