import type { Page, PageQuery } from '#core/contract/page'
import type { JsonObject } from '#core/kernel/json'
import type { Change, DeploymentSnapshot, HistoryEntry } from '#core/release/wire'
import type { DeploymentRow } from '../ports/deployment-store'
import { AppError } from './app-error'
import { catchUpConfiguration } from './apply-configuration'
import { requireEnvironment, requireScope, requireWorkflow, unknown } from './caller'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'
import {
  type Asked,
  changeKey,
  freshKey,
  identityOf,
  recallChange,
  switchDeployment,
  takeDown,
  type Switched,
} from './switch-deployment'
import { findWorkflow } from './workflows'

/** A deployment that exists for its organization: something was released there at least once. */
export type Deployment = DeploymentRow & { readonly snapshot: DeploymentSnapshot }

/** Finds a deployment the caller may look at; another organization's does not exist. */
export async function findDeployment(ctx: ServiceContext, id: string): Promise<Deployment> {
  const row = await ctx.stores.deployments.find(id)
  if (row === null || row.snapshot === null) throw unknown('deployment', id)
  requireWorkflow(ctx.caller, row.workflowId, unknown('deployment', id))
  requireEnvironment(ctx.caller, row.environment)
  return { ...row, snapshot: row.snapshot }
}

/** A deployment as its object knows it right now; as it was projected when the object cannot be asked. */
export async function readDeployment(ctx: ServiceContext, id: string): Promise<Deployment> {
  const row = await findDeployment(ctx, id)
  const { organizationId } = ctx.stores
  const live = await ctx
    .deployments(row.ref)
    .status({ organizationId })
    .catch(() => null)
  return live === null ? row : { ...row, snapshot: live }
}

export async function listDeployments(
  ctx: ServiceContext,
  query: PageQuery & { readonly workflowId?: string | undefined; readonly environment?: string | undefined },
): Promise<Page<Deployment>> {
  const { items, nextCursor } = await ctx.stores.deployments.list({
    ...query,
    workflowIds: ctx.caller.workflowIds ?? undefined,
    environments: ctx.caller.environments ?? undefined,
  })
  return {
    items: items.flatMap((row) => (row.snapshot === null ? [] : [{ ...row, snapshot: row.snapshot }])),
    nextCursor,
  }
}

/** Every switch, newest first. The cursor counts how many were shown. */
export async function listHistory(ctx: ServiceContext, id: string, query: PageQuery): Promise<Page<HistoryEntry>> {
  const entries = await historyOf(ctx, await findDeployment(ctx, id))
  const from = Number.parseInt(query.cursor ?? '0', 10) || 0
  const end = from + query.limit
  return { items: entries.slice(from, end), nextCursor: end < entries.length ? String(end) : null }
}

export async function historyOf(ctx: ServiceContext, { ref }: DeploymentRow): Promise<readonly HistoryEntry[]> {
  const { organizationId } = ctx.stores
  return (await ctx.deployments(ref).history({ organizationId })) ?? []
}

/** Finds a deployment the caller may change. */
export async function requireDeployment(ctx: ServiceContext, id: string): Promise<Deployment> {
  const deployment = await findDeployment(ctx, id)
  requireScope(ctx.caller, `deploy:${deployment.environment}`)
  return deployment
}

/** Pauses, resumes, undeploys or grows; the address, the schedules and the history stay. */
export async function changeDeployment(
  ctx: ServiceContext,
  id: string,
  change: Extract<Change, { kind: 'pause' | 'resume' | 'undeploy' | 'scale' }>,
  asked: Asked,
): Promise<Deployment> {
  const deployment = await requireDeployment(ctx, id)
  const done = { pause: 'paused', resume: 'resumed', undeploy: 'undeployed', scale: 'scaled' } as const
  const { snapshot } = await apply(ctx, deployment, change, asked)
  await recordAudit(ctx, `deployment.${done[change.kind]}`, id, factsOf(change))
  return { ...deployment, snapshot }
}

