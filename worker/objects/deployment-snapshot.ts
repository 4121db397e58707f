import type { DeploymentState, ReleaseHead } from '#core/release/state'
import type { DeploymentSnapshot, ReleaseRecord } from '#core/release/wire'
import type { DeploymentStorage } from './deployment-storage'
import type { ScheduleStorage } from './schedule-storage'

/** What is live, for people and for the D1 projection. */
export function snapshotOf(
  state: DeploymentState,
  storage: DeploymentStorage,
  schedules: ScheduleStorage,
): DeploymentSnapshot {
  const active = storage.head(state.active)
  const previous = storage.head(state.standby)
  const live = state.status === 'undeployed' ? null : active
  return {
    identity: state.identity,
    epoch: state.epoch,
    status: state.status,
    pauseNote: state.pauseNote,
    active:
      active === null
        ? null
        : {
            ...recordOf(active),
            activatedAt: state.activatedAt ?? active.createdAt,
            activatedBy: state.activatedBy ?? { id: '', email: null },
          },
    previous: previous === null ? null : recordOf(previous),
    webhooks: live?.webhooks ?? [],
    schedules: schedules.schedules().map(({ triggerId, spec, nextAt, lastAt }) => ({
      triggerId,
      cron: spec.cron,
      timezone: spec.timezone,
      enabled: spec.enabled,
      nextFireAt: nextAt,
      lastFireAt: lastAt,
    })),
    activeExecutions: storage.running(),
    shards: state.shards,
    shardsPending: storage.shardsBehind(state.epoch),
  }
}

function recordOf(release: ReleaseHead): ReleaseRecord {
  const { releaseId, pin, versionId, versionNumber, version, digest, environmentRevision, createdAt } = release
  return { releaseId, pin, versionId, versionNumber, version, digest, environmentRevision, createdAt }
}
