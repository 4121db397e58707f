import type { WebhookResponse } from '#core/components/context'
import { assertNever } from '#core/kernel/assert'
import { err, ok, type Result } from '#core/kernel/result'
import { type Clock, type EpochMs, isWithin } from '#core/kernel/time'
import { isTerminalStatus } from '#core/model/execution-status'
import { firstResponse } from '#core/shard/first-response'
import type { ExecutionResult } from '#core/shard/result'
import { homeShard } from '#core/model/home-shard'
import { parseExecutionId } from '#core/model/execution-id'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { AcceptAnswer, AcceptRequest } from '#core/shard/wire'
import type { Deployments } from '../ports/deployments'
import type { Accepted, Completion, Ingress, IngressRefusal, Prepared } from '../ports/ingress'
import type { Shards } from '../ports/shards'
import type { TraceBlocks } from '../ports/trace-blocks'
import type { TriggerLimit } from '../ports/trigger-limit'
import { acceptAtHome } from './accept-at-home'
import type { ConfigCache } from './config-cache'
import { gatherAccepts, SEND_WITHIN_MS } from './gather-accepts'
import { createLeaseClock } from './runner/lease-clock'
import { limitIsolates } from './runner/limit-isolates'
import type { LoadedRelease } from './runner/release-cache'
import { createAheadRunner, type RunAhead } from './runner/run-ahead'
import { runExecution, type RunEnd } from './runner/run-execution'
import type { RunnerDeps } from './runner/runner-deps'
import { createShardWriter } from './runner/shard-writer'
import type { Job } from './runner/slice-context'
import { LEASE_MS } from '#core/shard/lease'

const PREPARE_MAX = 3
const SEND_MAX = 3
const PEEK_MS_MIN = 50
const PEEK_MS_MAX = 2_000
/** How long an execution may go on inside a request nobody waits for any more (4.4 rule 9). */
const INLINE_AFTER_MS = 20_000

export type IngressDeps = {
  readonly clock: Clock
  readonly nonce: () => string
  readonly configs: ConfigCache
  readonly shards: Shards
  readonly deployments: Deployments
  readonly runner: RunnerDeps
  readonly archive: Pick<TraceBlocks, 'read'>
  /** Triggers per time; one organization may not starve the others (I10). */
  readonly triggerLimit: TriggerLimit
  /** Keeps work alive after the answer has left. */
  readonly background: (work: Promise<unknown>) => void
}

/** The ingress over the config cache, the shards and, for requests that wait, a runner of its own. */
export function createIngress(deps: IngressDeps): Ingress {
  const runAhead = createAheadRunner(deps.runner)
  return {
    accept: (ref, shardKey, prepare) => accept({ ...deps, runAhead }, ref, shardKey, prepare),
    complete: (accepted, patienceMs) => complete(deps, accepted, patienceMs),
    gathering: () => createIngress({ ...deps, shards: gatherAccepts(deps.shards, deps.runner) }),
  }
}

async function accept<R>(
  deps: IngressDeps & { readonly runAhead: RunAhead },
  ref: string,
  shardKey: string | null,
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
    const { rate, ...asked } = prepared.value
    const rates = await deps.triggerLimit(config.organizationId, rate)
    if (rates.some(({ allowed }) => !allowed)) return err({ code: 'rate_limited', rates })
    const sentAt = deps.clock()
    const nonce = deps.nonce()
    const homeKey = shardKey ?? prepared.value.key
    const home = homeShard(homeKey ?? nonce, config.shards)
    const ahead = await deps.runAhead(config, asked)
    const answer = await send(deps, config, home, {
      ...asked,
      ...(ahead !== null && { ran: ahead.ran }),
      ...(homeKey !== undefined && { home: homeKey }),
      epoch: config.epoch,
      nonce,
    })
    switch (answer.kind) {
      case 'stale':
        config = answer.config
        deps.configs.put(config)
        break
      case 'accepted':
        if (answer.ended !== true && !answer.duplicate) ahead?.inVain()
        return ok({
          ...arrived(deps, config, asked.pin, { ...answer, sentAt }),
          ...(answer.ended === true && ahead !== null && { end: ahead.completion }),
          rates,
        })
      case 'refused':
        if (answer.code !== 'unknown_shard') return err({ code: answer.code })
        if (config.shards === 1) return err({ code: 'not_found' })
        await deps.deployments(ref).provide({ pin: asked.pin, shard: home })
        break
      case 'need_release':
        if (!(await deps.deployments(ref).provide({ pin: asked.pin, shard: home }))) return err({ code: 'not_found' })
        break
      case 'outcome_unknown':
        return err({ code: 'outcome_unknown' })
      default:
        return assertNever(answer)
    }
  }
  return err({ code: 'outcome_unknown' })
}

/** Sends once, and soon after a broken answer again with the same nonce: a repeat finds what the first one made. */
async function send(
  deps: IngressDeps,
  config: DeploymentConfig,
  no: number,
  first: AcceptRequest,
): Promise<AcceptAnswer | { kind: 'outcome_unknown' }> {
  const sentAt = deps.clock()
  for (let tries = 0; tries < SEND_MAX && isWithin(sentAt, SEND_WITHIN_MS, deps.clock()); tries++) {
    try {
      const request = tries === 0 ? first : { ...first, retry: true }
      return await acceptAtHome(deps.shards, config, { no, request, now: deps.clock() })
    } catch (error) {
      deps.runner.report('accept_failed', { ref: config.ref, tries, error: String(error) })
    }
  }
  return { kind: 'outcome_unknown' }
}

