import { encodeBytes } from '#core/kernel/crockford'
import { formatDeploymentId } from '#core/model/deployment-id'
import type { DeploymentRow } from '../ports/deployment-store'
import type { EnvironmentRow } from '../ports/environment-store'
import { JURISDICTION } from './new-ref'
import type { ServiceContext } from './service-context'

/**
 * Where a workflow's drafts are tried out in an environment: objects of their own, apart from the deployment's and its
 * quota. Its name follows from the two ids. It is no deployment: nothing lists it, and it has no address and no schedules.
 */
export async function openTestPlace(
  ctx: ServiceContext,
  workflowId: string,
  environment: EnvironmentRow,
): Promise<DeploymentRow> {
  const { organizationId } = ctx.stores
  const hash = ctx.digest('test place', '|', organizationId, '|', workflowId, '|', environment.id)
  const bytes = Uint8Array.from({ length: 8 }, (_, n) => Number.parseInt(hash.slice(n * 2, n * 2 + 2), 16))
  const ref = JURISDICTION + encodeBytes(bytes).slice(0, 12)
  await ctx.stores.testPlaces.add({ ref, workflowId, environmentId: environment.id, createdAt: ctx.clock() })
  return {
    id: formatDeploymentId(ref),
    ref,
    workflowId,
    environmentId: environment.id,
    environment: environment.name,
    status: 'prepared',
    epoch: 0,
    snapshot: null,
    slots: {},
    isErroring: false,
    isConfigurationStale: false,
  }
}
