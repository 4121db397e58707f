import * as z from 'zod'

/** A doorbell as it comes from a queue. */
export const DoorbellMessageShape = z.object({ v: z.literal(1), ref: z.string(), shard: z.int() })
