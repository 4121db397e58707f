import type { Trigger, Workflow } from '#core/definition/document'
import { invariant } from '#core/kernel/assert'
import { LIMITS } from '#core/model/limits'
import type { EndpointSpec, ResolvedAuthentication, WebhookEndpoint } from '#core/release/endpoint-spec'
import { WEBHOOK_SLOTS_MAX } from '#core/release/webhook-token'
import { type EnvironmentValues, resolveCredential } from './resolve-credential'

type WebhookTrigger = Extract<Trigger, { type: 'webhook' }>
type Authentication = WebhookTrigger['authentication']

/** Which slot a trigger's URL carries. */
export type SlotOf = { readonly triggerId: string; readonly slot: number }

/**
 * The doors of a release: a workflow's webhooks and manual trigger with the credentials of one environment filled in. A
 * credential without a usable value closes its door for everybody (fail closed); the deploy gate reports it beforehand.
 *
 * `previous` names every slot this deployment has ever given: a trigger keeps its URL, and no other one ever gets it.
 */
export function resolveEndpoint(
  workflow: Workflow,
  environment: EnvironmentValues,
  previous: readonly SlotOf[] = [],
): EndpointSpec {
  const slots = new Map(previous.map(({ triggerId, slot }) => [triggerId, slot]))
  let next = Math.max(-1, ...previous.map(({ slot }) => slot)) + 1
  const webhooks: WebhookEndpoint[] = []
  let manual: Extract<Trigger, { type: 'manual' }> | null = null
  for (const trigger of workflow.triggers) {
    if (trigger.type === 'manual') manual ??= trigger
    if (trigger.type !== 'webhook') continue
    const slot = slots.get(trigger.id) ?? next++
    invariant(slot < WEBHOOK_SLOTS_MAX, `a deployment has at most ${WEBHOOK_SLOTS_MAX} webhook slots`)
    webhooks.push(resolveWebhook(trigger, slot, environment))
  }
  return { webhooks, inputSchema: manual?.inputSchema ?? null, manual: manual !== null }
}

function resolveWebhook(trigger: WebhookTrigger, slot: number, environment: EnvironmentValues): WebhookEndpoint {
  const { method, responseMode, timeout, cors } = trigger
  return {
    triggerId: trigger.id,
    slot,
    method,
    authentication: resolveAuthentication(trigger.authentication, environment),
    responseMode,
    timeoutMs: timeout ?? (responseMode === 'lastNode' ? LIMITS.stageTimeoutMsDefault : null),
    cors: {
      enabled: cors?.enabled ?? false,
      allowedOrigins: cors?.allowedOrigins ?? [],
      allowedMethods: cors?.allowedMethods ?? method,
    },
  }
}

function resolveAuthentication(written: Authentication, environment: EnvironmentValues): ResolvedAuthentication {
  switch (written.type) {
    case 'none':
      return { type: 'none' }
    case 'oauth':
      return { type: 'unusable', reason: 'OAuth authentication is not available.' }
    case 'api_key':
      return withCredential(written.key, environment, (key) => ({ type: 'api_key', header: written.header, key }))
    case 'bearer':
      return withCredential(written.token, environment, (token) => ({ type: 'bearer', token }))
    case 'hmac': {
      const { algorithm, header, encoding = 'any', prefix = `${algorithm}=` } = written
      return withCredential(written.secret, environment, (secret) => ({
        type: 'hmac',
        algorithm,
        header,
        secret,
        encoding,
        prefix,
      }))
    }
  }
}

function withCredential(
  written: string,
  environment: EnvironmentValues,
  use: (credential: string) => ResolvedAuthentication,
): ResolvedAuthentication {
  const credential = resolveCredential(written, environment)
  return credential.ok ? use(credential.value) : { type: 'unusable', reason: credential.error }
}
