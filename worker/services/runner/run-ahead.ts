import { everyStage } from '#core/definition/every-stage'
import { type EpochMs, isWithin } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import { LEASE_MS } from '#core/shard/lease'
import { isPlain } from '#core/shard/ran'
import type { FinishItem, Ran, Work } from '#core/shard/wire'
import type { Completion, Prepared } from '../../ports/ingress'
import type { OutputStore } from '../../ports/output-store'
import { createLeaseClock } from './lease-clock'
import type { LoadedRelease } from './release-cache'
import { runExecution } from './run-execution'
import type { RunnerDeps } from './runner-deps'
import type { ShardWriter } from './shard-writer'

/** More than this is run once it is accepted: what may take long has to be seen while it does. */
const STAGES_MAX = 20
const INPUT_CHARS_MAX = 16 * 1024
/** After a run that was in vain its release is accepted first for this long. */
const HOLD_OFF_MS = 10_000

/** What an execution came to, for its shard and for whoever waits for it. `inVain`: the shard took it without its end. */
export type Ahead = { readonly ran: Ran; readonly completion: Completion; readonly inVain: () => void }

/** Null where an execution has to be accepted first. */
export type RunAhead = (config: DeploymentConfig, prepared: Prepared) => Promise<Ahead | null>

/**
 * Runs what touches nothing before it is accepted, so that one call to its shard writes it together with its end; were that call
 * lost, nothing would have happened. Only what is over at once: whatever waits, is large, opens secrets or reads what only
 * an accepted execution has, its id, is accepted first (docs/decisions/0011).
 */
export function createAheadRunner(deps: RunnerDeps): RunAhead {
  const brief = new WeakMap<LoadedRelease, boolean>()
  const inVainAt = new WeakMap<LoadedRelease, EpochMs>()

  function fits(release: LoadedRelease): boolean {
    const known = brief.get(release) ?? isBrief(release)
    brief.set(release, known)
    return known && !isWithin(inVainAt.get(release) ?? 0, HOLD_OFF_MS, deps.clock())
  }

  return async (config, prepared) => {
    const { claim, payload, pin } = prepared
    const isWorthIt = claim === true && config.status === 'active' && isPlain(prepared)
    if (!isWorthIt || payload.length > INPUT_CHARS_MAX) return null
    const release = deps.releases.get(config.ref, pin)
    if (release === null || !fits(release)) return null
    const inVain = () => void inVainAt.set(release, deps.clock())
    const end = await run(deps, config, release, prepared)
    if (end === null) inVain()
    return end === null ? null : { ...end, inVain }
  }
}

function isBrief({ summary, plan, secrets, linkedSignals }: LoadedRelease): boolean {
  const stages = everyStage(plan)
  const isSmall = stages.length <= STAGES_MAX && stages.every(({ body }) => body === null)
  const needsNothing = Object.keys(secrets).length === 0 && linkedSignals.length === 0
  return summary.pure && summary.inline && isSmall && needsNothing
}

/** Null when it needs a shard before its end, or what a shard gives. */
async function run(
  deps: RunnerDeps,
  config: DeploymentConfig,
  release: LoadedRelease,
  prepared: Prepared,
): Promise<Omit<Ahead, 'inVain'> | null> {
  const { timeoutMs = release.summary.timeoutMs } = prepared
  const at = deps.clock()
  const { work, isIdRead } = workToCome(prepared, at, timeoutMs)
  const { writer, outputs, sleep, missed, last } = shardToCome()
  const lease = createLeaseClock(deps.clock, at, LEASE_MS)
  const job = { work, config, release, writer, lease, deadlineAt: work.deadlineAt, sliceEndsAt: lease.endsAt() }
  // What breaks here breaks again once it is accepted, and is reported then.
  const report = () => undefined
  const end = await Promise.race([runExecution({ ...deps, outputs, sleep, report }, job), missed])
  const written = last()
  if (isIdRead() || end?.kind !== 'finished' || written === undefined) return null
  const { events, status, result } = written
  return { ran: { events, status, result, at }, completion: { status, result: end.result, response: end.response } }
}

/** The execution as it will be, and whether anything asked for its id, which nobody knows yet. */
function workToCome({ pin, payload, cause }: Prepared, at: EpochMs, timeoutMs: number) {
  let isIdRead = false
  const work: Work = {
    get id() {
      isIdRead = true
      return ''
    },
    seq: 0,
    token: 1,
    pin,
    events: 0,
    journal: [],
    payload,
    cause,
    acceptedAt: at,
    deadlineAt: at + timeoutMs,
    inbox: [],
    remainingMs: timeoutMs,
  }
  return { work, isIdRead: () => isIdRead }
}

/** Hears the last word of a run. Whoever needs it before, or time to pass, waits for ever: `missed` tells. */
function shardToCome() {
  const { promise: missed, resolve } = Promise.withResolvers<null>()
  const never = async <T>(): Promise<T> => {
    resolve(null)
    return new Promise<T>(() => undefined)
  }
  const heard: FinishItem[] = []
  const finish: ShardWriter['finish'] = async (item) => {
    heard.push(item)
    return { kind: 'ok', status: item.status }
  }
  const writer: ShardWriter = { commit: never, park: never, renew: never, finish }
  const outputs: OutputStore = { put: never, get: never }
  return { writer, outputs, sleep: never<void>, missed, last: () => heard[0] }
}
