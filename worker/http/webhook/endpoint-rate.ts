import type { RateSpec } from '#core/release/endpoint-spec'
import type { WebhookAddress } from '#core/release/webhook-token'
import type { EndpointRate } from '../../ports/trigger-limit'

/** The bucket of a webhook that limits itself. */
export function endpointRate({ ref, slot }: WebhookAddress, { requests, seconds }: RateSpec): EndpointRate {
  return { key: `${ref}:${slot}`, rule: { name: 'endpoint', quota: requests, windowSeconds: seconds } }
}
