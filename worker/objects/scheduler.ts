import type { EpochMs } from '#core/kernel/time'
import { homeShard } from '#core/model/home-shard'
import type { DeploymentState } from '#core/release/state'
import { parseCron } from '#core/schedule/cron'
import { dueSlots } from '#core/schedule/due-slots'
import type { AcceptAnswer, AcceptRequest } from '#core/shard/wire'
import type { DueFire, ScheduleStorage, StoredSchedule } from './schedule-storage'

const MISSED = 'Nobody was there when this moment was due; only the newest missed moment is caught up.'

export type Scheduler = {
  /** Writes down every moment due until now, so that a switch cannot move it to another release (4.4 rule 2). */
  materialise(state: DeploymentState, now: EpochMs): void
  /** Dispatches what is written down; what cannot be dispatched now stays. Repeating it starts nothing twice (I8). Never rejects. */
  dispatch(state: DeploymentState): Promise<void>
}

export type SchedulerPorts = {
  readonly transaction: <T>(work: () => T) => T
  readonly accept: (state: DeploymentState, no: number, request: AcceptRequest) => Promise<AcceptAnswer>
  readonly provide: (pin: number, no: number) => Promise<unknown>
  readonly ring: (no: number, count: number) => Promise<void>
  readonly nonce: () => string
  readonly report: (event: string, error: unknown) => void
}

export function createScheduler(storage: ScheduleStorage, ports: SchedulerPorts): Scheduler {
  function materialise(state: DeploymentState, now: EpochMs): void {
    for (const schedule of storage.dueSchedules(now)) {
      ports.transaction(() => writeDown(storage, state, schedule, now))
    }
  }

  async function dispatch(state: DeploymentState): Promise<void> {
    for (const fire of storage.dispatching()) {
      try {
        await dispatchOne(storage, ports, state, fire)
      } catch (error) {
        // One moment that cannot be started must not hold back the others; its row brings the alarm back.
        ports.report('schedule_dispatch_failed', error)
      }
    }
  }

  return { materialise, dispatch }
}

function writeDown(storage: ScheduleStorage, state: DeploymentState, schedule: StoredSchedule, now: EpochMs): void {
  const { triggerId, spec, nextAt } = schedule
  const cron = parseCron(spec.cron)
  if (!cron.ok || nextAt === null) return storage.advance(triggerId, null, null)
  const slots = dueSlots({ cron: cron.value, timezone: spec.timezone, nextAt }, now)
  for (const nominalAt of slots.missed) {
    storage.recordFire({ triggerId, nominalAt }, 'skipped_missed', { actualAt: now, reason: MISSED })
  }
  if (slots.fire !== null) {
    const fire = { triggerId, nominalAt: slots.fire }
    if (state.status === 'paused' || state.active === null) {
      const reason = `The deployment is paused${state.pauseNote === null ? '' : `: ${state.pauseNote}`}.`
      storage.recordFire(fire, 'skipped_paused', { actualAt: now, reason })
    } else {
      storage.recordDue(fire, { pin: state.active, payload: spec.payload }, now)
    }
  }
  storage.advance(triggerId, slots.nextAt, slots.fire)
}

async function dispatchOne(
  storage: ScheduleStorage,
  ports: SchedulerPorts,
  state: DeploymentState,
  fire: DueFire,
): Promise<void> {
  const request = requestOf(fire, state, ports.nonce())
  const home = homeShard(fire.triggerId, state.routed)
  let answer = await ports.accept(state, home, request)
  if (answer.kind === 'need_release' || (answer.kind === 'refused' && answer.code === 'unknown_shard')) {
    // The moment was due under a release that has been switched away from since, or the shard is new.
    await ports.provide(fire.pin, home)
    answer = await ports.accept(state, home, request)
  }
  if (answer.kind === 'accepted') {
    storage.settleFire(fire, 'started', { executionId: answer.id, reason: null })
    await ports.ring(home, answer.ring)
  } else if (answer.kind === 'refused' && answer.code !== 'unknown_shard') {
    storage.settleFire(fire, 'refused', { executionId: null, reason: `The shard refused it: ${answer.code}.` })
  }
  // `stale` or `unknown_shard` mean a push has not arrived yet: the row stays `dispatching` and the alarm comes back.
}

function requestOf(
  { triggerId, nominalAt, pin, payload }: DueFire,
  { epoch }: DeploymentState,
  nonce: string,
): AcceptRequest {
  const key = `schedule:${triggerId}:${nominalAt}`
  return {
    epoch,
    pin,
    nonce,
    key,
    home: triggerId,
    fingerprint: key,
    cause: { type: 'schedule', triggerId, actor: null, nominalAt },
    payload,
  }
}
