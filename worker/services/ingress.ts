import { assertNever } from '#core/kernel/assert'
import { err, ok, type Result } from '#core/kernel/result'
import type { Clock, EpochMs } from '#core/kernel/time'
import type { ExecutionStatus } from '#core/model/execution-status'
import { isTerminalStatus } from '#core/model/execution-status'
import type { ExecutionResult } from '#core/shard/result'
import { parseExecutionId } from '#core/model/execution-id'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { AcceptAnswer, AcceptRequest } from '#core/shard/wire'
import type { Deployments } from '../ports/deployments'
import type { Accepted, Ingress, IngressRefusal, Prepared } from '../ports/ingress'
import type { RateLimit } from '../ports/rate-limit'
import type { Shards } from '../ports/shards'
import type { TraceBlocks } from '../ports/trace-blocks'
import type { ConfigCache } from './config-cache'
import { createLeaseClock } from './runner/lease-clock'
import type { LoadedRelease } from './runner/release-cache'
import { runExecution, type RunEnd } from './runner/run-execution'
import type { RunnerDeps } from './runner/runner-deps'
import { createShardWriter } from './runner/shard-writer'
import { LEASE_MS } from '#core/shard/lease'

const PREPARE_MAX = 3
const SEND_MAX = 3
const PEEK_MS_MIN = 50
const PEEK_MS_MAX = 2_000
/** How long an execution may go on inside a request nobody waits for any more (4.4 rule 9). */
const INLINE_AFTER_MS = 20_000
/** Every execution lives on shard 0 until a deployment has more of them. */
const SHARD = 0

export type IngressDeps = {
  readonly clock: Clock
  readonly nonce: () => string
  readonly configs: ConfigCache
  readonly shards: Shards
  readonly deployments: Deployments
  readonly runner: RunnerDeps
  readonly archive: Pick<TraceBlocks, 'read'>
  /** An organization's triggers per time; one may not starve the others (I10). */
  readonly triggerLimit: RateLimit
  /** Keeps work alive after the answer has left. */
  readonly background: (work: Promise<unknown>) => void
}

/** The ingress over the config cache, the shards and, for requests that wait, a runner of its own. */
export function createIngress(deps: IngressDeps): Ingress {
  return {
    accept: (ref, _shardKey, prepare) => accept(deps, ref, prepare),
    complete: (accepted, patienceMs) => complete(deps, accepted, patienceMs),
  }
}

async function accept<R>(
  deps: IngressDeps,
  ref: string,
  prepare: (config: DeploymentConfig) => Promise<Result<Prepared, R>>,
): Promise<Result<Accepted, R | IngressRefusal>> {
  let config = await deps.configs.get(ref)
  if (config === null) return err({ code: 'not_found' })
  for (let tries = 0; tries < PREPARE_MAX; tries++) {
    const prepared = await prepare(config)
    if (!prepared.ok) {
      // A refusal judged by an old config may be wrong: a key, a method or a whole release may be new.
      const newer: DeploymentConfig | null = await deps.configs.refresh(ref)
      if (newer === null || newer.epoch === config.epoch) return prepared
      config = newer
      continue
    }
    if (!(await deps.triggerLimit(config.organizationId))) return err({ code: 'rate_limited' })
    const sentAt = deps.clock()
    const answer = await send(deps, config, prepared.value)
    switch (answer.kind) {
      case 'stale':
        config = answer.config
        deps.configs.put(config)
        break
      case 'accepted':
        return ok(arrived(deps, config, prepared.value, { ...answer, sentAt }))
      case 'refused':
        return err({ code: answer.code === 'unknown_shard' ? 'not_found' : answer.code })
      case 'need_release':
        if (!(await provide(deps, ref, prepared.value.pin))) return err({ code: 'not_found' })
        break
      case 'outcome_unknown':
        return err({ code: 'outcome_unknown' })
      default:
        return assertNever(answer)
    }
  }
  return err({ code: 'outcome_unknown' })
}

function provide(deps: IngressDeps, ref: string, pin: number): Promise<boolean> {
  return deps.deployments(ref).provide({ pin, shard: SHARD })
}

/** Sends once, and after a broken answer again with the same nonce: a repeat finds what the first one made. */
async function send(
  deps: IngressDeps,
  config: DeploymentConfig,
  prepared: Prepared,
): Promise<AcceptAnswer | { kind: 'outcome_unknown' }> {
  const request: AcceptRequest = { ...prepared, epoch: config.epoch, nonce: deps.nonce() }
  for (let tries = 0; tries < SEND_MAX; tries++) {
    try {
      return await deps.shards(config.ref, SHARD).accept(tries === 0 ? request : { ...request, retry: true })
    } catch (error) {
      deps.runner.report('accept_failed', { ref: config.ref, tries, error: String(error) })
    }
  }
  return { kind: 'outcome_unknown' }
}

