import { env } from 'cloudflare:workers'
import type { ActivateRequest, Change, NewRelease, ScheduleSpec } from '#core/release/wire'
import type { DeploymentHandle } from '../../../worker/ports/deployments'
import type { ShardHandle } from '../../../worker/ports/shards'
import { deploymentConfig } from './open-shard'

export function newRelease(number: number, changes: Partial<NewRelease> = {}): NewRelease {
  return {
    releaseId: `rel_${number}`,
    versionId: `version_${number}`,
    versionNumber: number,
    version: `v${number}`,
    digest: `sha256:${number}`,
    environmentRevision: 1,
    endpoint: 'sealed',
    document: '{}',
    environment: 'sealed',
    pure: true,
    inline: true,
    timeoutMs: 3_600_000,
    quota: 100,
    schedules: [],
    webhooks: [],
    releaseNotes: null,
    gitCommit: null,
    ...changes,
  }
}

export function schedule(cron: string, changes: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return { triggerId: 'schedule', cron, timezone: 'UTC', enabled: true, description: null, payload: '{}', ...changes }
}

/** A Deployment object of its own, with its home shard. */
export function testDeployment() {
  const { organizationId, deploymentId, ref, workflowId, workflowName, environment, environmentId, lane } =
    deploymentConfig()
  const identity = { organizationId, deploymentId, ref, workflowId, workflowName, environment, environmentId, lane }
  const stub = env.DEPLOYMENTS.getByName(`dep:${ref}`)
  const handle = stub as unknown as DeploymentHandle
  const shardStub = env.SHARDS.getByName(`dep:${ref}:0`)
  let changes = 0
  const request = (change: Change, more: Partial<ActivateRequest> = {}): ActivateRequest => ({
    idempotencyKey: `change-${ref}-${changes++}`,
    identity,
    actor: { id: 'user_1', email: 'alice@example.com' },
    change,
    ...more,
  })
  return {
    identity,
    stub,
    handle,
    shardStub,
    shard: shardStub as unknown as ShardHandle,
    request,
    scope: { organizationId },
    apply: (change: Change, more?: Partial<ActivateRequest>) => handle.activate(request(change, more)),
    deploy: (number: number, changes: Partial<NewRelease> = {}) =>
      handle.activate(request({ kind: 'switch', cause: 'deploy', release: newRelease(number, changes) })),
  }
}
