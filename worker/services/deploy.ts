import type { DeployBody } from '#core/contract/deploy'
import type { Workflow } from '#core/definition/document'
import { formatDeploymentId } from '#core/model/deployment-id'
import type { Issue } from '#core/model/issue'
import type { DeploymentIdentity } from '#core/release/wire'
import type { VersionRow } from '../ports/version-store'
import { AppError } from './app-error'
import { catchUpConfiguration } from './apply-configuration'
import { buildRelease } from './build-release'
import { type Candidate, chooseCandidate } from './choose-candidate'
import { requireEnvironment, requireScope, unknown } from './caller'
import { type DeployPlan, planDeploy } from './plan-deploy'
import { newRef } from './new-ref'
import { recordAudit } from './record-audit'
import { refuseUnbuilt } from './refuse-unbuilt'
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
import { findEnvironment } from './target-environment'
import { digestOf, publishDraft } from './versions'
import { findWorkflow } from './workflows'

export type Deployed = {
  readonly switched: Switched
  readonly version: VersionRow
  readonly workflowName: string
  /** False: the version was placed and takes no traffic yet. */
  readonly isActive: boolean
  /** What the document was warned of; nothing of it stops a deploy. */
  readonly issues: readonly Issue[]
}

/**
 * Makes a workflow live in an environment. Everything that can refuse it is judged before anything is written; a repeat
 * with the same Idempotency-Key resumes where an interrupted one stopped.
 */
export async function deploy(ctx: ServiceContext, body: DeployBody, asked: Asked): Promise<Deployed | DeployPlan> {
  requireScope(ctx.caller, `deploy:${body.environment}`)
  requireEnvironment(ctx.caller, body.environment)
  refuseUnbuilt(body)
  const workflow = await findWorkflow(ctx, body.workflowId)
  const environment = await findEnvironment(ctx, body.environment)
  const values = await ctx.stores.environments.values(environment.id)
  const reference = (await versionOfRepeat(ctx, body, environment.id, asked)) ?? body.version
  const candidate = await chooseCandidate(ctx, workflow, { environment, values, version: reference })
  if (body.dryRun) return planDeploy(ctx, { workflow, environment, candidate, isActivating: body.autoActivate })
  const judged = requireDeployable(candidate)

  const version = candidate.version ?? (await publish(ctx, workflow, candidate, judged, body))
  const deployment = await ctx.stores.deployments.prepare(newPlace(ctx, workflow.id, environment))
  const { releaseNotes, gitCommit } = { ...version, ...withoutAbsent(body) }
  const parts = { deployment, version, workflow: judged, environment, values, releaseNotes, gitCommit }
  const release = await buildRelease(ctx, parts)
  const change = body.autoActivate
    ? ({ kind: 'switch', release, cause: 'deploy' } as const)
    : ({ kind: 'place', release } as const)
  const identity = identityOf(ctx, deployment, workflow.name)
  const switched = await switchDeployment(ctx, identity, change, changeKey(ctx, change.kind, asked))
  await stayDownIfDeleted(ctx, workflow.id, identity)
  if (body.autoActivate) await catchUpConfiguration(ctx, deployment.id)
  await recordAudit(ctx, body.autoActivate ? 'deployment.switched' : 'deployment.placed', deployment.id, {
    version: release.version,
    releaseId: switched.releaseId,
  })
  return { switched, version, workflowName: workflow.name, isActive: body.autoActivate, issues: candidate.issues }
}

/** The version a repeat of this call switched to when it came first: the draft may have moved on since. */
async function versionOfRepeat(
  ctx: ServiceContext,
  body: DeployBody,
  environmentId: string,
  asked: Asked,
): Promise<string | null> {
  if (body.dryRun || asked.key === null) return null
  const place = await ctx.stores.deployments.findByPlace(body.workflowId, environmentId)
  if (place === null) return null
  const recalled = await recallChange(ctx, place.ref, body.autoActivate ? 'switch' : 'place', asked)
  return recalled?.release.versionId ?? null
}

/** Takes back a deploy whose workflow was deleted meanwhile; the deletion takes down what was live before it. */
async function stayDownIfDeleted(ctx: ServiceContext, workflowId: string, identity: DeploymentIdentity): Promise<void> {
  if ((await ctx.stores.workflows.find(workflowId)) !== null) return
  await takeDown(ctx, identity, freshKey(ctx))
  await ctx.stores.deployments.requestPurge(workflowId, ctx.clock())
  throw unknown('workflow', workflowId)
}

/** Refuses a candidate with errors, all of them named. */
export function requireDeployable(candidate: {
  readonly judged: Workflow | null
  readonly issues: readonly Issue[]
}): Workflow {
  if (candidate.judged !== null) return candidate.judged
  const first = candidate.issues.find((issue) => issue.severity === 'error')
  throw new AppError('deploy_refused', { detail: first?.message ?? '', issues: candidate.issues })
}

/** The draft as a version: one that has the same content already, unless a tag asks for its own. Of deploys at once one publishes. */
async function publish(
  ctx: ServiceContext,
  workflow: Parameters<typeof publishDraft>[1],
  candidate: Candidate,
  judged: Workflow,
  body: DeployBody,
): Promise<VersionRow> {
  if (candidate.tag === undefined) {
    const same = await ctx.stores.versions.findByDigest(workflow.id, digestOf(ctx, judged))
    if (same !== null) return same
  }
  const notes = { tag: candidate.tag, releaseNotes: body.releaseNotes, gitCommit: body.gitCommit }
  try {
    return await publishDraft(ctx, workflow, notes, { unlessSame: candidate.tag === undefined })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'tag_taken' || candidate.tag === undefined) throw error
    const theirs = await ctx.stores.versions.findByTag(workflow.id, candidate.tag)
    if (theirs?.digest !== digestOf(ctx, judged)) throw error
    return theirs
  }
}

function newPlace(
  ctx: ServiceContext,
  workflowId: string,
  environment: { readonly id: string; readonly name: string },
) {
  const ref = newRef(ctx.randomBytes)
  return {
    id: formatDeploymentId(ref),
    ref,
    workflowId,
    environmentId: environment.id,
    environment: environment.name,
    at: ctx.clock(),
  }
}

/** Notes given with the deploy win over those of the version. */
function withoutAbsent({ releaseNotes, gitCommit }: DeployBody) {
  return { ...(releaseNotes == null ? {} : { releaseNotes }), ...(gitCommit == null ? {} : { gitCommit }) }
}
