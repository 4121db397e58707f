import type { EpochMs } from '#core/kernel/time'
import type { ClaimAnswer, Work } from '#core/shard/wire'
import { comeBackLater } from './come-back-later'
import { failWork } from './fail-work'
import { createLeaseClock } from './lease-clock'
import { KeysUnreachable, type LoadedRelease } from './release-cache'
import { runExecution } from './run-execution'
import type { RunnerDeps, RunnerShard } from './runner-deps'
import { createShardWriter, type ShardWriter } from './shard-writer'
import { type UnreadableRelease, unreadableRelease } from '../unreadable-release'

/** After this a runner makes room for another instead of claiming again. */
const KEEP_CLAIMING_MS = 10_000
const CLAIM_MAX = 50
/** A queue consumer may live 15 minutes; the last one is kept free, so that the last stage can be journaled. */
const SLICE_MS = 14 * 60_000

/** Stands for a release whose keys cannot be reached for the moment. */
const AWAY = 'away'

/** Answers one doorbell: claims ready work, runs it, claims again for a while, and rings for whoever comes next. */
export async function serveDoorbell(deps: RunnerDeps, shard: RunnerShard): Promise<void> {
  const startedAt = deps.clock()
  const sliceEndsAt = startedAt + SLICE_MS
  let lane = 0
  while (deps.clock() - startedAt < KEEP_CLAIMING_MS) {
    const sentAt = deps.clock()
    const held = deps.releases.held(shard.ref)
    const answer = await shard.open().claim({ max: CLAIM_MAX, have: [...held.keys()] })
    if (answer.work.length === 0) return
    lane = answer.config.lane
    const rung = deps.doorbells.ring({ lane, ref: shard.ref, shard: shard.no }, answer.ring)
    const releases = await loadReleases(deps, answer, held)
    await runAll(deps, shard, { answer, releases, sentAt, sliceEndsAt })
    await rung
    if (answer.againAfterMs > 0) await deps.sleep(answer.againAfterMs)
  }
  await deps.doorbells.ring({ lane, ref: shard.ref, shard: shard.no }, 1)
}

type Claimed = {
  readonly answer: ClaimAnswer
  readonly releases: ReadonlyMap<number, LoadedRelease | UnreadableRelease | typeof AWAY>
  readonly sentAt: EpochMs
  readonly sliceEndsAt: EpochMs
}

/** By pin; absent = this runner can make nothing of it, and its work is left to the next one. */
async function loadReleases(
  deps: RunnerDeps,
  { releases, config }: ClaimAnswer,
  held: ReadonlyMap<number, LoadedRelease>,
): Promise<Claimed['releases']> {
  const known = new Map<number, LoadedRelease | UnreadableRelease | typeof AWAY>(held)
  for (const parts of releases) {
    try {
      const loaded = await deps.releases.load(config, parts)
      known.set(parts.pin, loaded ?? unreadableRelease(config.environment, parts))
    } catch (error) {
      if (error instanceof KeysUnreachable) known.set(parts.pin, AWAY)
      deps.report('release_unreadable', { ref: config.ref, pin: parts.pin, error: String(error) })
    }
  }
  return known
}

async function runAll(deps: RunnerDeps, shard: RunnerShard, claimed: Claimed): Promise<void> {
  const { answer, releases, sentAt, sliceEndsAt } = claimed
  const writer = createShardWriter(shard.open, deps.sleep)
  await Promise.all(
    answer.work.map(async (work) => {
      const release = releases.get(work.pin)
      if (release === undefined) return
      if (release === AWAY || 'failure' in release) return turnDown(deps, writer, work, release)
      await runExecution(deps, {
        work,
        config: answer.config,
        release,
        writer,
        lease: createLeaseClock(deps.clock, sentAt, answer.leaseMs),
        deadlineAt: sentAt + work.remainingMs,
        sliceEndsAt,
      })
    }),
  )
}

/**
 * A release whose environment cannot be decrypted never runs with empty secrets (S88): the execution fails and says so. While
 * only its keys are out of reach it waits, or an outage of their store would look like runners that die.
 */
async function turnDown(
  deps: RunnerDeps,
  writer: ShardWriter,
  work: Work,
  release: UnreadableRelease | typeof AWAY,
): Promise<void> {
  const rest = { from: work.events, events: [], heard: work.inbox.length }
  try {
    if (release === AWAY) await comeBackLater(deps.clock, { work, writer }, rest)
    else await failWork(writer, work, release.failure, deps.clock())
  } catch (error) {
    deps.report('runner_failed', { executionId: work.id, error: String(error) })
  }
}
