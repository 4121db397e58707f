import { limitIsolates } from '../services/runner/limit-isolates'
import type { RunnerDeps } from '../services/runner/runner-deps'
import { serveDoorbell } from '../services/runner/serve-doorbell'
import type { Shards } from '../ports/shards'
import { DoorbellMessageShape } from './doorbell-message'

/**
 * Answers the doorbells of a batch. Each is acknowledged whatever happens: a lost one is rung again by its shard (4.5), so a
 * retry by the queue would only add noise. After `holdMs` the consumer leaves its slices to `background` and takes the next
 * doorbell; leases make that safe whatever becomes of them.
 */
export async function answerDoorbells(
  batch: MessageBatch,
  deps: {
    runner: RunnerDeps
    shards: Shards
    holdMs: number
    background: (work: Promise<unknown>) => void
  },
): Promise<void> {
  const runner = { ...deps.runner, code: limitIsolates(deps.runner.code) }
  const served = batch.messages.map(async (message) => {
    const doorbell = DoorbellMessageShape.safeParse(message.body)
    message.ack()
    if (!doorbell.success) return deps.runner.report('doorbell_unreadable', { queue: batch.queue, id: message.id })
    const { ref, shard: no } = doorbell.data
    try {
      await serveDoorbell(runner, { ref, no, open: () => deps.shards(ref, no) })
    } catch (error) {
      deps.runner.report('doorbell_failed', { ref, shard: no, error: String(error) })
    }
  })
  const all = Promise.all(served)
  deps.background(all)
  const patience = new AbortController()
  await Promise.race([all, deps.runner.sleep(deps.holdMs, patience.signal)])
  patience.abort()
}
