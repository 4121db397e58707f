import type { RateRule, RateVerdict } from '#core/model/rate'

/** A bucket of one endpoint, by a key no other endpoint has. */
export type EndpointRate = { readonly key: string; readonly rule: RateRule }

/** Counts one trigger of an organization, and of an endpoint that has a limit of its own. Refused unless all verdicts allow it. */
export type TriggerLimit = (organizationId: string, endpoint?: EndpointRate) => Promise<readonly RateVerdict[]>
