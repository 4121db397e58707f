import type { CommitAnswer, CommitItem, FinishAnswer, FinishItem, ParkItem, RenewItem } from '#core/shard/wire'
import type { ShardHandle } from '../../ports/shards'
import { inPackages } from './in-packages'
import type { RunnerDeps } from './runner-deps'

/** Writes of one runner to one shard. What several executions write in the same turn travels together. */
export type ShardWriter = {
  commit(item: CommitItem): Promise<CommitAnswer>
  park(item: ParkItem): Promise<CommitAnswer>
  finish(item: FinishItem): Promise<FinishAnswer>
  renew(item: RenewItem): Promise<CommitAnswer>
}

/** A shard that restarts is back within moments; together less than the margin a runner keeps at the end of its lease. */
const SEND_AGAIN_AFTER_MS = [50, 500, 2_000]

/** `open` answers a fresh handle: one that saw a call break may stay broken. Calls that break are sent again as they were. */
export function createShardWriter(open: () => ShardHandle, sleep: RunnerDeps['sleep']): ShardWriter {
  async function persist<T>(call: (shard: ShardHandle) => Promise<T>): Promise<T> {
    for (const waitMs of SEND_AGAIN_AFTER_MS) {
      try {
        return await call(open())
      } catch {
        await sleep(waitMs)
      }
    }
    return call(open())
  }
  return {
    commit: coalesce((items: readonly CommitItem[]) => persist((shard) => shard.commit({ items }))),
    park: coalesce((items: readonly ParkItem[]) => persist((shard) => shard.park({ items }))),
    finish: coalesce((items: readonly FinishItem[]) => persist((shard) => shard.finish({ items }))),
    renew: coalesce((items: readonly RenewItem[]) => persist((shard) => shard.renew({ items }))),
  }
}

type Waiting<Item, Answer> = { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }

/** Gathers the calls of one turn into few; each caller gets the answer to its own item. */
function coalesce<Item extends object, Answer>(send: (items: readonly Item[]) => Promise<readonly Answer[]>) {
  let waiting: Waiting<Item, Answer>[] = []
  async function deliver(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await send(batch.map(({ item }) => item))
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index]
        if (answer === undefined) reject(new Error('The shard did not answer every item.'))
        else resolve(answer)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  function flush(): void {
    const batch = waiting
    waiting = []
    for (const part of inPackages(batch, ({ item }) => charsOf(item))) void deliver(part)
  }
  return (item: Item): Promise<Answer> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (waiting.length === 1) queueMicrotask(flush)
    })
}

function charsOf(item: Partial<FinishItem>): number {
  const { events = [], result = '' } = item
  return events.reduce((sum, line) => sum + line.length, result.length)
}
