import type { Clock } from '#core/kernel/time'
import { LEASE_MS } from '#core/shard/lease'
import type { CommitAnswer, Work } from '#core/shard/wire'
import type { Inbox } from './inbox'
import { countEvents, type Pager } from './journal-pages'
import type { LeaseClock } from './lease-clock'
import type { ShardWriter } from './shard-writer'

/** Thrown when the shard no longer takes this runner's word: somebody else has the execution, or it has ended. */
export class Fenced extends Error {}

/** What a slice has left to write, from which line on, and how much mail it has heard. */
export type Rest = { readonly from: number; readonly events: readonly string[]; readonly heard: number }

/**
 * Events that happened here, in order, and how many of them the shard has. One commit in flight at a time. `from` counts
 * the lines of the journal, which may be pages; everything else counts events.
 */
export type JournalBuffer = {
  push(line: string): void
  /** Length of the events that have not travelled yet. */
  pendingChars(): number
  /** How many events are durable. */
  committed(): number
  /** Resolves once the first `count` events are durable (the write barrier, 4.4 rule 7). */
  ensure(count: number): Promise<void>
  /** What still has to travel, for the last write of a slice; waits for a commit in flight. */
  rest(): Promise<Rest>
  /** The same without storing anything: for when the store of outputs cannot be reached. */
  unpacked(): Promise<Rest>
  /** Hears from the shard now, with the first `count` events durable: whether the execution is still ours, and its mail. */
  confirm(count: number): Promise<void>
  /** Extends the lease without writing. */
  renew(): Promise<void>
}

export function createJournalBuffer(
  work: Work,
  ports: { clock: Clock; writer: ShardWriter; lease: LeaseClock; inbox: Inbox; pack: Pager },
): JournalBuffer {
  const { seq, token } = work
  let written = work.events
  let committed = countEvents(work.journal)
  let lines: string[] = []
  let pendingChars = 0
  let inFlight: Promise<void> | null = null

  function heed(answer: CommitAnswer, sentAt: number): void {
    if (answer.kind === 'fenced') throw new Fenced()
    ports.lease.extend(sentAt, LEASE_MS)
    if (answer.inbox.length > 0) ports.inbox.deliver(answer.inbox)
  }

  async function send(): Promise<void> {
    const sent = [...lines]
    const packed = ports.pack(sent)
    const events = packed instanceof Promise ? await packed : packed
    const sentAt = ports.clock()
    const answer = await ports.writer.commit({ seq, token, from: written, events, heard: ports.inbox.heard() })
    // Only now: what a broken commit carried has to travel again, or the journal would have a gap (I3).
    lines = lines.slice(sent.length)
    pendingChars -= sent.reduce((sum, line) => sum + line.length, 0)
    written += events.length
    committed += sent.length
    heed(answer, sentAt)
  }

  async function flush(): Promise<void> {
    inFlight ??= send().finally(() => {
      inFlight = null
    })
    return inFlight
  }

  async function ensure(count: number): Promise<void> {
    while (committed < count) await flush()
  }

  async function renew(): Promise<void> {
    const sentAt = ports.clock()
    heed(await ports.writer.renew({ seq, token, heard: ports.inbox.heard() }), sentAt)
  }

  return {
    push(line) {
      lines.push(line)
      pendingChars += line.length
    },
    pendingChars: () => pendingChars,
    committed: () => committed,
    ensure,
    confirm: (count) => (committed < count ? ensure(count) : renew()),
    async rest() {
      if (inFlight !== null) await inFlight
      return { from: written, events: await ports.pack([...lines]), heard: ports.inbox.heard() }
    },
    unpacked: async () => ({ from: written, events: [...lines], heard: ports.inbox.heard() }),
    renew,
  }
}