function arrived(
  deps: IngressDeps,
  config: DeploymentConfig,
  pin: number,
  answer: Extract<AcceptAnswer, { kind: 'accepted' }> & { readonly sentAt: EpochMs },
): Omit<Accepted, 'rates'> {
  if (answer.ring > 0) {
    const shard = shardOf(answer.id)
    deps.background(deps.runner.doorbells.ring({ lane: config.lane, ref: config.ref, shard }, answer.ring))
  }
  const { id, duplicate, lease: work, sentAt } = answer
  return { id, duplicate, config, pin, ...(work !== undefined && { lease: { work, sentAt } }) }
}

/** The shard an execution lives on, which its id names. */
function shardOf(id: string): number {
  return parseExecutionId(id)?.shard ?? 0
}

const PENDING = { status: 'pending', result: null, response: null } as const

/** Never rejects: the execution is accepted, and whoever waits for it is told how far it came. */
async function complete(deps: IngressDeps, accepted: Accepted, patienceMs: number): Promise<Completion> {
  if (accepted.end !== undefined) return accepted.end
  const until = deps.clock() + patienceMs
  if (accepted.lease !== undefined) {
    const { run, answered } = startInline(deps, accepted, accepted.lease, until + INLINE_AFTER_MS)
    deps.background(run)
    const release = deps.runner.releases.get(accepted.config.ref, accepted.pin)
    const end = await within(deps, Promise.race([run, answered]), patienceMs, release)
    if (end?.kind === 'finished') return { status: end.status, result: end.result, response: end.response }
    if (end?.kind === 'answered') return { status: 'running', result: null, response: end.response }
  }
  return watch(deps, accepted, until)
}

type Answered = { readonly kind: 'answered'; readonly response: WebhookResponse }

/** A run inside this request, and the answer one of its stages may give before its end. */
function startInline(
  deps: IngressDeps,
  accepted: Accepted,
  lease: NonNullable<Accepted['lease']>,
  sliceEndsAt: EpochMs,
): { run: Promise<RunEnd>; answered: Promise<Answered> } {
  const { promise: answered, resolve } = Promise.withResolvers<Answered>()
  const onResponse = (response: WebhookResponse) => resolve({ kind: 'answered', response })
  return { run: runInline(deps, accepted, { ...lease, sliceEndsAt, onResponse }), answered }
}

/** What a run came to, or undefined when patience ended first. Brief runs wait for nothing and need no timer. */
async function within(
  deps: IngressDeps,
  run: Promise<RunEnd | Answered>,
  patienceMs: number,
  release: LoadedRelease | null,
): Promise<RunEnd | Answered | undefined> {
  if (release?.summary.pure === true && release.summary.inline) return run
  const patience = new AbortController()
  const end = await Promise.race([run, deps.runner.sleep(patienceMs, patience.signal)])
  patience.abort()
  return end ?? undefined
}

async function runInline(
  deps: IngressDeps,
  accepted: Accepted,
  { work, sentAt, ...limits }: NonNullable<Accepted['lease']> & Pick<Job, 'sliceEndsAt' | 'onResponse'>,
): Promise<RunEnd> {
  const { config } = accepted
  const release = await releaseOf(deps, accepted)
  if (release === null) return { kind: 'left' }
  const runner = { ...deps.runner, code: limitIsolates(deps.runner.code) }
  return runExecution(runner, {
    work,
    config,
    release,
    writer: createShardWriter(() => deps.shards(config.ref, shardOf(accepted.id)), deps.runner.sleep),
    lease: createLeaseClock(deps.clock, sentAt, LEASE_MS),
    deadlineAt: sentAt + work.remainingMs,
    ...limits,
  })
}

/** Null when it cannot be had: the lease runs out, and whoever answers the doorbell then says why. */
async function releaseOf(deps: IngressDeps, { id, config, pin }: Accepted): Promise<LoadedRelease | null> {
  const held = deps.runner.releases.get(config.ref, pin)
  if (held !== null) return held
  try {
    const parts = await deps.shards(config.ref, shardOf(id)).release({ organizationId: config.organizationId, pin })
    return parts === null ? null : await deps.runner.releases.load(config, parts)
  } catch (error) {
    deps.runner.report('release_unreadable', { ref: config.ref, pin, error: String(error) })
    return null
  }
}

/** Looks at the execution ever less often until it ended or patience is over. */
async function watch(deps: IngressDeps, { id, config }: Accepted, until: number): Promise<Completion> {
  const { shard = 0, seq = 0 } = parseExecutionId(id) ?? {}
  for (let waitMs = PEEK_MS_MIN; ; waitMs = Math.min(waitMs * 2, PEEK_MS_MAX)) {
    const seen = await look(deps, config, { shard, seq }).catch((error: unknown) => {
      deps.runner.report('look_failed', { ref: config.ref, seq, error: String(error) })
      return PENDING
    })
    const leftMs = until - deps.clock()
    const { status, response } = seen
    if (isTerminalStatus(status) || response !== null || leftMs <= 0) {
      return { status, response, result: seen.result === null ? null : (JSON.parse(seen.result) as ExecutionResult) }
    }
    await deps.runner.sleep(Math.min(waitMs, leftMs))
  }
}

/** A repeated call may ask for an execution that has long been archived. */
async function look(deps: IngressDeps, config: DeploymentConfig, { shard, seq }: { shard: number; seq: number }) {
  const seen = await deps.shards(config.ref, shard).peek({ organizationId: config.organizationId, seq })
  if (seen === null) return PENDING
  if (!('archived' in seen)) return seen
  const kept = await deps.archive.read(seen.archived, seq)
  if (kept === null) return PENDING
  const { status, result, journal } = kept.record
  return { status, result, response: firstResponse(journal) }
}
