import { toIso } from '#core/kernel/time'
import type { Change } from '#core/release/wire'
import { type Deployed, deploy } from '../../services/deploy'
import {
  activateRelease,
  changeDeployment,
  listDeployments,
  listHistory,
  readDeployment,
} from '../../services/deployments'
import type { DeployPlan } from '../../services/plan-deploy'
import { previewRollback, rollback } from '../../services/rollback'
import type { ServiceContext } from '../../services/service-context'
import type { Asked } from '../../services/switch-deployment'
import { deploymentBody, doorsBody } from '../deployment-body'
import type { SomeHandlers } from '../handler'
import { historyLine } from '../history-line'
import { issueBody } from '../issue-body'

type Names =
  | 'deployWorkflow'
  | 'listDeployments'
  | 'getDeployment'
  | 'getDeploymentHistory'
  | 'previewRollback'
  | 'rollbackDeployment'
  | 'pauseDeployment'
  | 'resumeDeployment'
  | 'undeployWorkflow'
  | 'activateDeployment'
  | 'scaleDeployment'

export const deploymentHandlers: SomeHandlers<Names> = {
  async deployWorkflow({ ctx, body, ...call }) {
    const outcome = await deploy(ctx, body, askedBy(call))
    return 'plan' in outcome ? { status: 200, body: planBody(outcome) } : deployedAnswer(ctx, outcome)
  },
  async listDeployments({ ctx, query }) {
    const page = await listDeployments(ctx, query)
    const items = await Promise.all(page.items.map((deployment) => deploymentBody(ctx, deployment)))
    return { status: 200, body: { items, nextCursor: page.nextCursor } }
  },
  async getDeployment({ ctx, params }) {
    return { status: 200, body: await deploymentBody(ctx, await readDeployment(ctx, params.id)) }
  },
  async getDeploymentHistory({ ctx, params, query }) {
    const page = await listHistory(ctx, params.id, query)
    return { status: 200, body: { items: page.items.map(historyLine), nextCursor: page.nextCursor } }
  },
  async previewRollback({ ctx, params, query }) {
    const preview = await previewRollback(ctx, params.id, query.version)
    const { workflowName, environment } = preview.deployment.snapshot.identity
    const side = (it: { version: string; deployedAt: number }) => ({
      version: it.version,
      deployedAt: toIso(it.deployedAt),
    })
    const { current, target, activeExecutions, warnings } = preview
    return {
      status: 200,
      body: {
        workflowName,
        environment,
        current: side(current),
        target: side(target),
        activeExecutions,
        warnings: [...warnings],
      },
    }
  },
  async rollbackDeployment({ ctx, params, body, ...call }) {
    const { deployment, switched, from, target } = await rollback(ctx, params.id, body, askedBy(call))
    const { active, activeExecutions } = deployment.snapshot
    const rolledBack = {
      deploymentId: deployment.id,
      releaseId: switched.releaseId ?? target.releaseId,
      environment: deployment.environment,
      from,
      version: target.version,
      epoch: switched.epoch,
      rolledBackAt: toIso(active?.activatedAt ?? ctx.clock()),
      rolledBackBy: ctx.caller.actor,
      activeExecutions,
      reason: body.reason,
    }
    const shardsPending = [...switched.shardsPending]
    return shardsPending.length === 0
      ? { status: 200, body: { ...rolledBack, status: 'rolled_back' } }
      : { status: 202, body: { ...rolledBack, status: 'switching', shardsPending } }
  },
  pauseDeployment: ({ ctx, params, body, ...call }) =>
    changed(ctx, params.id, { kind: 'pause', note: body.note ?? null }, askedBy(call)),
  resumeDeployment: ({ ctx, params, ...call }) => changed(ctx, params.id, { kind: 'resume' }, askedBy(call)),
  undeployWorkflow: ({ ctx, params, ...call }) => changed(ctx, params.id, { kind: 'undeploy' }, askedBy(call)),
  scaleDeployment: ({ ctx, params, body, ...call }) =>
    changed(ctx, params.id, { kind: 'scale', shards: body.shards }, askedBy(call)),
  async activateDeployment({ ctx, params, body, ...call }) {
    const deployment = await activateRelease(ctx, params.id, body.releaseId, askedBy(call))
    return { status: 200, body: await deploymentBody(ctx, deployment) }
  },
}

function askedBy(call: { readonly idempotencyKey: string | null; readonly fingerprint: string }): Asked {
  return { key: call.idempotencyKey, fingerprint: call.fingerprint }
}

async function changed(
  ctx: ServiceContext,
  id: string,
  change: Extract<Change, { kind: 'pause' | 'resume' | 'undeploy' | 'scale' }>,
  asked: Asked,
) {
  return {
    status: 200,
    body: await deploymentBody(ctx, await changeDeployment(ctx, id, change, asked)),
  } as const
}

function planBody({ plan, diff, checks }: DeployPlan) {
  return { dryRun: true as const, plan: [...plan], diff: [...diff], checks: [...checks] }
}

async function deployedAnswer(ctx: ServiceContext, { switched, version, workflowName, isActive, issues }: Deployed) {
  const { snapshot } = switched
  const { identity } = snapshot
  const workflow = await ctx.stores.workflows.find(identity.workflowId)
  const deployed = {
    deploymentId: identity.deploymentId,
    workflowId: identity.workflowId,
    environment: identity.environment,
    version: version.tag ?? `v${version.number}`,
    deployedAt: toIso(isActive ? (snapshot.active?.activatedAt ?? ctx.clock()) : ctx.clock()),
    ...(await doorsBody(ctx, snapshot)),
    releaseId: switched.releaseId ?? '',
    versionNumber: version.number,
    digest: version.digest,
    workflowStatus: workflow?.status ?? 'active',
    message: isActive
      ? `Workflow "${workflowName}" deployed successfully`
      : `Workflow "${workflowName}" placed; activate the deployment to make it live`,
    issues: issues.map(issueBody),
  }
  const shardsPending = [...switched.shardsPending]
  return shardsPending.length === 0
    ? ({ status: 200, body: { ...deployed, status: isActive ? 'deployed' : 'placed' } } as const)
    : ({ status: 202, body: { ...deployed, status: 'switching', shardsPending } } as const)
}
