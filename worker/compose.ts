import { exports } from 'cloudflare:workers'
import type { Hono } from 'hono'
import { newId } from '#core/kernel/id'
import { DEVELOPMENT_RATE_FACTOR, PLAN_LIMITS } from '#core/model/plan-limits'
import { formatWebhookToken, type Mac } from '#core/release/webhook-token'
import { version as VERSION } from '../package.json'
import { sha256Hex } from './adapters/crypto/digest'
import { createEnvelopeVault } from './adapters/crypto/envelope-vault'
import { createMac } from './adapters/crypto/hmac'
import { parseMasterKeys } from './adapters/crypto/master-keys'
import { randomBytes } from './adapters/crypto/random'
import { createDeadLetterLog } from './adapters/d1/dead-letter-log'
import { createStores } from './adapters/d1/stores'
import { describeError } from './adapters/log/describe-error'
import { report } from './adapters/log/report'
import { createEmailSender } from './adapters/mail/email-sender'
import { createMailbox } from './adapters/mail/mailbox'
import { noMail } from './adapters/mail/no-mail'
import { createCodeRunner } from './adapters/loader/code-runner'
import { createBodyGate } from './adapters/net/body-gate'
import { createChatModel, type ChatModelSettings } from './adapters/net/chat-model'
import type { EgressPolicy } from './adapters/net/egress-policy'
import { egressPolicyOf } from './adapters/net/egress-settings'
import { createHttpSender } from './adapters/net/http-sender'
import { createDoorbells } from './adapters/queue/doorbells'
import { createKeyRings } from './adapters/r2/key-rings'
import { createOutputStore } from './adapters/r2/output-store'
import { createTraceBlocks } from './adapters/r2/trace-blocks'
import { readSettings, type Bindings, type Settings } from './env'
import { everyMinute } from './every-minute'
import { hookSettings } from './hook-settings'
import { createApp } from './http/app'
import { createFrontDoor, type FrontDoor } from './http/front-door'
import { createSignalDoor, type SignalDoor } from './http/signal'
import { createTraffic, type Traffic } from './http/traffic'
import { createWebhookDoor, type WebhookDoor } from './http/webhook'
import type { Deployments } from './ports/deployments'
import type { Shards } from './ports/shards'
import type { Vault } from './ports/vault'
import type { DeadLetterDeps } from './queue/dead-letters'
import { createConfigCache } from './services/config-cache'
import { gatherDeliveries } from './services/gather-deliveries'
import { createIngress } from './services/ingress'
import { createReleaseCache } from './services/runner/release-cache'
import type { RunnerDeps } from './services/runner/runner-deps'
import { createSecretAccess } from './services/runner/secret-access'
import { createSignalLinks } from './services/signal-links'
import { type ChildDeps, startChild } from './services/start-child'
import { createTriggerLimit } from './services/trigger-limit'
import { createWebhookSecretAccess } from './services/webhook-secret-access'
import { signInProvidersOf } from './sign-in-settings'
import { sleep } from './adapters/timers/sleep'

export type Composition = {
  readonly settings: Settings
  readonly frontDoor: FrontDoor
  readonly app: Hono
  readonly door: WebhookDoor
  readonly traffic: Traffic
  readonly signalDoor: SignalDoor
  readonly runner: RunnerDeps
  readonly shards: Shards
  readonly deployments: Deployments
  readonly deadLetters: DeadLetterDeps
  readonly everyMinute: () => Promise<void>
  readonly background: (work: Promise<unknown>) => void
}

