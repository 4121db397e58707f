import { parseExecutionId } from '../model/execution-id'
import type { EpochMs } from '../kernel/time'
import type { Shard } from './memory'
import type { Post } from './store'
import type { NotifyRequest } from './wire'

// What executions of this shard have to tell others: kept until it was heard, told at least once.

const POSTS_AT_ONCE_MAX = 20
const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 60_000

/** A message and where it goes. */
export type Delivery = {
  readonly post: Post
  readonly ref: string
  readonly shard: number
  readonly request: NotifyRequest
}

/** Keeps a message; runs inside the caller's transaction. */
export function addPost({ store, memory }: Shard, post: Omit<Post, 'id' | 'tries' | 'dueAt'>, now: EpochMs): void {
  store.addPost({ ...post, dueAt: now })
  memory.postDueAt = now
}

/** The messages that are due, oldest first; empty when there are none. */
export function postsDue({ store, memory }: Shard, now: EpochMs): readonly Delivery[] {
  if (memory.meta === null || memory.postDueAt === null || memory.postDueAt > now) return []
  const { organizationId } = memory.meta.config
  const deliveries: Delivery[] = []
  for (const post of store.postsDue(now, POSTS_AT_ONCE_MAX)) {
    const { kind, body, target } = post
    const address = parseExecutionId(target)
    if (address === null) store.dropPost(post.id)
    else {
      const { ref, shard, seq } = address
      const { key } = JSON.parse(body) as { key: string }
      deliveries.push({ post, ref, shard, request: { organizationId, seq, kind, key, body } })
    }
  }
  if (deliveries.length === 0) memory.postDueAt = store.nextPostDue()
  return deliveries
}

/** A message was heard, or was not and is told again later, ever less often. */
export function posted({ store, memory }: Shard, { id, tries }: Post, wasHeard: boolean, now: EpochMs): void {
  if (wasHeard) store.dropPost(id)
  else store.postponePost(id, now + Math.min(RETRY_MS_MIN * 2 ** Math.min(tries, 10), RETRY_MS_MAX))
  memory.postDueAt = store.nextPostDue()
}
