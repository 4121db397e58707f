import type { Json } from '#core/kernel/json'
import type { EpochMs } from '#core/kernel/time'
import type { Change, HistoryEntry, ReleaseRecord } from '#core/release/wire'
import { AppError } from './app-error'
import { catchUpConfiguration } from './apply-configuration'
import { buildRelease } from './build-release'
import { type Deployment, findDeployment, historyOf, requireDeployment } from './deployments'
import { judgeDocument } from './judge-document'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'
import { type Asked, changeKey, identityOf, recallChange, switchDeployment, type Switched } from './switch-deployment'
import { findEnvironment, targetOf } from './target-environment'
import { versionUnknown } from './versions'

/** What S64 wants people to know before they go back. */
const WARNINGS = [
  'The switch is immediate; there is no gradual transition.',
  'Running executions finish on the version they started with.',
  'Changes that were made to schemas or data elsewhere are not reverted.',
  'What already ran may have to be cleaned up by hand in the systems it reached.',
  'Test the older version before it takes high traffic.',
]

export type RollbackWish = {
  readonly version?: string | undefined
  readonly reason: string
  /** Also go back to the variables and secrets of then, instead of keeping those of now. */
  readonly restoreConfiguration: boolean
}

export type RolledBack = {
  readonly deployment: Deployment
  readonly switched: Switched
  readonly from: string
  readonly target: ReleaseRecord
}

export type RollbackPreview = {
  readonly deployment: Deployment
  readonly current: { readonly version: string; readonly deployedAt: EpochMs }
  readonly target: { readonly version: string; readonly deployedAt: EpochMs }
  readonly activeExecutions: number
  readonly warnings: readonly string[]
}

/** Says what a rollback would do (S61, S64). */
export async function previewRollback(
  ctx: ServiceContext,
  id: string,
  version: string | undefined,
): Promise<RollbackPreview> {
  const deployment = await findDeployment(ctx, id)
  const { organizationId } = ctx.stores
  const snapshot = (await ctx.deployments(deployment.ref).status({ organizationId })) ?? deployment.snapshot
  const history = await historyOf(ctx, deployment)
  const active = requireActive(deployment)
  const target = await chooseTarget(ctx, deployment, history, version)
  const switchedAt = history.find((entry) => entry.releaseId === target.releaseId)?.at ?? target.createdAt
  return {
    deployment,
    current: { version: active.version, deployedAt: active.activatedAt },
    target: { version: target.version, deployedAt: switchedAt },
    activeExecutions: snapshot.activeExecutions,
    warnings: WARNINGS,
  }
}

/** Makes an earlier version live again (S61–S63): at once, without waiting for anything. */
export async function rollback(ctx: ServiceContext, id: string, wish: RollbackWish, asked: Asked): Promise<RolledBack> {
  const deployment = await requireDeployment(ctx, id)
  const { from, target, kind, change } = await planOf(ctx, deployment, wish, asked)
  const identity = identityOf(ctx, deployment, deployment.snapshot.identity.workflowName)
  const switched = await switchDeployment(ctx, identity, change, changeKey(ctx, kind, asked))
  if (!wish.restoreConfiguration) await catchUpConfiguration(ctx, id)
  await recordAudit(ctx, 'deployment.rolled_back', id, {
    from,
    to: target.version,
    reason: wish.reason,
  })
  return { deployment: { ...deployment, snapshot: switched.snapshot }, switched, from, target }
}

/** Where from and to. A repeat went there already, so that what is live says nothing of where it came from. */
async function planOf(ctx: ServiceContext, deployment: Deployment, wish: RollbackWish, asked: Asked) {
  const { reason } = wish
  const kind: Change['kind'] = wish.restoreConfiguration ? 'restore' : 'switch'
  const recalled = await recallChange(ctx, deployment.ref, kind, asked)
  if (recalled?.from != null) {
    const { release: target, from } = recalled
    return {
      from,
      target,
      kind,
      change: { kind: 'restore', releaseId: target.releaseId, cause: 'rollback', reason } as const,
    }
  }
  const { version: from } = requireActive(deployment)
  const target = await chooseTarget(ctx, deployment, await historyOf(ctx, deployment), wish.version)
  return { from, target, kind, change: await changeTo(ctx, deployment, target, wish) }
}

function requireActive(deployment: Deployment) {
  const { active, status } = deployment.snapshot
  if (active === null || status === 'undeployed') throw new AppError('not_deployed')
  return active
}

/** The version named, or the highest one below the live one that was live before. */
async function chooseTarget(
  ctx: ServiceContext,
  deployment: Deployment,
  history: readonly HistoryEntry[],
  version: string | undefined,
): Promise<ReleaseRecord> {
  const { organizationId } = ctx.stores
  const active = requireActive(deployment)
  const releases = (await ctx.deployments(deployment.ref).releases({ organizationId })) ?? []
  if (version !== undefined) {
    const named = releases.find((release) => release.version === version || namesNumber(version, release.versionNumber))
    if (named === undefined) throw versionUnknown(version)
    if (named.versionId !== active.versionId) return named
    throw new AppError('no_earlier_version', { detail: `${active.version} is live already.` })
  }
  const wasLive = new Set(history.map((entry) => entry.releaseId))
  const earlier = releases
    .filter((release) => wasLive.has(release.releaseId) && release.versionNumber < active.versionNumber)
    .toSorted((a, b) => b.versionNumber - a.versionNumber || b.pin - a.pin)
  const [target] = earlier
  if (target === undefined) {
    throw new AppError('no_earlier_version', { detail: `No version below ${active.version} was live here before.` })
  }
  return target
}

function namesNumber(text: string, number: number): boolean {
  return text === `v${number}` || text === String(number)
}

async function changeTo(
  ctx: ServiceContext,
  deployment: Deployment,
  target: ReleaseRecord,
  wish: RollbackWish,
): Promise<Change> {
  const { reason } = wish
  if (wish.restoreConfiguration) return { kind: 'restore', releaseId: target.releaseId, cause: 'rollback', reason }
  const version = await ctx.stores.versions.findById(deployment.workflowId, target.versionId)
  if (version === null) throw versionUnknown(target.version)
  const environment = await findEnvironment(ctx, deployment.environment)
  const values = await ctx.stores.environments.values(environment.id)
  const judged = judgeDocument(JSON.parse(version.definition) as Json, 'deploy', targetOf(environment, values))
  if (judged.workflow === null) {
    const hint = 'Send "restoreConfiguration": true to go back with the configuration of then.'
    throw new AppError('deploy_refused', {
      detail: `${target.version} does not fit ${environment.name} as it is now. ${hint}`,
      issues: judged.issues,
    })
  }
  const { releaseNotes, gitCommit } = version
  const parts = { deployment, version, workflow: judged.workflow, environment, values, releaseNotes, gitCommit }
  return { kind: 'switch', release: await buildRelease(ctx, parts), cause: 'rollback', reason }
}
