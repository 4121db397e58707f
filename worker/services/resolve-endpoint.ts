import type { Trigger, Workflow } from '#core/definition/document'
import { compileTemplate } from '#core/expression/compile-template'
import { invariant } from '#core/kernel/assert'
import { LIMITS } from '#core/model/limits'
import type { EndpointSpec, ResolvedAuthentication, WebhookEndpoint } from '#core/release/endpoint-spec'
import { WEBHOOK_SLOTS_MAX } from '#core/release/webhook-token'
import { type Authentication, schemeOf, StoredAuthentication } from '#core/triggers/schemes/registry'
import { type EnvironmentValues, resolveCredential } from './resolve-credential'

type WebhookTrigger = Extract<Trigger, { type: 'webhook' }>

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
  const { responseMode, timeout, cors, rateLimit } = trigger
  const { methods } = schemeOf(trigger.authentication.type)
  const secretNames = secretsIn(trigger.authentication)
  const method = trigger.method.filter((name) => methods?.includes(name) ?? true)
  return {
    triggerId: trigger.id,
    slot,
    method,
    authentication: resolveAuthentication(trigger.authentication, environment),
    ...(secretNames.length > 0 && { secretNames }),
    responseMode,
    timeoutMs: timeout ?? (responseMode === 'lastNode' ? LIMITS.stageTimeoutMsDefault : null),
    ...(rateLimit !== undefined && { rateLimit }),
    cors: {
      enabled: cors?.enabled ?? false,
      allowedOrigins: cors?.allowedOrigins ?? [],
      allowedMethods: cors?.allowedMethods ?? method,
    },
  }
}

/** The secrets that a credential names, each once. */
function secretsIn(written: Authentication): string[] {
  const fields: Readonly<Record<string, unknown>> = written
  const names = schemeOf(written.type).secrets.flatMap((field) => {
    const text = fields[field]
    const template = typeof text === 'string' ? compileTemplate(text) : null
    if (template === null || !template.ok) return []
    return template.value.references.flatMap(({ kind, name }) => (kind === 'secret' && name !== null ? [name] : []))
  })
  return [...new Set(names)]
}

/** A secret that is being replaced may be gone already: without it fewer are let in, never more. */
function resolveAuthentication(written: Authentication, environment: EnvironmentValues): ResolvedAuthentication {
  const { secrets, keyOf } = schemeOf(written.type)
  const [current] = secrets
  const fields: Record<string, unknown> = { ...written }
  for (const name of secrets) {
    const text = fields[name]
    if (typeof text !== 'string') continue
    const secret = resolveCredential(text, environment)
    const problem = !secret.ok ? secret.error : keyOf?.(secret.value) === null ? `${text} holds no key.` : null
    if (problem !== null && name === current) return { type: 'unusable', reason: problem }
    if (problem === null && secret.ok) fields[name] = secret.value
    else delete fields[name]
  }
  const stored = StoredAuthentication.safeParse(fields)
  return stored.success ? stored.data : { type: 'unusable', reason: 'The credential is too long.' }
}
