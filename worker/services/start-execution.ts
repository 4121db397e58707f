import { err, ok, type Result } from '#core/kernel/result'
import { isLoop, loopDetail } from '#core/model/hops'
import type { JsonObject } from '#core/kernel/json'
import type { DeploymentConfig, ReleaseSummary } from '#core/model/deployment-config'
import type { EndpointSpec } from '#core/release/endpoint-spec'
import type { Cause, ExecutionRecord } from '#core/shard/wire'
import type { Accepted, IngressRefusal, Prepared } from '../ports/ingress'
import { AppError } from './app-error'
import { checkInput, openEndpoint } from './endpoint-of'
import type { ServiceContext } from './service-context'
import { unreadableRelease } from './unreadable-release'

export type StartWish = {
  readonly ref: string
  /** A version that was released there; absent = the live one. */
  readonly version: string | number | undefined
  readonly input: JsonObject
  readonly cause: Pick<Cause, 'replayOf' | 'kept' | 'test' | 'mocks' | 'tags' | 'concurrencyKey' | 'startBy'>
  readonly delayMs?: number
  /** Hash of the caller's idempotency key and of the request it came with. */
  readonly key: { readonly hash: string; readonly fingerprint: string } | null
  readonly claim: boolean
  /** Journal to start from. */
  readonly seed?: readonly string[]
  /** What was run before and is run again: its input is taken as it came, and expressions read the call that brought it. */
  readonly again?: Pick<ExecutionRecord, 'payload' | 'cause'>
  /** The webhook whose limit it has; absent = the workflow's own. */
  readonly webhookId?: string | null
}

export type Started = { readonly accepted: Accepted; readonly release: ReleaseSummary }

type Refusal = { readonly refused: AppError }

/** Starts one execution on the live release of a deployment, or on the one named. Throws why it did not. */
export async function startExecution(ctx: ServiceContext, wish: StartWish): Promise<Started> {
  let release: ReleaseSummary | null = null
  const result = await ctx.ingress.accept<Refusal>(wish.ref, shardKeyOf(ctx, wish), async (config) => {
    if (config.organizationId !== ctx.stores.organizationId) return err({ code: 'not_found' } as never)
    const chosen = await chooseRelease(ctx, config, wish.version)
    if (!chosen.ok) return chosen
    release = chosen.value
    return prepare(ctx, config, chosen.value, wish)
  })
  if (!result.ok) throw 'refused' in result.error ? result.error.refused : toError(result.error)
  const { accepted, summary } = { accepted: result.value, summary: release as ReleaseSummary | null }
  if (summary === null) throw new AppError('unavailable')
  return { accepted, release: summary }
}

/** All executions of one concurrency key live on one shard, which counts them. */
function shardKeyOf(ctx: ServiceContext, { cause, key }: StartWish): string | null {
  if (cause.concurrencyKey !== undefined) return ctx.digest('concurrency:', cause.concurrencyKey)
  return key?.hash ?? null
}

async function chooseRelease(
  ctx: ServiceContext,
  config: DeploymentConfig,
  version: StartWish['version'],
): Promise<Result<ReleaseSummary, Refusal>> {
  if (config.status === 'undeployed') return err({ refused: new AppError('undeployed') })
  if (config.status === 'paused') return err({ refused: new AppError('paused', { retryAfterSeconds: 60 }) })
  if (version === undefined) {
    const live = config.releases.find((release) => release.pin === config.active)
    const detail = `Nothing is live in ${config.environment}; activate the placed version first.`
    return live === undefined ? err({ refused: new AppError('not_deployed', { detail }) }) : ok(live)
  }
  const { organizationId } = ctx.stores
  const releases = (await ctx.deployments(config.ref).releases({ organizationId })) ?? []
  const named = releases
    .filter(
      (it) =>
        it.version === version ||
        it.versionId === version ||
        [`${it.versionNumber}`, `v${it.versionNumber}`].includes(String(version)),
    )
    .toSorted((a, b) => b.pin - a.pin)[0]
  if (named !== undefined) return ok(named)
  const detail = `Version '${version}' was not released to ${config.environment}; deploy it with "autoActivate": false first.`
  return err({ refused: new AppError('version_unknown', { detail }) })
}

async function prepare(
  ctx: ServiceContext,
  config: DeploymentConfig,
  release: ReleaseSummary,
  wish: StartWish,
): Promise<Result<Prepared, Refusal>> {
  const endpoint = await openEndpoint(ctx.vault, config, release)
  if (endpoint === null) return err({ refused: await unreadable(ctx, config, release) })
  const { again } = wish
  const input = again === undefined ? checkInput(endpoint, wish.input) : ok(wish.input)
  if (!input.ok) {
    return err({
      refused: new AppError('input_invalid', { detail: input.error[0]?.message ?? '', issues: input.error }),
    })
  }
  const { actor } = ctx.caller
  const { hops = 0, traceparent } = ctx
  if (isLoop(hops)) return err({ refused: new AppError('loop_detected', { detail: loopDetail(hops) }) })
  const prepared: Prepared = {
    pin: release.pin,
    cause: {
      type: 'manual',
      triggerId: endpoint.manual ? 'manual' : null,
      actor,
      ...(again !== undefined && originOf(again.cause)),
      ...wish.cause,
      ...(hops > 0 && { hops }),
      ...(traceparent !== undefined && { traceparent }),
    },
    payload: again?.payload ?? JSON.stringify(input.value),
    ...timeoutOf(endpoint, wish.webhookId ?? null),
    ...(wish.key === null ? {} : { key: wish.key.hash, fingerprint: wish.key.fingerprint }),
    ...(wish.claim ? { claim: true } : {}),
    ...(wish.delayMs === undefined || wish.delayMs === 0 ? {} : { delayMs: wish.delayMs }),
    ...(wish.seed === undefined ? {} : { seed: wish.seed }),
  }
  return ok(prepared)
}

/** What expressions read of how an execution began. */
function originOf({ type, triggerId, request, nominalAt }: Cause) {
  return { type, triggerId, ...(request !== undefined && { request }), ...(nominalAt !== undefined && { nominalAt }) }
}

/** A webhook's limit is that of the version that runs; one without that webhook has its own. */
function timeoutOf({ webhooks }: EndpointSpec, webhookId: string | null): Pick<Prepared, 'timeoutMs'> {
  const webhook = webhooks.find(({ triggerId }) => triggerId === webhookId)
  return webhook?.timeoutMs == null ? {} : { timeoutMs: webhook.timeoutMs }
}

async function unreadable(ctx: ServiceContext, config: DeploymentConfig, { pin }: ReleaseSummary): Promise<AppError> {
  const parts = await ctx.shards(config.ref, 0).release({ organizationId: config.organizationId, pin })
  const { failure, issues } = unreadableRelease(config.environment, parts)
  return new AppError(failure.code, { detail: failure.message, issues })
}

function toError(refusal: IngressRefusal): AppError {
  const { code } = refusal
  switch (code) {
    case 'not_found':
      return new AppError('not_deployed')
    case 'key_reused':
      return new AppError('idempotency_key_reused')
    case 'rate_limited':
      return new AppError(code, { rates: refusal.rates })
    case 'too_many_live':
      return new AppError(code, { retryAfterSeconds: 5 })
    case 'paused':
      return new AppError(code, { retryAfterSeconds: 60 })
    case 'outcome_unknown':
      return new AppError(code, { retryAfterSeconds: 1 })
    case 'undeployed':
      return new AppError(code)
  }
}
