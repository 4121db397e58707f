import type { Outcome } from '#core/components/context'
import type { RunnerDeps } from './runner-deps'

/** Components keep their own time; one that does not is left behind this long after it should have answered. */
const CUT_OFF_AFTER_MS = 5_000

/** Waits for an attempt no longer than it may take: then `abort` is called, and the attempt has failed whatever it does. */
export async function cutOff(
  sleep: RunnerDeps['sleep'],
  attempt: Promise<Outcome>,
  timeoutMs: number,
  abort: () => void,
): Promise<Outcome> {
  const answered = new AbortController()
  const late = sleep(timeoutMs + CUT_OFF_AFTER_MS, answered.signal).then(() => null)
  try {
    const outcome = await Promise.race([attempt, late])
    if (outcome !== null) return outcome
    abort()
    attempt.catch(() => undefined)
    const message = `The stage was stopped: it did not answer within the ${timeoutMs} ms that it may take.`
    return { kind: 'failed', failure: { code: 'stage_timeout', message, hint: 'Raise "timeout".' } }
  } finally {
    answered.abort()
  }
}
