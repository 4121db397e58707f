import type { Clock } from '#core/kernel/time'
import type { Shard } from '#core/shard/memory'
import { type Delivery, posted, postsDue } from '#core/shard/outbox'
import type { Shards } from '../ports/shards'

export type Postman = {
  /** Delivers soon what is due. Cheap; called after every change. */
  schedule(): void
  /** Delivers until nothing is due; one round at a time. Never throws. */
  run(): Promise<void>
}

export type PostmanPorts = {
  readonly shards: Shards
  readonly clock: Clock
  readonly setTimer: (work: () => void, ms: number) => void
}

/** Tells executions of other shards what they must hear: at least once, and again ever less often until they heard it. */
export function createPostman(shard: Shard, { shards, clock, setTimer }: PostmanPorts): Postman {
  let timerSet = false
  let running = false

  async function deliver({ post, ref, shard: no, request }: Delivery): Promise<void> {
    let wasHeard = true
    try {
      await shards(ref, no).notify(request)
    } catch (error) {
      wasHeard = false
      console.error(JSON.stringify({ event: 'post_failed', target: post.target, error: String(error) }))
    }
    posted(shard, post, wasHeard, clock())
  }

  async function run(): Promise<void> {
    if (running) return
    running = true
    try {
      for (let due = postsDue(shard, clock()); due.length > 0; due = postsDue(shard, clock())) {
        await Promise.all(due.map(deliver))
      }
    } catch (error) {
      console.error(JSON.stringify({ event: 'post_unwritten', error: String(error) }))
    } finally {
      running = false
    }
  }

  return {
    run,
    schedule() {
      const { postDueAt } = shard.memory
      if (timerSet || postDueAt === null || postDueAt > clock()) return
      timerSet = true
      setTimer(() => {
        timerSet = false
        void run()
      }, 0)
    },
  }
}
