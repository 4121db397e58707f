import { vi } from 'vitest'
import { caller } from './caller'
import { startGroup } from './start-group'

const START_MS_MAX = 60_000

/** One request as the outside system saw it. */
export type Arrival = {
  readonly n: number
  readonly arrivedAt: number
  readonly method: string
  readonly path: string
  readonly key: string | null
  readonly execution: string | null
  readonly stage: string | null
  /** How many with the same key there were, this one included. */
  readonly attempt: number
  readonly bodyBytes: number
  readonly bodyHash: string
  readonly mode: string
  /** It did what it was asked for, whether or not it said so. */
  readonly applied: boolean
}

export type Sink = {
  readonly url: string
  /** `host:port`, as a list of allowed hosts wants it. */
  readonly host: string
  /** Everything that arrived after the given number, in order. */
  readonly arrivals: (after?: number) => Promise<readonly Arrival[]>
  /** Answers everything in this mode, whatever requests wish, until `null`. */
  readonly overrule: (mode: string | null) => Promise<void>
  readonly end: () => Promise<void>
}

/** Starts the effect sink, a process that outlives any server it is called by. */
export async function startSink(): Promise<Sink> {
  const group = startGroup(['test/support/effect-sink.mjs', '--port', '0'])
  await vi.waitUntil(() => group.output().includes('\n'), { timeout: START_MS_MAX, interval: 20 })
  const { url } = JSON.parse(group.output().split('\n')[0] ?? '') as { url: string }
  const call = caller(url)
  return {
    url,
    host: new URL(url).host,
    arrivals: async (after = 0) => (await call('GET', `/_log?after=${after}`)).body.requests as readonly Arrival[],
    async overrule(mode) {
      const { status, text } = await call('POST', '/_mode', { mode })
      if (status !== 200) throw new Error(text)
    },
    end: () => group.signal('SIGTERM'),
  }
}
