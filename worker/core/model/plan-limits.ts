/**
 * What one organization may use, in one place; documented in docs/design/limits.md. There is one plan. Rates are counted in
 * buckets: so many at once, and as many again in the window.
 */
export const PLAN_LIMITS = {
  /** Webhook and run calls of an organization. */
  triggersPerWindow: 5_000,
  triggerWindowSeconds: 5,
  /** API calls with one key, or of one session. */
  apiCallsPerWindow: 12_000,
  apiWindowSeconds: 60,
  /** Executions of one deployment that run or wait at once, unless `settings.concurrency` says fewer. */
  runningPerDeployment: 1_000,
  /** Executions of one organization that run or wait at once, beside one of each shard. */
  runningPerOrganization: 5_000,
  /** What a webhook can say of its own `rateLimit`. */
  endpointRequestsMost: 100_000,
  endpointWindowSecondsMost: 3_600,
} as const

/** Development is one machine on which everything is tried at once. */
export const DEVELOPMENT_RATE_FACTOR = 10
