import type { JsonObject } from '#core/kernel/json'
import type { Failure } from '#core/model/failure'
import type { Issue } from '#core/model/issue'
import { errorEntry } from '#core/contract/errors'
import { AppError } from './app-error'
import { requireEnvironment } from './caller'
import { type RunOptions, runTerms } from './run-options'
import { chooseDeployment } from './run-workflow'
import type { ServiceContext } from './service-context'
import { startExecution } from './start-execution'
import { findWorkflow } from './workflows'

export type BatchItem = RunOptions & { readonly input: JsonObject; readonly idempotencyKey?: string | undefined }

export type BatchWish = {
  readonly workflowId: string
  readonly environment?: string | undefined
  readonly version?: string | number | undefined
  readonly items: readonly BatchItem[]
}

export type BatchOutcome =
  | { readonly executionId: string; readonly repeated: boolean }
  | { readonly error: Failure & { readonly issues: readonly Issue[] } }

/**
 * Starts one execution an item, in the order given; an item that is refused changes nothing for the others. `key`: the
 * caller's for the whole batch, for a repeat after some were started and the answer broke; an item's own goes first.
 */
export async function runBatch(
  ctx: ServiceContext,
  wish: BatchWish,
  key: string | null,
): Promise<{ readonly environment: string; readonly outcomes: readonly BatchOutcome[] }> {
  await findWorkflow(ctx, wish.workflowId)
  const { ref, environment } = await chooseDeployment(ctx, wish.workflowId, wish.environment)
  requireEnvironment(ctx.caller, environment)
  const gathered = { ...ctx, ingress: ctx.ingress.gathering() }
  const target = { ref, version: wish.version }
  const start = (item: BatchItem, index: number) =>
    startItem(gathered, target, item, { at: `/items/${index}`, hash: keyOf(ctx, item, key, index) })
  return { environment, outcomes: await Promise.all(wish.items.map(start)) }
}

function keyOf(ctx: ServiceContext, { idempotencyKey }: BatchItem, key: string | null, index: number): string | null {
  if (idempotencyKey !== undefined) return ctx.digest('run:', idempotencyKey)
  return key === null ? null : ctx.digest('batch:', `${index}:`, key)
}

async function startItem(
  ctx: ServiceContext,
  target: { readonly ref: string; readonly version: string | number | undefined },
  { input, idempotencyKey: _key, ...options }: BatchItem,
  { at, hash }: { readonly at: string; readonly hash: string | null },
): Promise<BatchOutcome> {
  const fingerprint = ctx.digest(JSON.stringify([target, input, options]))
  const key = hash === null ? null : { hash, fingerprint }
  try {
    const terms = runTerms(options, ctx.clock())
    const { accepted } = await startExecution(ctx, { ...target, ...terms, input, key, claim: false })
    return { executionId: accepted.id, repeated: accepted.duplicate }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { title, hint } = errorEntry(error.code)
    const { detail: message = title, issues = [] } = error.details
    const found = issues.map((issue) => ({ ...issue, path: `${at}${issue.path}` }))
    return { error: { code: error.code, message, hint, issues: found } }
  }
}
