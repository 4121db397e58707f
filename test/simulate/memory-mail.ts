import type { Post, ShardStore } from '#core/shard/store'
import type { MemoryDisk } from './memory-disk'
import type { Transactions } from './memory-transactions'

type MailMethods =
  | 'addInbox'
  | 'inboxEntry'
  | 'inbox'
  | 'clearInbox'
  | 'addPost'
  | 'postsDue'
  | 'nextPostDue'
  | 'postponePost'
  | 'dropPost'

/** What executions were told, and what they have to tell others. */
export function createMemoryMail(disk: MemoryDisk, { set, remove }: Transactions): Pick<ShardStore, MailMethods> {
  return {
    addInbox(seq, { kind, key, body, at }) {
      const before = disk.inbox.get(seq) ?? []
      const isKnown = before.some((entry) => entry.kind === kind && entry.key === key)
      if (!isKnown) set(disk.inbox, seq, [...before, { kind, key, body, at }])
    },
    inboxEntry(seq, kind, key) {
      const entry = disk.inbox.get(seq)?.find((one) => one.kind === kind && one.key === key)
      return entry === undefined ? null : { ...entry }
    },
    inbox: (seq, after) =>
      (disk.inbox.get(seq) ?? [])
        .map((entry) => ({ ...entry }))
        .toSorted((a, b) => a.at - b.at || inTextOrder(a.kind, b.kind) || inTextOrder(a.key, b.key))
        .slice(after),
    clearInbox: (seq) => remove(disk.inbox, seq),
    addPost({ target, kind, body, dueAt }) {
      let id = 1
      for (const taken of disk.outbox.keys()) id = Math.max(id, taken + 1)
      set(disk.outbox, id, { id, target, kind, body, dueAt, tries: 0 })
    },
    postsDue: (now, limit) =>
      [...disk.outbox.values()]
        .filter(({ dueAt }) => dueAt <= now)
        .toSorted((a, b) => a.dueAt - b.dueAt || a.id - b.id)
        .slice(0, limit)
        .map((post): Post => ({ ...post })),
    nextPostDue() {
      let next: number | null = null
      for (const { dueAt } of disk.outbox.values()) next = Math.min(next ?? dueAt, dueAt)
      return next
    },
    postponePost(id, dueAt) {
      const post = disk.outbox.get(id)
      if (post !== undefined) set(disk.outbox, id, { ...post, dueAt, tries: post.tries + 1 })
    },
    dropPost: (id) => remove(disk.outbox, id),
  }
}

function inTextOrder(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
