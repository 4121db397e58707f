import type { Doorbells } from '../../ports/doorbells'

/** What travels through the queues; versioned because an older Worker may read it. */
export type DoorbellMessage = { readonly v: 1; readonly ref: string; readonly shard: number }

/** Doorbells over one queue per lane. */
export function createDoorbells(lanes: readonly Queue<DoorbellMessage>[]): Doorbells {
  return {
    async ring({ lane, ref, shard }, count) {
      const queue = lanes[lane % lanes.length]
      if (queue === undefined || count <= 0) return
      const body: DoorbellMessage = { v: 1, ref, shard }
      try {
        if (count === 1) await queue.send(body)
        else await queue.sendBatch(Array.from({ length: Math.min(count, 100) }, () => ({ body })))
      } catch {
        // The shard rings again when nobody claims within its patience (4.5).
      }
    },
  }
}
