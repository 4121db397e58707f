import type { InboxEntry } from '#core/shard/wire'

export type Inbox = {
  readonly listen: (listener: (entries: readonly InboxEntry[]) => void) => void
  readonly deliver: (entries: readonly InboxEntry[]) => void
  /** How many have come: the shard sends what came after them. */
  readonly heard: () => number
}

/** Passes on each outside fact once, however often the shard mentions it; what comes before anybody listens is kept. */
export function createInbox(): Inbox {
  const seen = new Set<string>()
  let early: InboxEntry[] = []
  let heed = (entries: readonly InboxEntry[]): void => void early.push(...entries)
  return {
    heard: () => seen.size,
    listen(listener: (entries: readonly InboxEntry[]) => void): void {
      heed = listener
      if (early.length > 0) listener(early)
      early = []
    },
    deliver(entries: readonly InboxEntry[]): void {
      const fresh = entries.filter(({ kind, key }) => !seen.has(`${kind}:${key}`))
      for (const { kind, key } of fresh) seen.add(`${kind}:${key}`)
      if (fresh.length > 0) heed(fresh)
    },
  }
}