function arrived(
  deps: IngressDeps,
  config: DeploymentConfig,
  prepared: Prepared,
  answer: Extract<AcceptAnswer, { kind: 'accepted' }> & { readonly sentAt: EpochMs },
): Accepted {
  if (answer.ring > 0) {
    deps.background(deps.runner.doorbells.ring({ lane: config.lane, ref: config.ref, shard: SHARD }, answer.ring))
  }
  const { id, duplicate, lease: work, sentAt } = answer
  return { id, duplicate, config, pin: prepared.pin, ...(work !== undefined && { lease: { work, sentAt } }) }
}

const PENDING = { status: 'pending', result: null } as const

type Completion = { readonly status: ExecutionStatus; readonly result: ExecutionResult | null }

/** Never rejects: the execution is accepted, and whoever waits for it is told how far it came. */
async function complete(deps: IngressDeps, accepted: Accepted, patienceMs: number): Promise<Completion> {
  const until = deps.clock() + patienceMs
  if (accepted.lease !== undefined) {
    const run = runInline(deps, accepted, accepted.lease, until + INLINE_AFTER_MS)
    deps.background(run)
    const end = await within(deps, run, patienceMs, deps.runner.releases.get(accepted.config.ref, accepted.pin))
    if (end?.kind === 'finished') return { status: end.status, result: end.result }
  }
  return watch(deps, accepted, until)
}

/** What a run ended in, or undefined when patience ended first. Brief runs wait for nothing and need no timer. */
async function within(
  deps: IngressDeps,
  run: Promise<RunEnd>,
  patienceMs: number,
  release: LoadedRelease | null,
): Promise<RunEnd | undefined> {
  if (release?.summary.pure === true && release.summary.inline) return run
  const patience = new AbortController()
  const end = await Promise.race([run, deps.runner.sleep(patienceMs, patience.signal)])
  patience.abort()
  return end ?? undefined
}

async function runInline(
  deps: IngressDeps,
  accepted: Accepted,
  { work, sentAt }: NonNullable<Accepted['lease']>,
  sliceEndsAt: EpochMs,
): Promise<RunEnd> {
  const { config } = accepted
  const release = await releaseOf(deps, accepted)
  if (release === null) return { kind: 'left' }
  return runExecution(deps.runner, {
    work,
    config,
    release,
    writer: createShardWriter(() => deps.shards(config.ref, SHARD), deps.runner.sleep),
    lease: createLeaseClock(deps.clock, sentAt, LEASE_MS),
    deadlineAt: sentAt + work.remainingMs,
    sliceEndsAt,
  })
}

/** Null when it cannot be had: the lease runs out, and whoever answers the doorbell then says why. */
async function releaseOf(deps: IngressDeps, { config, pin }: Accepted): Promise<LoadedRelease | null> {
  const held = deps.runner.releases.get(config.ref, pin)
  if (held !== null) return held
  try {
    const parts = await deps.shards(config.ref, SHARD).release({ organizationId: config.organizationId, pin })
    return parts === null ? null : await deps.runner.releases.load(config, parts)
  } catch (error) {
    deps.runner.report('release_unreadable', { ref: config.ref, pin, error: String(error) })
    return null
  }
}

/** Looks at the execution ever less often until it ended or patience is over. */
async function watch(deps: IngressDeps, { id, config }: Accepted, until: number): Promise<Completion> {
  const seq = parseExecutionId(id)?.seq ?? 0
  for (let waitMs = PEEK_MS_MIN; ; waitMs = Math.min(waitMs * 2, PEEK_MS_MAX)) {
    const seen = await look(deps, config, seq).catch((error: unknown) => {
      deps.runner.report('look_failed', { ref: config.ref, seq, error: String(error) })
      return PENDING
    })
    const leftMs = until - deps.clock()
    if (isTerminalStatus(seen.status) || leftMs <= 0) {
      return { status: seen.status, result: seen.result === null ? null : (JSON.parse(seen.result) as ExecutionResult) }
    }
    await deps.runner.sleep(Math.min(waitMs, leftMs))
  }
}

/** A repeated call may ask for an execution that has long been archived. */
async function look(deps: IngressDeps, config: DeploymentConfig, seq: number) {
  const seen = await deps.shards(config.ref, SHARD).peek({ organizationId: config.organizationId, seq })
  if (seen === null) return PENDING
  if (!('archived' in seen)) return seen
  const kept = await deps.archive.read(seen.archived, seq)
  return kept === null ? PENDING : kept.record
}
