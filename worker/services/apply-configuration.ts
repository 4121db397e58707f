import type { Json } from '#core/kernel/json'
import type { DeploymentSnapshot } from '#core/release/wire'
import type { DeploymentRow } from '../ports/deployment-store'
import type { EnvironmentRow, ValueKind, ValueRow } from '../ports/environment-store'
import type { VersionRow } from '../ports/version-store'
import { AppError } from './app-error'
import { buildRelease } from './build-release'
import { judgeDocument } from './judge-document'
import type { ServiceContext } from './service-context'
import { identityOf, switchDeployment } from './switch-deployment'
import { findEnvironment } from './target-environment'

/** Deployments that were given the new values, and those that are still on their way or failed to answer. */
export type Applied = { readonly done: number; readonly pending: number }

const AT_ONCE = 8
/** Each time, somebody else switched the deployment. */
const TRIES_MAX = 5

type Outcome = keyof Applied | 'unaffected'

type Change = {
  readonly environment: EnvironmentRow
  readonly values: readonly ValueRow[]
  /** Whether the change is about what a version names. */
  readonly concerns: (needs: VersionRow['needs']) => boolean
  readonly reason: string
}

/** Releases every deployment of an environment again whose live version names one of `names`. */
export async function applyConfiguration(
  ctx: ServiceContext,
  environmentName: string,
  kind: ValueKind,
  names: readonly string[],
): Promise<Applied> {
  const environment = await findEnvironment(ctx, environmentName)
  const values = await ctx.stores.environments.values(environment.id)
  const deployments = await ctx.stores.deployments.listByEnvironment(environment.id)
  const change: Change = {
    environment,
    values,
    concerns: (needs) => names.some((name) => (kind === 'secret' ? needs.secrets : needs.variables).includes(name)),
    reason: `${kind === 'secret' ? 'Secrets' : 'Variables'} changed: ${names.join(', ')}`,
  }
  const applied = { done: 0, pending: 0 }
  for (let i = 0; i < deployments.length; i += AT_ONCE) {
    const outcomes = await Promise.all(deployments.slice(i, i + AT_ONCE).map((row) => releaseAgain(ctx, row, change)))
    for (const outcome of outcomes) if (outcome !== 'unaffected') applied[outcome]++
  }
  return applied
}

/** Releases a deployment again whose values were changed while its release was made, or while it waited to go live. */
export async function catchUpConfiguration(ctx: ServiceContext, deploymentId: string): Promise<void> {
  const row = await ctx.stores.deployments.find(deploymentId)
  if (row === null || !row.isConfigurationStale) return
  const environment = await findEnvironment(ctx, row.environment)
  const values = await ctx.stores.environments.values(environment.id)
  const reason = 'Values changed before it was live'
  await releaseAgain(ctx, row, { environment, values, concerns: () => true, reason })
}

/**
 * Gives a deployment the values of now, on the version that is live at that moment and on no other: what was switched, rolled
 * back or undeployed in between stays so. One that cannot be switched keeps what it had, and is counted as pending: it shows
 * as changed since its release.
 */
async function releaseAgain(ctx: ServiceContext, row: DeploymentRow, change: Change): Promise<Outcome> {
  let { snapshot } = row
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (snapshot?.active == null || snapshot.status === 'undeployed') return 'unaffected'
    try {
      return await switchValues(ctx, row, snapshot, change)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'superseded') return 'pending'
    }
    const { organizationId } = ctx.stores
    snapshot = await ctx
      .deployments(row.ref)
      .status({ organizationId })
      .catch(() => null)
    if (snapshot === null) return 'pending'
  }
  return 'pending'
}

/** Throws `superseded` when the snapshot is not that of now. */
async function switchValues(
  ctx: ServiceContext,
  row: DeploymentRow,
  { active, epoch, identity: { workflowName } }: DeploymentSnapshot,
  { environment, values, concerns, reason }: Change,
): Promise<Outcome> {
  const version = active === null ? null : await ctx.stores.versions.findById(row.workflowId, active.versionId)
  if (version === null || !concerns(version.needs)) return 'unaffected'
  const { workflow } = judgeDocument(JSON.parse(version.definition) as Json, 'draft')
  if (workflow === null) return 'pending'
  const { releaseNotes, gitCommit } = version
  const parts = { deployment: row, version, workflow, environment, values, releaseNotes, gitCommit }
  const release = await buildRelease(ctx, parts)
  const { shardsPending } = await switchDeployment(
    ctx,
    identityOf(ctx, row, workflowName),
    { kind: 'switch', release, cause: 'config', reason },
    `config|${environment.id}|${environment.revision}|${epoch}`,
    epoch,
  )
  return shardsPending.length === 0 ? 'done' : 'pending'
}
