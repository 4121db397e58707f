import type { DeploymentAnswer } from '#core/contract/deployments'
import { toIso } from '#core/kernel/time'
import type { DeploymentSnapshot, ReleaseRecord } from '#core/release/wire'
import type { Deployment } from '../services/deployments'
import { formatScheduleId } from '../services/schedule-id'
import type { ServiceContext } from '../services/service-context'

/** A deployment as answers write it. */
export async function deploymentBody(ctx: ServiceContext, deployment: Deployment): Promise<DeploymentAnswer> {
  const { snapshot } = deployment
  const { identity, active, previous } = snapshot
  const { webhooks, webhookUrl, schedules } = await doorsBody(ctx, snapshot)
  return {
    deploymentId: identity.deploymentId,
    workflowId: identity.workflowId,
    workflowName: identity.workflowName,
    environment: identity.environment,
    state: snapshot.status,
    pauseNote: snapshot.pauseNote,
    activeVersion:
      active === null ? null : { ...releaseBody(active, active.activatedAt), deployedBy: active.activatedBy },
    previousVersion:
      previous === null || previous.versionId === active?.versionId
        ? null
        : { ...releaseBody(previous, previous.createdAt), deployedBy: null },
    epoch: snapshot.epoch,
    rollout: null,
    webhookUrl,
    webhooks,
    schedules,
    health: deployment.isErroring ? 'erroring' : 'ok',
    activeExecutions: snapshot.activeExecutions,
    shards: snapshot.shards,
    configurationChangedSinceRelease: deployment.isConfigurationStale,
  }
}

function releaseBody(release: ReleaseRecord, deployedAt: number) {
  const { version, versionNumber, digest, releaseId } = release
  return { version, number: versionNumber, digest, releaseId, deployedAt: toIso(deployedAt) }
}

/** How a deployment is reached: by address and by clock. */
export async function doorsBody(ctx: ServiceContext, snapshot: DeploymentSnapshot) {
  const { ref } = snapshot.identity
  const webhooks = await Promise.all(
    snapshot.webhooks.map(async ({ triggerId, slot, method }) => ({
      triggerId,
      url: await ctx.webhookUrl(ref, slot),
      method: [...method],
    })),
  )
  const schedules = snapshot.schedules.map((schedule) => ({
    scheduleId: formatScheduleId(ref, schedule.triggerId),
    triggerId: schedule.triggerId,
    cron: schedule.cron,
    timezone: schedule.timezone,
    enabled: schedule.enabled,
    nextFireAt: schedule.nextFireAt === null ? null : toIso(schedule.nextFireAt),
    lastFireAt: schedule.lastFireAt === null ? null : toIso(schedule.lastFireAt),
  }))
  return { webhooks, webhookUrl: webhooks[0]?.url ?? null, schedules }
}
