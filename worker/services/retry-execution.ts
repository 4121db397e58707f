import { compilePlan, type Plan } from '#core/definition/plan'
import { findStage } from '#core/engine/state'
import { isJsonObject, type Json, type JsonObject } from '#core/kernel/json'
import { parseDeploymentId } from '#core/model/deployment-id'
import { LIMITS } from '#core/model/limits'
import { isTerminalStatus } from '#core/model/execution-status'
import { AppError } from './app-error'
import { requireEnvironment } from './caller'
import { notFinished, resultOf } from './executions'
import { findExecution, type StoredExecution } from './read-execution'
import { recordAudit } from './record-audit'
import { openJournal } from './runner/journal-pages'
import { readJournal } from './runner/keep-output'
import { OutputLost } from './runner/reach-store'
import { seedJournal } from './seed-journal'
import type { ServiceContext } from './service-context'
import { type Started, startExecution, type StartWish } from './start-execution'
import { type Idempotency, startKey } from './start-key'
import { findEnvironment } from './target-environment'

export type ReplayWish = {
  readonly version?: string | number | undefined
  readonly environment?: string | undefined
  readonly input?: JsonObject | undefined
}

/**
 * Runs an execution again from the start, on the live version or on another. What a webhook or a schedule brought is taken as
 * it came; what a person or a workflow sent, and another input, is judged by the version that runs.
 */
export async function replayExecution(
  ctx: ServiceContext,
  id: string,
  wish: ReplayWish,
  key: StartWish['key'],
): Promise<Started> {
  const execution = await findExecution(ctx, id)
  const ref = wish.environment === undefined ? execution.ref : await refIn(ctx, execution.workflowId, wish.environment)
  const { record } = execution
  const started = await startExecution(ctx, {
    ref,
    version: wish.version ?? (isTest(execution) && ref === execution.ref ? versionOf(execution) : undefined),
    input: wish.input ?? inputOf(execution),
    ...(wish.input === undefined && ['webhook', 'schedule'].includes(record.cause.type) && { again: record }),
    cause: { replayOf: id, ...markOf(execution), ...(ref === execution.ref && testOf(execution)) },
    key,
    claim: false,
  })
  await recordAudit(ctx, 'execution.replayed', id, { executionId: started.accepted.id })
  return started
}

/**
 * Runs an execution again on its own version from one stage (the one that failed), keeping what other stages did: they
 * are not sent again. From a stage in an iteration of a foreach that failed fast, the iterations that completed are kept too.
 */
export async function retryExecution(
  ctx: ServiceContext,
  id: string,
  fromStage: string | undefined,
  idempotency: Idempotency,
): Promise<Started> {
  const execution = await findExecution(ctx, id)
  if (!isTerminalStatus(execution.record.status)) throw notFinished(execution.record.status)
  const plan = compilePlan(await execution.workflow())
  const stage = fromStage ?? resultOf(execution)?.error?.stage
  if (stage === undefined) throw new AppError('nothing_to_retry')
  if (findStage(plan, stage) === undefined) throw stageUnknown(stage, plan)
  const seed = await seedFrom(ctx, execution, plan, stage)
  const started = await startExecution(ctx, {
    ref: execution.ref,
    version: versionOf(execution),
    input: inputOf(execution),
    again: execution.record,
    cause: {
      replayOf: id,
      ...(seed.length > 0 && { kept: seed.length }),
      ...markOf(execution),
      ...testOf(execution),
    },
    key: startKey(ctx, 'retry', idempotency),
    claim: false,
    seed,
  })
  await recordAudit(ctx, 'execution.retried', id, { executionId: started.accepted.id, fromStage: stage })
  return started
}

async function seedFrom(ctx: ServiceContext, { record }: StoredExecution, plan: Plan, stage: string) {
  try {
    const journal = await openJournal(record.journal, ctx.outputs)
    const seed = seedJournal(plan, journal, await readJournal(journal, ctx.outputs), stage)
    requireShort(seed)
    return seed
  } catch (error) {
    if (error instanceof OutputLost) throw new AppError('output_gone', { detail: `${error.message} is gone.` })
    throw error
  }
}

/** All of it goes to the shard in the one call that accepts. */
function requireShort(seed: readonly string[]): void {
  const chars = seed.reduce((sum, line) => sum + line.length, 0)
  if (chars <= LIMITS.retryKeptCharsMax) return
  throw new AppError('journal_too_long', {
    detail: `It would keep ${chars} characters of the journal; ${LIMITS.retryKeptCharsMax} can be handed on.`,
  })
}

/** What is judged is an object: anything else came by a webhook or a schedule, and is taken as it came. */
function inputOf({ record }: StoredExecution): JsonObject {
  const input = JSON.parse(record.payload) as Json
  return isJsonObject(input) ? input : {}
}

/** Names of versions may say too little: everything tried out is called draft. */
function versionOf({ versionId, version }: StoredExecution): string {
  return versionId ?? version
}

function isTest({ record }: StoredExecution): boolean {
  return record.cause.test === true
}

/** What is run again is found by the same words, and waits for its turn among the same. */
function markOf({ record }: StoredExecution) {
  const { tags, concurrencyKey } = record.cause
  return { ...(tags !== undefined && { tags }), ...(concurrencyKey !== undefined && { concurrencyKey }) }
}

/** What is run again of a test is a test, with the same stand-ins. */
function testOf({ record }: StoredExecution) {
  const { test, mocks } = record.cause
  return { ...(test === true && { test }), ...(mocks !== undefined && { mocks }) }
}

async function refIn(ctx: ServiceContext, workflowId: string, name: string): Promise<string> {
  requireEnvironment(ctx.caller, name)
  const environment = await findEnvironment(ctx, name)
  const deployment = await ctx.stores.deployments.findByPlace(workflowId, environment.id)
  const ref = deployment === null ? null : parseDeploymentId(deployment.id)
  if (ref === null) throw new AppError('not_deployed', { detail: `The workflow was never deployed to ${name}.` })
  return ref
}

function stageUnknown(stage: string, plan: Plan): AppError {
  const message = `The workflow has no stage '${stage}'; it has ${[...plan.stages.keys()].join(', ')}.`
  return new AppError('stage_unknown', {
    detail: message,
    issues: [{ code: 'stage_unknown', severity: 'error', path: '/fromStage', message }],
  })
}
