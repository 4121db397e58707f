import * as z from 'zod'

/** How a webhook call proves who sent it, with the credential already resolved. `unusable` always refuses (fail closed). */
export const ResolvedAuthentication = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('api_key'), header: z.string(), key: z.string() }),
  z.object({ type: z.literal('bearer'), token: z.string() }),
  z.object({
    type: z.literal('hmac'),
    algorithm: z.enum(['sha256', 'sha512']),
    header: z.string(),
    secret: z.string(),
    /** `any`: whichever of the two the signature is written in. */
    encoding: z.enum(['hex', 'base64', 'any']),
    /** Taken off the header's value when it is there, such as `sha256=`. */
    prefix: z.string(),
  }),
  z.object({ type: z.literal('unusable'), reason: z.string() }),
])
export type ResolvedAuthentication = z.output<typeof ResolvedAuthentication>

export const WebhookEndpoint = z.object({
  triggerId: z.string(),
  slot: z.int(),
  method: z.array(z.string()),
  authentication: ResolvedAuthentication,
  responseMode: z.enum(['immediate', 'lastNode']),
  /** Limit of its executions; null = the limit of the workflow. Never null where the caller waits. */
  timeoutMs: z.int().nullable(),
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
