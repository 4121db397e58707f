import { percentile } from './percentile.mjs'

/** What a run of requests came to. `failures` keeps the answers that were not 2xx, for the message that reports them. */
export function summarize({ latenciesMs, failures, seconds }) {
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  return {
    count: sorted.length,
    seconds,
    perSecond: seconds === 0 ? 0 : sorted.length / seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    latenciesMs: sorted,
    failures,
  }
}

/** Several runs of the same thing as one: rates over all seconds, percentiles over all requests. */
export const together = (runs) =>
  summarize({
    latenciesMs: runs.flatMap((run) => run.latenciesMs),
    failures: runs.flatMap((run) => run.failures),
    seconds: runs.reduce((sum, run) => sum + run.seconds, 0),
  })
