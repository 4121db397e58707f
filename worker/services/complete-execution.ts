import type { WebhookResponse } from '#core/components/context'
import type { EpochMs } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import { parseExecutionId, shardOf } from '#core/model/execution-id'
import { isTerminalStatus } from '#core/model/execution-status'
import { firstResponse } from '#core/shard/first-response'
import { LEASE_MS } from '#core/shard/lease'
import type { ExecutionResult } from '#core/shard/result'
import type { Accepted, Completion } from '../ports/ingress'
import type { IngressDeps } from './ingress-deps'
import { createLeaseClock } from './runner/lease-clock'
import { limitIsolates } from './runner/limit-isolates'
import type { LoadedRelease } from './runner/release-cache'
import { runExecution, type RunEnd } from './runner/run-execution'
import { createShardWriter } from './runner/shard-writer'
import type { Job } from './runner/slice-context'

const PEEK_MS_MIN = 50
const PEEK_MS_MAX = 2_000
/** How long an execution may go on inside a request nobody waits for any more (4.4 rule 9). */
const INLINE_AFTER_MS = 20_000

type Deps = Pick<IngressDeps, 'clock' | 'shards' | 'runner' | 'archive' | 'background'>

const PENDING = { status: 'pending', result: null, response: null } as const

/** Never rejects: the execution is accepted, and whoever waits for it is told how far it came. */
export async function completeExecution(deps: Deps, accepted: Accepted, patienceMs: number): Promise<Completion> {
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
  deps: Deps,
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
  deps: Deps,
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
  deps: Deps,
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
async function releaseOf(deps: Deps, { id, config, pin }: Accepted): Promise<LoadedRelease | null> {
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
async function watch(deps: Deps, { id, config }: Accepted, until: number): Promise<Completion> {
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
async function look(deps: Deps, config: DeploymentConfig, { shard, seq }: { shard: number; seq: number }) {
  const seen = await deps.shards(config.ref, shard).peek({ organizationId: config.organizationId, seq })
  if (seen === null) return PENDING
  if (!('archived' in seen)) return seen
  const kept = await deps.archive.read(seen.archived, seq)
  if (kept === null) return PENDING
  const { status, result, journal } = kept.record
  return { status, result, response: firstResponse(journal) }
}
