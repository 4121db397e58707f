import * as z from 'zod'
import { LIMITS } from '../model/limits'
import { InstantShape } from './instant-shape'
import { nameShape } from './name-shape'

const SECONDS_MAX = LIMITS.executionTimeoutMsMax / 1_000

/** What a caller may ask of one execution besides its input. */
export const runOptions = {
  tags: z.array(nameShape(64)).max(LIMITS.tagsMax).optional().describe('Words to find it by'),
  delay: z
    .union([z.number().min(0).max(SECONDS_MAX), InstantShape])
    .optional()
    .describe('Seconds, or the instant, before which it does not start'),
  ttl: z
    .int()
    .min(1)
    .max(SECONDS_MAX)
    .optional()
    .describe('Seconds, after any delay, in which it must have been started; else it is timed_out with ttl_expired'),
  concurrencyKey: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('settings.concurrency counts executions with the same key; those without one count together'),
}
