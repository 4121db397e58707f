import { compilePlan } from '#core/definition/plan'
import type { Workflow } from '#core/definition/document'
import { RUN_WAIT_MS_MAX } from '#core/contract/run'
import type { Json, JsonObject } from '#core/kernel/json'
import { isTerminalStatus } from '#core/model/execution-status'
import type { VersionRow } from '../ports/version-store'
import { AppError } from './app-error'
import { buildRelease } from './build-release'
import { requireEnvironment, requireScope } from './caller'
import { keepDraft } from './draft-bundle'
import { judgeDocument } from './judge-document'
import { requireMocks } from './require-mocks'
import type { Run } from './run-workflow'
import type { ServiceContext } from './service-context'
import { startExecution } from './start-execution'
import { type Idempotency, startKey } from './start-key'
import { identityOf, switchDeployment } from './switch-deployment'
import { findEnvironment, targetOf } from './target-environment'
import { openTestPlace } from './test-place'
import { digestOf } from './versions'
import { findWorkflow } from './workflows'

export type TestWish = {
  readonly input: JsonObject
  readonly definition?: JsonObject | undefined
  readonly environment: string
  readonly mocks: JsonObject
  readonly wait: boolean | number
}

/** Where who may edit drafts may also run them: everywhere else that is what deploying is for. */
const SANDBOX = 'development'

/** Runs a document that is not deployed, on objects of its own. Refuses what could not be deployed there, all findings named. */
export async function testWorkflow(
  ctx: ServiceContext,
  id: string,
  wish: TestWish,
  idempotency: Idempotency,
): Promise<Run> {
  requireEnvironment(ctx.caller, wish.environment)
  if (wish.environment !== SANDBOX) requireScope(ctx.caller, `deploy:${wish.environment}`)
  if (wish.definition !== undefined) requireScope(ctx.caller, 'workflows:write')
  const row = await findWorkflow(ctx, id)
  const environment = await findEnvironment(ctx, wish.environment)
  const values = await ctx.stores.environments.values(environment.id)
  const document = wish.definition ?? (JSON.parse(row.definition) as Json)
  const { workflow: judged, issues } = judgeDocument(document, 'deploy', targetOf(environment, values))
  if (judged === null) {
    const detail = issues.find((issue) => issue.severity === 'error')?.message ?? ''
    throw new AppError('definition_invalid', { detail, issues })
  }
  const workflow = startedByHand(judged)
  requireMocks(compilePlan(workflow), wish.mocks)
  const version = await draftVersion(ctx, id, workflow)
  const deployment = await openTestPlace(ctx, id, environment)
  const parts = { deployment, version, workflow, environment, values, releaseNotes: null, gitCommit: null }
  const release = await buildRelease(ctx, parts)
  const identity = { ...identityOf(ctx, deployment, row.name), test: true as const }
  const change = { kind: 'switch', release, cause: 'deploy' } as const
  await switchDeployment(ctx, identity, change, `test:${version.id}:${environment.revision}`)
  const patienceMs = wish.wait === true ? RUN_WAIT_MS_MAX : wish.wait === false ? 0 : wish.wait
  const { accepted } = await startExecution(ctx, {
    ref: deployment.ref,
    version: version.id,
    input: wish.input,
    cause: { test: true, mocks: wish.mocks },
    key: startKey(ctx, 'test', idempotency),
    claim: patienceMs > 0,
  })
  const isWatched = patienceMs > 0 || accepted.duplicate
  const seen = isWatched
    ? await ctx.ingress.complete(accepted, patienceMs)
    : { status: 'pending' as const, result: null }
  return {
    executionId: accepted.id,
    environment: environment.name,
    version: release.version,
    isRepeated: accepted.duplicate,
    status: seen.status,
    result: isTerminalStatus(seen.status) ? seen.result : null,
  }
}

/** Without what would give it an address or start it by itself. */
function startedByHand(workflow: Workflow): Workflow {
  return { ...workflow, triggers: workflow.triggers.filter(({ type }) => type === 'manual') }
}

async function draftVersion(ctx: ServiceContext, workflowId: string, workflow: Workflow): Promise<VersionRow> {
  return {
    id: await keepDraft(ctx, workflowId, workflow),
    workflowId,
    number: 0,
    tag: 'draft',
    digest: digestOf(ctx, workflow),
    definition: JSON.stringify(workflow),
    needs: compilePlan(workflow).needs,
    releaseNotes: null,
    gitCommit: null,
    createdAt: ctx.clock(),
    createdBy: ctx.caller.actor,
  }
}
