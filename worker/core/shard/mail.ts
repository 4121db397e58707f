import type { EpochMs } from '../kernel/time'
import { LIMITS } from '../model/limits'
import { withoutOutput } from './children'
import { cancel } from './interrupt'
import type { Live, Shard } from './memory'
import { makeReady } from './rings'
import type { InboxEntry, NotifyAnswer, NotifyRequest, SignalAnswer, SignalRequest } from './wire'

// Facts from outside wait in the inbox until the execution ends: a runner that takes over reads them all again and knows
// which it has journaled. Whoever holds the execution is told with its next commit or renewal; one that waits is woken.

const SIGNALS_MAX = 1_000

/** Keeps a signal for an execution; repeats of one `signalId` change nothing. */
export function signal(shard: Shard, request: SignalRequest, now: EpochMs): SignalAnswer {
  const { seq, name, signalId, actor } = request
  const entry = shard.memory.live.get(seq)
  if (entry === undefined) return signalAtEnd(shard, request)
  const body = JSON.stringify({ name, payload: JSON.parse(request.payload) as unknown, actor })
  const earlier = shard.store.inboxEntry(seq, 'signal', signalId)
  if (earlier !== null) return contentOf(earlier.body) === contentOf(body) ? 'duplicate' : 'reused'
  const { entries, chars } = entry.mail
  if (entries >= SIGNALS_MAX || chars + body.length > LIMITS.outputInlineBytesPerExecutionMax) return 'full'
  deliver(shard, entry, { kind: 'signal', key: signalId, body }, now)
  return 'recorded'
}

/** The same signal from somebody else is still the same. */
function contentOf(body: string): string {
  const { name, payload } = JSON.parse(body) as { name: string; payload: unknown }
  return JSON.stringify([name, payload])
}

function signalAtEnd({ store }: Shard, { seq, signalId }: SignalRequest): SignalAnswer {
  const row = store.row(seq)
  if (row === null) return 'unknown'
  const mark = `"signalId":${JSON.stringify(signalId)}`
  return row.journal.some((line) => line.includes(mark)) ? 'duplicate' : 'terminal'
}

/**
 * Hears what another execution has to tell: the end of a child, or that the parent waits no more. No end is refused, or the
 * parent would wait for ever; beyond what one claim can carry it comes without its output, as a failure that says so.
 */
export function notify(shard: Shard, { seq, kind, key, body }: NotifyRequest, now: EpochMs): NotifyAnswer {
  const entry = shard.memory.live.get(seq)
  if (entry === undefined) return shard.store.row(seq) === null ? 'unknown' : 'terminal'
  if (kind === 'child_cancel') {
    const reason = `The execution that waited for it has ended: ${key}.`
    return cancel(shard, { seq, reason, actor: null }, now)
  }
  if (shard.store.inboxEntry(seq, kind, key) !== null) return 'duplicate'
  const fits = entry.mail.chars + body.length <= LIMITS.inboxCharsMax
  deliver(shard, entry, { kind, key, body: fits ? body : withoutOutput(body) }, now)
  return 'recorded'
}

function deliver(shard: Shard, entry: Live, item: Omit<InboxEntry, 'at'>, now: EpochMs): void {
  const { store, memory } = shard
  // The order of arrival is the order of instants, also within one millisecond and when the clock steps back.
  const { entries, chars, lastAt } = entry.mail
  const at = Math.max(now, lastAt + 1)
  const isParked = entry.claimed && entry.parkedUntil !== null
  store.transaction(() => {
    store.addInbox(entry.seq, { ...item, at })
    if (isParked) store.unpark(entry.seq)
  })
  entry.mail = { entries: entries + 1, chars: chars + item.body.length, lastAt: at }
  if (!isParked) return
  entry.parkedUntil = null
  makeReady(memory, entry, now)
}