function factsOf(change: Change): JsonObject {
  if (change.kind === 'pause') return { note: change.note }
  return change.kind === 'scale' ? { shards: change.shards } : {}
}

/**
 * Switches to a release that is stored already: the one named, as it was, or the one placed last, with the values of now. A
 * deleted workflow stays down.
 */
export async function activateRelease(
  ctx: ServiceContext,
  id: string,
  releaseId: string | undefined,
  asked: Asked,
): Promise<Deployment> {
  const deployment = await requireDeployment(ctx, id)
  await findWorkflow(ctx, deployment.workflowId)
  const recalled = releaseId === undefined ? await recallChange(ctx, deployment.ref, 'restore', asked) : null
  const target = releaseId ?? recalled?.release.releaseId ?? (await waitingRelease(ctx, deployment))
  const change = { kind: 'restore', releaseId: target, cause: 'activate' } as const
  await apply(ctx, deployment, change, asked)
  if (releaseId === undefined) await catchUpConfiguration(ctx, id)
  await recordAudit(ctx, 'deployment.switched', id, { releaseId: target })
  return readDeployment(ctx, id)
}

/** The newest release, if it was never live. Those that new values made, of what is live, do not count. */
async function waitingRelease(ctx: ServiceContext, deployment: Deployment): Promise<string> {
  const { organizationId } = ctx.stores
  const history = await historyOf(ctx, deployment)
  const kinds = new Map(history.map(({ releaseId, kind }) => [releaseId, kind]))
  const releases = (await ctx.deployments(deployment.ref).releases({ organizationId })) ?? []
  // The history is cut off somewhere: of releases as old as its end nobody knows whether they were live.
  const since = history.at(-1)?.at ?? 0
  const newest = releases.find(({ releaseId }) => kinds.get(releaseId) !== 'config')
  if (newest !== undefined && !kinds.has(newest.releaseId) && newest.createdAt > since) return newest.releaseId
  throw new AppError('not_deployed', {
    detail: 'No release waits to be activated; deploy with "autoActivate": false first.',
  })
}

async function apply(ctx: ServiceContext, deployment: Deployment, change: Change, asked: Asked): Promise<Switched> {
  const identity = identityOf(ctx, deployment, deployment.snapshot.identity.workflowName)
  return switchDeployment(ctx, identity, change, changeKey(ctx, change.kind, asked))
}

/** Deletes a workflow. While it is deployed that is refused, unless it may be undeployed first. */
export async function deleteWorkflow(ctx: ServiceContext, id: string, mayUndeploy: boolean): Promise<void> {
  const workflow = await findWorkflow(ctx, id)
  const live = await listLive(ctx, id)
  const environments = live.map((row) => row.environment).toSorted()
  if (live.length > 0 && !mayUndeploy) {
    throw new AppError('still_deployed', {
      detail: `'${workflow.name}' is deployed to ${environments.join(', ')}.`,
      extra: { environments },
    })
  }
  for (const environment of environments) {
    requireScope(ctx.caller, `deploy:${environment}`)
    requireEnvironment(ctx.caller, environment)
  }
  await takeAllDown(ctx, live)
  await ctx.stores.workflows.remove(id, ctx.clock())
  // A deploy may have come in between; one that comes later finds no workflow.
  await takeAllDown(ctx, await listLive(ctx, id))
  await ctx.stores.deployments.requestPurge(id, ctx.clock())
  await recordAudit(ctx, 'workflow.deleted', id, { name: workflow.name, undeployed: environments })
}

async function takeAllDown(ctx: ServiceContext, live: readonly Deployment[]): Promise<void> {
  for (const deployment of live) {
    await takeDown(ctx, identityOf(ctx, deployment, deployment.snapshot.identity.workflowName), freshKey(ctx))
  }
}

async function listLive(ctx: ServiceContext, workflowId: string): Promise<Deployment[]> {
  return (await ctx.stores.deployments.listByWorkflow(workflowId)).filter(isLive)
}

function isLive(row: DeploymentRow): row is Deployment {
  return row.snapshot !== null && row.status !== 'undeployed' && row.status !== 'prepared'
}
