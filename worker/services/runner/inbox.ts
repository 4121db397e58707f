import type { InboxEntry } from '#core/shard/wire'

export type Inbox = {
  readonly listen: (listener: (entries: readonly InboxEntry[]) => void) => void
  readonly deliver: (entries: readonly InboxEntry[]) => void
  /** How many have been passed on: the shard sends what came after them. */
  readonly heard: () => number
}

/** Passes on each outside fact once, however often the shard mentions it. */
export function createInbox(): Inbox {
  const seen = new Set<string>()
  let heed: (entries: readonly InboxEntry[]) => void = () => undefined
  return {
    heard: () => seen.size,
    listen(listener: (entries: readonly InboxEntry[]) => void): void {
      heed = listener
    },
    deliver(entries: readonly InboxEntry[]): void {
      const fresh = entries.filter(({ kind, key }) => !seen.has(`${kind}:${key}`))
      for (const { kind, key } of fresh) seen.add(`${kind}:${key}`)
      if (fresh.length > 0) heed(fresh)
    },
  }
}