/** Everything the doors need, made once per isolate. */
export function compose(bindings: Bindings, background: (work: Promise<unknown>) => void): Composition {
  const settings = readSettings(bindings)
  const { masters, rings, vault, policy, signalMac, ...engine } = engineOf(bindings, settings, background)
  const { shards, deployments, configs, runner, outputs, archive, ingress } = engine
  const mac = createMac(settings.SESSION_KEY, 'webhook')
  const clocks = { clock: Date.now, sleep, randomBytes }
  const auditOf = (organizationId: string) => createStores(bindings.DB, { organizationId }).audit
  const secretAccess = createWebhookSecretAccess({ auditOf, clock: Date.now, randomBytes, background, report })
  const deliveries = gatherDeliveries({ configs, deployments, ...clocks, background, report })
  const requestId = () => newId('req', Date.now(), randomBytes)
  const reportRequest = (error: unknown, id: string) =>
    report('request_failed', { requestId: id, error: describeError(error) })
  const traffic = createTraffic(Date.now)
  const app = createApp({
    requestsUnderWay: traffic.underWay,
    db: bindings.DB,
    deployments,
    doorbells: runner.doorbells,
    shards,
    ingress,
    archive,
    outputs,
    vault,
    custodian: vault,
    clock: Date.now,
    randomBytes,
    webhookUrl: webhookUrlOf(settings, mac),
    publicUrl: settings.PUBLIC_URL,
    environmentName: settings.ENVIRONMENT,
    version: VERSION,
    signInLimit: limitBy(bindings.SIGN_IN_SHIELD),
    signInProviders: signInProvidersOf(settings, policy),
    ...mailOf(bindings, settings),
    background: (work) => background(work.catch((error: unknown) => reportRequest(error, requestId()))),
    report: reportRequest,
  })
  const common = { requestId, report: reportRequest, environmentName: settings.ENVIRONMENT }
  return {
    settings,
    frontDoor: frontDoorOf(settings, requestId),
    traffic,
    app,
    door: createWebhookDoor({
      ingress,
      vault,
      mac,
      deliveries,
      secretAccess,
      ...hookSettings(settings, policy),
      ...common,
    }),
    signalDoor: createSignalDoor({ configs, shards, outputs, mac: signalMac, ...common, clock: Date.now }),
    runner,
    shards,
    deployments,
    background,
    deadLetters: { shards, log: createDeadLetterLog(bindings.DB), digest: sha256Hex, report },
    everyMinute: everyMinute(bindings, settings, { masters, rings, vault, deployments, shards }),
  }
}

/** What is behind the doors: who runs stages, and the way in for executions. */
function engineOf(bindings: Bindings, settings: Settings, background: (work: Promise<unknown>) => void) {
  const masters = parseMasterKeys(settings.MASTER_KEY, settings.MASTER_KEYS)
  const rings = createKeyRings(bindings.BUCKET)
  const vault = createEnvelopeVault({ masters, rings, clock: Date.now })
  const policy = egressPolicyOf(settings, Date.now)
  const shards = shardsOf(bindings)
  const deployments = deploymentsOf(bindings)
  const signalMac = createMac(settings.SESSION_KEY, 'signal')
  const storesOf = (organizationId: string) => createStores(bindings.DB, { organizationId })
  const runner: RunnerDeps = {
    ...runnerOf(bindings, settings, { vault, policy }),
    startChild: (parent, request) => startChild(children, parent, request),
    secretAccess: createSecretAccess({
      auditOf: (organizationId) => storesOf(organizationId).audit,
      clock: Date.now,
      randomBytes,
      background,
      report,
    }),
    signalLinks: createSignalLinks(signalMac, settings.PUBLIC_URL),
  }
  const configs = createConfigCache(shards, Date.now)
  const archive = createTraceBlocks(bindings.BUCKET)
  const ingress = createIngress({
    clock: Date.now,
    nonce: () => crypto.randomUUID(),
    configs,
    shards,
    deployments,
    runner,
    archive,
    background,
    triggerLimit: triggerLimitOf(bindings, settings),
  })
  const children: ChildDeps = { storesOf, ingress, vault, digest: sha256Hex, report }
  const { outputs } = runner
  return { masters, rings, vault, policy, shards, deployments, signalMac, runner, configs, outputs, archive, ingress }
}

