import { err, ok } from '#core/kernel/result'
import {
  endpointPurpose,
  type EndpointSpec,
  type ResolvedAuthentication,
  type WebhookEndpoint,
} from '#core/release/endpoint-spec'
import { formatWebhookToken } from '#core/release/webhook-token'
import type { DeploymentConfig } from '#core/model/deployment-config'
import { createMac } from '../../worker/adapters/crypto/hmac'
import { createVault } from '../../worker/adapters/crypto/vault'
import { createWebhookDoor } from '../../worker/http/webhook'
import type { SeenCall } from '../../worker/ports/delivery-log'
import type { TokenVerifier } from '../../worker/ports/token-verifier'
import type { Ingress, IngressRefusal, Prepared } from '../../worker/ports/ingress'
import type { TriggerLimit } from '../../worker/ports/trigger-limit'

const MASTER_KEY = btoa('m'.repeat(32))
const SESSION_KEY = btoa('s'.repeat(32))

let refs = 0

/** A webhook as most tests need it; name only what differs. */
export function webhookEndpoint(changes: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  return {
    triggerId: 'webhook',
    slot: 0,
    method: ['POST'],
    authentication: { type: 'none' },
    responseMode: 'immediate',
    timeoutMs: 30_000,
    cors: { enabled: false, allowedOrigins: [], allowedMethods: [] },
    ...changes,
  }
}

export const withAuthentication = (authentication: ResolvedAuthentication) => webhookEndpoint({ authentication })

type Options = {
  readonly status?: DeploymentConfig['status']
  /** Seal the endpoint for another deployment than it is used in. */
  readonly sealedFor?: string
  readonly refusal?: Exclude<IngressRefusal['code'], 'rate_limited'>
  /** Where a call is counted, or nowhere. */
  readonly triggerLimit?: TriggerLimit
  readonly ending?: Awaited<ReturnType<Ingress['complete']>>
  /** What the door takes for now. */
  readonly clock?: () => number
  /** Who judges tokens; nobody does unless a test says so. */
  readonly tokens?: TokenVerifier
  /** Keep what is reported instead of failing with it. */
  readonly reports?: boolean
}

/** Where senders of these tests were told to call. */
export const PUBLIC_URL = 'https://hooks.millrace.test'

/** A real door with a real vault and real tokens; only what is behind it, the ingress, keeps its executions in an array. */
export async function openDoor(webhooks: readonly WebhookEndpoint[] = [webhookEndpoint()], options: Options = {}) {
  const ref = `w${String(refs++).padStart(12, '0')}`
  const vault = createVault(MASTER_KEY)
  const mac = createMac(SESSION_KEY, 'webhook-token')
  const spec: EndpointSpec = { webhooks: [...webhooks], inputSchema: null, manual: false }
  const sealed = await vault.seal(
    endpointPurpose({ organizationId: 'org_1', ref: options.sealedFor ?? ref }),
    JSON.stringify(spec),
  )
  const config = configOf(ref, sealed, options.status ?? 'active')
  const started: Prepared[] = []
  const asked: string[] = []
  const ingress: Ingress = {
    gathering: () => ingress,
    async accept(forRef, _shardKey, prepare) {
      asked.push(forRef)
      const prepared = await prepare(config)
      if (!prepared.ok) return prepared
      if (config.status === 'paused') return err({ code: 'paused' })
      if (options.refusal !== undefined) return err({ code: options.refusal })
      const rates = (await options.triggerLimit?.(config.organizationId, prepared.value.rate)) ?? []
      if (rates.some(({ allowed }) => !allowed)) return err({ code: 'rate_limited', rates })
      const { key, fingerprint } = prepared.value
      const before = key === undefined ? -1 : started.findIndex((other) => other.key === key)
      if (before >= 0 && started[before]?.fingerprint !== fingerprint) return err({ code: 'key_reused' })
      if (before < 0) started.push(prepared.value)
      const number = before < 0 ? started.length - 1 : before
      return ok({ id: `exec_${ref}_${number}`, duplicate: before >= 0, config, pin: prepared.value.pin, rates })
    },
    async complete() {
      return options.ending ?? { status: 'completed', result: null, response: null }
    },
  }
  let requests = 0
  const requestId = () => `req_${++requests}`
  const reported: unknown[] = []
  const report = (error: unknown) => {
    if (options.sealedFor === undefined && options.reports !== true) throw error
    reported.push(error)
  }
  const { clock = Date.now, tokens = async () => err('unavailable' as const) } = options
  const judging = { clock, tokens, publicUrl: PUBLIC_URL }
  const noted: SeenCall[] = []
  const deliveries = { note: (_ref: string, seen: SeenCall) => void noted.push(seen) }
  const secretAccess = { note: () => undefined }
  const door = createWebhookDoor({ ingress, vault, mac, deliveries, secretAccess, ...judging, requestId, report })
  const tokenOf = (slot: number) => formatWebhookToken(mac, { ref, slot })
  const token = await tokenOf(webhooks[0]?.slot ?? 0)
  /** Calls the first webhook of the deployment; `path` goes behind the token. */
  const call = (init: RequestInit = {}, path = '') =>
    door(new Request(`https://millrace.test/webhook/${token}${path}`, { method: 'POST', ...init }))
  return { call, door, token, tokenOf, started, asked, reported, noted, ref, mac }
}

export function jsonBody(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
}

function configOf(ref: string, endpoint: string, status: DeploymentConfig['status']): DeploymentConfig {
  return {
    v: 1,
    epoch: 1,
    organizationId: 'org_1',
    deploymentId: `deploy_${ref}`,
    ref,
    workflowId: 'workflow_1',
    workflowName: 'Orders',
    environment: 'production',
    environmentId: 'env_1',
    lane: 0,
    status,
    active: 7,
    shards: 1,
    quota: 10,
    releases: [
      {
        pin: 7,
        releaseId: 'rel_1',
        versionId: 'version_1',
        versionNumber: 1,
        version: 'v1',
        pure: true,
        inline: true,
        timeoutMs: 60_000,
        endpoint,
      },
    ],
  }
}
