import type { EpochMs } from '#core/kernel/time'
import type { ClaimAnswer, Work } from '#core/shard/wire'
import { createLeaseClock } from './lease-clock'
import { runExecution } from './run-execution'
import type { RunnerDeps, RunnerShard } from './runner-deps'
import { createShardWriter } from './shard-writer'

/** After this a runner makes room for another instead of claiming again. */
const KEEP_CLAIMING_MS = 10_000
const CLAIM_MAX = 50
/** A queue consumer may live 15 minutes. */
const SLICE_MS = 15 * 60_000

/** Answers one doorbell: claims ready work, runs it, claims again for a while, and rings for whoever comes next. */
export async function serveDoorbell(deps: RunnerDeps, shard: RunnerShard): Promise<void> {
  const startedAt = deps.clock()
  const sliceEndsAt = startedAt + SLICE_MS
  let lane = 0
  while (deps.clock() - startedAt < KEEP_CLAIMING_MS) {
    const sentAt = deps.clock()
    const answer = await shard.handle.claim({ max: CLAIM_MAX, have: deps.releases.pins(shard.ref) })
    if (answer.work.length === 0) return
    lane = answer.config.lane
    const rung = deps.doorbells.ring({ lane, ref: shard.ref, shard: shard.no }, answer.ring)
    await runAll(deps, shard, answer, { sentAt, sliceEndsAt })
    await rung
  }
  await deps.doorbells.ring({ lane, ref: shard.ref, shard: shard.no }, 1)
}

async function runAll(
  deps: RunnerDeps,
  shard: RunnerShard,
  answer: ClaimAnswer,
  times: { sentAt: EpochMs; sliceEndsAt: EpochMs },
): Promise<void> {
  for (const parts of answer.releases) await deps.releases.load(answer.config, parts)
  const writer = createShardWriter(shard.handle)
  await Promise.all(
    answer.work.map((work) => {
      const release = deps.releases.get(shard.ref, work.pin)
      if (release === null) return failUnopened(shard, work, deps.clock())
      return runExecution(deps, {
        work,
        config: answer.config,
        release,
        writer,
        lease: createLeaseClock(deps.clock, times.sentAt, answer.leaseMs),
        deadlineAt: times.sentAt + work.remainingMs,
        sliceEndsAt: times.sliceEndsAt,
      })
    }),
  )
}

/** A release whose environment cannot be decrypted never runs with empty secrets (S88): the execution fails and says so. */
async function failUnopened(shard: RunnerShard, work: Work, now: EpochMs): Promise<void> {
  const failure = {
    code: 'environment_unavailable',
    message: 'The variables and secrets of this release could not be decrypted.',
    hint: 'The service’s master key has changed. Set the secrets again and deploy.',
  }
  const event = JSON.stringify({ v: 1, type: 'execution_failed', at: now, failure })
  const result = JSON.stringify({ output: null, error: failure, startedAt: null, endedAt: now })
  const { seq, token, events } = work
  await shard.handle.finish({ items: [{ seq, token, from: events, events: [event], status: 'failed', result }] })
}