/** A webhook's address at the host for webhooks; a path where there is none. */
function webhookUrlOf({ HOOKS_URL }: Settings, mac: Mac) {
  const origin = HOOKS_URL.replace(/\/+$/, '')
  return async (ref: string, slot: number) => `${origin}/webhook/${await formatWebhookToken(mac, { ref, slot })}`
}

function frontDoorOf({ ENVIRONMENT, PUBLIC_URL, HOOKS_URL }: Settings, requestId: () => string): FrontDoor {
  return createFrontDoor({ environmentName: ENVIRONMENT, publicUrl: PUBLIC_URL, hooksUrl: HOOKS_URL, requestId })
}

/** Development keeps its letters; elsewhere they are sent, once it is known from whom and where their links lead. */
function mailOf({ EMAIL }: Bindings, { ENVIRONMENT, MAIL_FROM, PUBLIC_URL }: Settings) {
  const mailbox = ENVIRONMENT === 'development' ? createMailbox(Date.now) : null
  const canSend = EMAIL !== undefined && MAIL_FROM !== '' && PUBLIC_URL !== ''
  return { mailbox, mailer: mailbox ?? (canSend ? createEmailSender(EMAIL, MAIL_FROM, report) : noMail) }
}

/** What runs stages, but for what it says to other executions. */
function runnerOf(
  bindings: Bindings,
  settings: Settings,
  { vault, policy }: { readonly vault: Vault; readonly policy: EgressPolicy },
): Omit<RunnerDeps, 'startChild' | 'signalLinks' | 'secretAccess'> {
  const { DOORBELLS_0, DOORBELLS_1, DOORBELLS_2, DOORBELLS_3 } = bindings
  const bodies = createBodyGate({ clock: Date.now, sleep })
  const outbound = { policy, clock: Date.now, bodies }
  return {
    clock: Date.now,
    sleep,
    http: createHttpSender(outbound),
    ai: createChatModel(chatSettings(settings, bindings), outbound),
    code: createCodeRunner({
      loader: bindings.LOADER,
      gatewayOf: ({ organizationId, versionId }) => exports.EgressGateway({ props: { organizationId, versionId } }),
      sleep,
    }),
    outputs: createOutputStore(bindings.BUCKET),
    releases: createReleaseCache(vault),
    doorbells: createDoorbells([DOORBELLS_0, DOORBELLS_1, DOORBELLS_2, DOORBELLS_3]),
    report,
  }
}

function triggerLimitOf({ SHIELD }: Bindings, { ENVIRONMENT }: Settings) {
  const factor = ENVIRONMENT === 'development' ? DEVELOPMENT_RATE_FACTOR : 1
  const { triggersPerWindow, triggerWindowSeconds: windowSeconds } = PLAN_LIMITS
  return createTriggerLimit({
    clock: Date.now,
    rule: { name: 'organization', quota: triggersPerWindow * factor, windowSeconds },
    shield: limitBy(SHIELD),
  })
}

function chatSettings(settings: Settings, { AI: workersAi }: Bindings): ChatModelSettings {
  const gateway = {
    accountId: settings.AI_GATEWAY_ACCOUNT_ID,
    gatewayId: settings.AI_GATEWAY_ID,
    token: settings.AI_GATEWAY_TOKEN,
    apiKey: settings.AI_GATEWAY_API_KEY,
  }
  return { baseUrl: settings.AI_BASE_URL, apiKey: settings.AI_API_KEY, gateway, workersAi }
}

function limitBy(shield: RateLimit): (key: string) => Promise<boolean> {
  return async (key) => (await shield.limit({ key })).success
}

/** A fresh stub per call: one that saw an exception stays broken. */
function shardsOf({ SHARDS }: Bindings): Shards {
  return (ref, no) => SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ReturnType<Shards>
}

function deploymentsOf({ DEPLOYMENTS }: Bindings): Deployments {
  return (ref) => DEPLOYMENTS.getByName(`dep:${ref}`) as unknown as ReturnType<Deployments>
}
