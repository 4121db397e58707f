import { encodeBytes, encodeInteger } from '#core/kernel/crockford'
import type { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import { PLAN_LIMITS } from '#core/model/plan-limits'
import { type EndpointSpec, endpointPurpose } from '#core/release/endpoint-spec'
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
export const QUOTA_DEFAULT = PLAN_LIMITS.runningPerDeployment

const SLOT_TRIES = 3
/** The platform's rows end at 2 MB. */
const RELEASE_BYTES_MAX = 1_900_000

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
  const stored = {
    endpoint: await ctx.vault.seal(endpointPurpose(owner), JSON.stringify(endpoint)),
    document: JSON.stringify(workflow),
    environment: await ctx.vault.seal(environmentPurpose(owner), JSON.stringify(sealedEnvironment)),
  }
  requireStorable(Object.values(stored))
  return {
    releaseId: `rel_${encodeInteger(ctx.clock(), 9)}${encodeBytes(ctx.randomBytes(10))}`,
    versionId: version.id,
    versionNumber: version.number,
    version: versionName(version),
    digest: version.digest,
    environmentRevision: environment.revision,
    ...stored,
    pure: plan.pure,
    inline: plan.inline,
    timeoutMs: plan.settings.timeout_ms,
    quota: plan.settings.concurrency ?? QUOTA_DEFAULT,
    ...(plan.settings.concurrency !== null && { concurrency: plan.settings.concurrency }),
    ...(plan.settings.retention_days !== null && { retentionDays: plan.settings.retention_days }),
    schedules: schedulesOf(workflow),
    webhooks: endpoint.webhooks.map(({ triggerId, slot, method }) => ({ triggerId, slot, method })),
    releaseNotes: parts.releaseNotes,
    gitCommit: parts.gitCommit,
  }
}

/** Refuses what would not fit into one row of its Deployment and its shards. */
function requireStorable(parts: readonly string[]): void {
  const bytes = parts.reduce((sum, part) => sum + new TextEncoder().encode(part).length, 0)
  if (bytes <= RELEASE_BYTES_MAX) return
  const message = `The document and the values it names take ${bytes} bytes; a release may take ${RELEASE_BYTES_MAX}`
  throw new AppError('deploy_refused', {
    detail: message,
    issues: [{ code: 'release_too_large', severity: 'error', path: '/definition', message }],
  })
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
