import type { RetryPolicy } from '../components/retry-policy'
import { LIMITS } from '../model/limits'

/** FNV-1a over a text, as a fraction in [0, 1). */
function fraction(seed: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193)
  return (hash >>> 0) / 2 ** 32
}

/** Milliseconds between attempt `attempt` (from 1) and the next. Jitter is a hash of the seed, so a replay agrees. */
export function retryDelayMs(
  policy: Pick<RetryPolicy, 'delay_seconds' | 'backoff' | 'jitter'>,
  attempt: number,
  seed: () => string,
): number {
  const factor = policy.backoff === 'exponential' ? 2 ** (attempt - 1) : 1
  const seconds = Math.min(policy.delay_seconds * factor, LIMITS.retryDelaySecondsMax)
  return Math.round(seconds * 1_000 * (policy.jitter ? 1 - fraction(`${seed()}:${attempt}`) / 2 : 1))
}
