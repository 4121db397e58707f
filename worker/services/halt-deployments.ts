import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'
import type { DeploymentProjection } from '../ports/deployment-projection'
import type { DeploymentRow } from '../ports/deployment-store'
import type { Deployments } from '../ports/deployments'
import type { Digest } from '../ports/digest'
import type { Stores } from '../ports/stores'
import { identityOf, takeDown } from './switch-deployment'

const AT_ONCE = 8

export type HaltDeps = {
  readonly deployments: Deployments
  readonly projection: DeploymentProjection
  readonly digest: Digest
  readonly caller: { readonly actor: Actor }
  readonly stores: Pick<Stores, 'organizationId' | 'deployments'>
}

/**
 * Takes deployments of a removed organization down, at most so many, and cancels what runs in them; then says of all it has
 * that they are to be emptied. One that does not answer is left to the next time.
 */
export async function haltDeployments(deps: HaltDeps, limit: number, now: EpochMs): Promise<void> {
  const live = await deps.stores.deployments.listLive(limit)
  for (let at = 0; at < live.length; at += AT_ONCE) {
    await Promise.allSettled(live.slice(at, at + AT_ONCE).map((row) => halt(deps, row)))
  }
  await deps.stores.deployments.requestPurgeOfAll(now)
}

async function halt(deps: HaltDeps, row: DeploymentRow): Promise<void> {
  const { organizationId } = deps.stores
  const identity = identityOf(deps, row, row.snapshot?.identity.workflowName ?? '')
  await takeDown(deps, identity, `removed:${organizationId}`)
  await deps.deployments(row.ref).purge({ organizationId, mayCancel: true })
}
