import { vi } from 'vitest'
import { caller } from './caller'
import { startGroup } from './start-group'

const START_MS_MAX = 60_000

export type Zoo = {
  readonly url: string
  /** `host:port`, as a list of allowed hosts wants it. */
  readonly host: string
  readonly arrivals: () => Promise<
    readonly { readonly method: string; readonly path: string; readonly headers: Record<string, string> }[]
  >
  readonly reset: () => Promise<void>
  readonly end: () => Promise<void>
}

/** Starts the system that leads its callers astray, a process of its own. */
export async function startZoo(): Promise<Zoo> {
  const group = startGroup(['test/support/redirect-zoo.mjs', '--port', '0'])
  await vi.waitUntil(() => group.output().includes('\n'), { timeout: START_MS_MAX, interval: 20 })
  const { url } = JSON.parse(group.output().split('\n')[0] ?? '') as { url: string }
  const call = caller(url)
  return {
    url,
    host: new URL(url).host,
    arrivals: async () => (await call('GET', '/_log')).body as never,
    reset: async () => void (await call('POST', '/_reset', {})),
    end: () => group.signal('SIGTERM'),
  }
}
