import type { Json } from '#core/kernel/json'
import type { DeploymentRow } from '../ports/deployment-store'
import type { EnvironmentRow, ValueKind, ValueRow } from '../ports/environment-store'
import { buildRelease } from './build-release'
import { judgeDocument } from './judge-document'
import type { ServiceContext } from './service-context'
import { identityOf, switchDeployment } from './switch-deployment'
import { findEnvironment } from './target-environment'

/** Deployments that were given the new values, and those that are still on their way or failed to answer. */
export type Applied = { readonly done: number; readonly pending: number }

const AT_ONCE = 8

/** Releases every deployment of an environment again whose live version names one of `names`. */
export async function applyConfiguration(
  ctx: ServiceContext,
  environmentName: string,
  kind: ValueKind,
  names: readonly string[],
): Promise<Applied> {
  const environment = await findEnvironment(ctx, environmentName)
  const values = await ctx.stores.environments.values(environment.id)
  const live = (await ctx.stores.deployments.listByEnvironment(environment.id)).filter(
    (row) => row.snapshot?.active != null && row.status !== 'undeployed',
  )
  const applied = { done: 0, pending: 0 }
  for (let i = 0; i < live.length; i += AT_ONCE) {
    const outcomes = await Promise.all(
      live.slice(i, i + AT_ONCE).map((row) => releaseAgain(ctx, row, { environment, values, kind, names })),
    )
    for (const outcome of outcomes) if (outcome !== 'unaffected') applied[outcome]++
  }
  return applied
}

type Change = {
  readonly environment: EnvironmentRow
  readonly values: readonly ValueRow[]
  readonly kind: ValueKind
  readonly names: readonly string[]
}

/** A deployment that cannot be switched keeps what it had, and is counted as pending: it shows as changed since release. */
async function releaseAgain(
  ctx: ServiceContext,
  row: DeploymentRow,
  change: Change,
): Promise<keyof Applied | 'unaffected'> {
  const { environment, values, kind, names } = change
  const active = row.snapshot?.active
  if (active == null) return 'unaffected'
  const version = await ctx.stores.versions.findById(row.workflowId, active.versionId)
  if (version === null) return 'unaffected'
  const needed = kind === 'secret' ? version.needs.secrets : version.needs.variables
  if (!names.some((name) => needed.includes(name))) return 'unaffected'
  const { workflow } = judgeDocument(JSON.parse(version.definition) as Json, 'draft')
  if (workflow === null) return 'pending'
  try {
    const { releaseNotes, gitCommit } = version
    const release = await buildRelease(ctx, {
      deployment: row,
      version,
      workflow,
      environment,
      values,
      releaseNotes,
      gitCommit,
    })
    const reason = `${kind === 'secret' ? 'Secrets' : 'Variables'} changed: ${names.join(', ')}`
    const identity = identityOf(ctx, row, row.snapshot?.identity.workflowName ?? '')
    const key = `config|${environment.id}|${environment.revision}`
    const { shardsPending } = await switchDeployment(
      ctx,
      identity,
      { kind: 'switch', release, cause: 'config', reason },
      key,
    )
    return shardsPending.length === 0 ? 'done' : 'pending'
  } catch {
    return 'pending'
  }
}
