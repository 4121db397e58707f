import * as z from 'zod'
import { StoredAuthentication } from '../triggers/schemes/registry'

/** How a webhook call proves who sent it, with its secrets filled in. `unusable` always refuses (fail closed). */
export const ResolvedAuthentication = z.union([
  StoredAuthentication,
  z.object({ type: z.literal('unusable'), reason: z.string() }),
])
export type ResolvedAuthentication = z.output<typeof ResolvedAuthentication>

/** So many calls in so many seconds. */
const RateSpec = z.object({ requests: z.int(), seconds: z.int() })
export type RateSpec = z.output<typeof RateSpec>

export const WebhookEndpoint = z.object({
  triggerId: z.string(),
  slot: z.int(),
  method: z.array(z.string()),
  authentication: ResolvedAuthentication,
  /** Names of the secrets its credential was made from. */
  secretNames: z.array(z.string()).exactOptional(),
  responseMode: z.enum(['immediate', 'lastNode']),
  /** Limit of its executions; null = the limit of the workflow. Never null where the caller waits. */
  timeoutMs: z.int().nullable(),
  rateLimit: RateSpec.exactOptional(),
  cors: z.object({
    enabled: z.boolean(),
    allowedOrigins: z.array(z.string()),
    allowedMethods: z.array(z.string()),
  }),
})
export type WebhookEndpoint = z.output<typeof WebhookEndpoint>

/** The doors of one release, as the ingress Worker needs them. Sealed in storage: it holds credentials. */
export const EndpointSpec = z.object({
  webhooks: z.array(WebhookEndpoint),
  /** The manual trigger's inputSchema as written in the document, or null. */
  inputSchema: z.record(z.string(), z.unknown()).nullable(),
  manual: z.boolean(),
})
export type EndpointSpec = z.output<typeof EndpointSpec>

/** What a sealed EndpointSpec is bound to, so that one moved to another deployment does not open. */
export function endpointPurpose(owner: { readonly organizationId: string; readonly ref: string }): string {
  return `endpoint|${owner.organizationId}|${owner.ref}`
}
