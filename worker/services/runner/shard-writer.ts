import type { CommitAnswer, CommitItem, FinishAnswer, FinishItem, ParkItem } from '#core/shard/wire'
import type { ShardHandle } from '../../ports/shards'

/** Writes of one runner to one shard. What several executions write in the same turn travels in one call. */
export type ShardWriter = {
  commit(item: CommitItem): Promise<CommitAnswer>
  park(item: ParkItem): Promise<CommitAnswer>
  finish(item: FinishItem): Promise<FinishAnswer>
  renew(item: { seq: number; token: number }): Promise<CommitAnswer>
}

export function createShardWriter(shard: ShardHandle): ShardWriter {
  return {
    commit: coalesce((items: readonly CommitItem[]) => shard.commit({ items })),
    park: coalesce((items: readonly ParkItem[]) => shard.park({ items })),
    finish: coalesce((items: readonly FinishItem[]) => shard.finish({ items })),
    renew: coalesce((items: readonly { seq: number; token: number }[]) => shard.renew({ items })),
  }
}

type Waiting<Item, Answer> = { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }

/** Gathers the calls of one turn into one; each caller gets the answer to its own item. */
function coalesce<Item, Answer>(send: (items: readonly Item[]) => Promise<readonly Answer[]>) {
  let waiting: Waiting<Item, Answer>[] = []
  const flush = async () => {
    const batch = waiting
    waiting = []
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
  return (item: Item): Promise<Answer> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (waiting.length === 1) queueMicrotask(() => void flush())
    })
}
