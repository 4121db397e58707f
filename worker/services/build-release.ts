import { encodeBytes, encodeInteger } from '#core/kernel/crockford'
import type { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import type { EndpointSpec } from '#core/release/endpoint-spec'
import type { NewRelease } from '#core/release/wire'
import type { DeploymentRow } from '../ports/deployment-store'
import type { EnvironmentRow, ValueRow } from '../ports/environment-store'
import type { VersionRow } from '../ports/version-store'
import { AppError } from './app-error'
import { openValues } from './open-values'
import { resolveEndpoint } from './resolve-endpoint'
import { schedulesOf } from './schedules-of'
import { environmentPurpose, type SealedEnvironment } from './sealed-environment'
import type { ServiceContext } from './service-context'
import { versionName } from './versions'

/** Executions of one deployment that may be live at once unless its settings say otherwise; more are queued. */
export const QUOTA_DEFAULT = 1_000

const SLOT_TRIES = 3

export type ReleaseParts = {
  readonly deployment: DeploymentRow
  readonly version: VersionRow
  readonly workflow: Workflow
  readonly environment: EnvironmentRow
  readonly values: readonly ValueRow[]
  readonly releaseNotes: string | null
  readonly gitCommit: string | null
}

/** (version, environment revision) as the Deployment object stores it: what it reads of the environment travels sealed. */
export async function buildRelease(ctx: ServiceContext, parts: ReleaseParts): Promise<NewRelease> {
  const { deployment, version, workflow, environment } = parts
  const plan = compilePlan(workflow)
  const opened = await openValues(ctx, environment.id, parts.values, version.needs)
  const endpoint = await resolveWithSlots(ctx, deployment, workflow, {
    vars: opened.variables,
    secrets: opened.secrets,
  })
  const owner = { organizationId: ctx.stores.organizationId, ref: deployment.ref }
  const sealedEnvironment: SealedEnvironment = opened
  return {
    releaseId: `rel_${encodeInteger(ctx.clock(), 9)}${encodeBytes(ctx.randomBytes(10))}`,
    versionId: version.id,
    versionNumber: version.number,
    version: versionName(version),
    digest: version.digest,
    environmentRevision: environment.revision,
    endpoint: await ctx.vault.seal(endpointPurpose(owner), JSON.stringify(endpoint)),
    document: JSON.stringify(workflow),
    environment: await ctx.vault.seal(environmentPurpose(owner), JSON.stringify(sealedEnvironment)),
    pure: plan.pure,
    inline: plan.inline,
    timeoutMs: plan.settings.timeout_ms,
    quota: plan.settings.concurrency ?? QUOTA_DEFAULT,
    schedules: schedulesOf(workflow),
    webhooks: endpoint.webhooks.map(({ triggerId, slot, method }) => ({ triggerId, slot, method })),
    releaseNotes: parts.releaseNotes,
    gitCommit: parts.gitCommit,
  }
}

/** Binds the doors of a release to its deployment. */
export function endpointPurpose(owner: { readonly organizationId: string; readonly ref: string }): string {
  return `endpoint|${owner.organizationId}|${owner.ref}`
}

type Values = Parameters<typeof resolveEndpoint>[1]

/** A slot, once given, belongs to its trigger for good; two deploys at once must not give the same one to two triggers. */
async function resolveWithSlots(
  ctx: ServiceContext,
  deployment: DeploymentRow,
  workflow: Workflow,
  values: Values,
): Promise<EndpointSpec> {
  let slots = deployment.slots
  for (let tries = 0; tries < SLOT_TRIES; tries++) {
    const previous = Object.entries(slots).map(([triggerId, slot]) => ({ triggerId, slot }))
    const endpoint = resolveEndpoint(workflow, values, previous)
    const given = Object.fromEntries(endpoint.webhooks.map(({ triggerId, slot }) => [triggerId, slot]))
    if (Object.keys(given).every((id) => Object.hasOwn(slots, id))) return endpoint
    if (await ctx.stores.deployments.replaceSlots(deployment.id, slots, { ...slots, ...given })) return endpoint
    slots = (await ctx.stores.deployments.find(deployment.id))?.slots ?? {}
  }
  throw new AppError('superseded')
}
