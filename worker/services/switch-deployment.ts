import type { ActivateAnswer, Actor, Change, DeploymentIdentity, RecalledChange } from '#core/release/wire'
import type { DeploymentRow } from '../ports/deployment-store'
import type { Digest } from '../ports/digest'
import type { Stores } from '../ports/stores'
import { AppError } from './app-error'
import type { ServiceContext } from './service-context'

export type Switched = Extract<ActivateAnswer, { kind: 'done' }>

/** What tells a repeat of a call from another call: its Idempotency-Key, if it has one, and what it asks for. */
export type Asked = { readonly key: string | null; readonly fingerprint: string }

const LANES = 4

/** What a deployment is; fixed when it is first made. */
export function identityOf(
  ctx: { readonly digest: Digest; readonly stores: Pick<Stores, 'organizationId'> },
  deployment: DeploymentRow,
  workflowName: string,
): DeploymentIdentity {
  const { organizationId } = ctx.stores
  return {
    organizationId,
    deploymentId: deployment.id,
    ref: deployment.ref,
    workflowId: deployment.workflowId,
    workflowName,
    environment: deployment.environment,
    environmentId: deployment.environmentId,
    lane: Number.parseInt(ctx.digest(organizationId).slice(0, 8), 16) % LANES,
  }
}

/** What a repeat of a call did when it came first; null for a call without a key, and for one that changed nothing yet. */
export async function recallChange(
  ctx: ServiceContext,
  ref: string,
  kind: Change['kind'],
  asked: Asked,
): Promise<RecalledChange | null> {
  if (asked.key === null) return null
  const { organizationId } = ctx.stores
  return ctx.deployments(ref).recall({ organizationId, idempotencyKey: changeKey(ctx, kind, asked) })
}

/**
 * Asks the Deployment object for a change and copies what it answers into D1, so that the caller reads its own write.
 * Repeating it with the same key changes nothing more, as long as an Idempotency-Key counts. With `expectEpoch` only while
 * nothing else changed. Throws superseded, not_deployed, release_gone or cannot_shrink.
 */
export async function switchDeployment(
  ctx: Pick<ServiceContext, 'deployments' | 'projection'> & { readonly caller: { readonly actor: Actor } },
  identity: DeploymentIdentity,
  change: Change,
  idempotencyKey: string,
  expectEpoch?: number,
): Promise<Switched> {
  const answer = await ctx.deployments(identity.ref).activate({
    idempotencyKey,
    identity,
    actor: ctx.caller.actor,
    change,
    ...(expectEpoch !== undefined && { expectEpoch }),
  })
  switch (answer.kind) {
    case 'done':
      await ctx.projection.project(answer.snapshot)
      return answer
    case 'superseded':
      throw new AppError('superseded', { extra: { epoch: answer.epoch } })
    case 'not_deployed':
      throw new AppError('not_deployed')
    case 'unknown_release':
      throw new AppError('release_gone', { detail: 'This deployment keeps no such release.' })
    case 'cannot_shrink':
      throw new AppError('cannot_shrink')
  }
}

/** Undeploys; one that is down already stays so. */
export async function takeDown(
  ctx: Parameters<typeof switchDeployment>[0],
  identity: DeploymentIdentity,
  idempotencyKey: string,
): Promise<void> {
  try {
    await switchDeployment(ctx, identity, { kind: 'undeploy' }, idempotencyKey)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not_deployed')) throw error
  }
}

/**
 * The key of a change a caller asked for: the same for the same request with the same Idempotency-Key. Hashed, so that no
 * caller can name a change of another kind, or one the service makes by itself.
 */
export function changeKey(ctx: ServiceContext, kind: Change['kind'], { key, fingerprint }: Asked): string {
  if (key === null) return freshKey(ctx)
  return `asked|${ctx.digest(JSON.stringify([kind, ctx.caller.actor.id, fingerprint, key]))}`
}

/** A key nobody repeats. */
export function freshKey(ctx: ServiceContext): string {
  return `once|${ctx.digest('change', String(ctx.clock()), ctx.randomBytes(16).join(','))}`
}
