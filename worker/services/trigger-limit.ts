import type { Clock } from '#core/kernel/time'
import type { RateRule, RateVerdict } from '#core/model/rate'
import type { RateLimit } from '../ports/rate-limit'
import type { TriggerLimit } from '../ports/trigger-limit'
import { createRateBuckets } from './rate-buckets'

/**
 * An organization's triggers, and those of one endpoint where its author limits them, counted in this isolate. Only who has
 * used up half of the organization's bucket here is also counted by the location-wide `shield`, so that quiet organizations
 * never wait for it (I10).
 */
export function createTriggerLimit(limit: { clock: Clock; rule: RateRule; shield: RateLimit }): TriggerLimit {
  const count = createRateBuckets(limit.clock)
  return async (organizationId, endpoint) => {
    const own = { key: organizationId, rule: limit.rule }
    const verdicts = count(endpoint === undefined ? [own] : [own, endpoint])
    const [organization] = verdicts
    if (organization === undefined || !organization.allowed || organization.remaining > limit.rule.quota / 2)
      return verdicts
    return (await limit.shield(organizationId)) ? verdicts : [refused(organization), ...verdicts.slice(1)]
  }
}

function refused(verdict: RateVerdict): RateVerdict {
  return { ...verdict, allowed: false, remaining: 0 }
}
