import type { DeadLetterKind } from '#core/model/dead-letter'
import { parseDeploymentId } from '#core/model/deployment-id'
import type { Page, PageQuery } from '#core/contract/page'
import { fromIso } from '#core/kernel/time'
import type { DeadLetterRow } from '../ports/dead-letter-store'
import { requireEnvironment, requireWorkflow, unknown } from './caller'
import { recordAudit } from './record-audit'
import { replayExecution } from './retry-execution'
import type { ServiceContext } from './service-context'

export type DeadLetterFilter = PageQuery & {
  readonly kind?: DeadLetterKind | undefined
  readonly since?: string | undefined
}

export function listDeadLetters(
  ctx: ServiceContext,
  { since, ...query }: DeadLetterFilter,
): Promise<Page<DeadLetterRow>> {
  return ctx.stores.deadLetters.list({
    ...query,
    sinceAt: since === undefined ? undefined : fromIso(since),
    workflowIds: ctx.caller.workflowIds ?? undefined,
    environments: ctx.caller.environments ?? undefined,
  })
}

/**
 * Runs a dead letter's execution again from the start, on the live version; rings again for a doorbell. Happens once: the
 * shard knows the new execution by a key of the letter's, so that a repeat finds it also when the first call broke half-way.
 */
export async function redriveDeadLetter(ctx: ServiceContext, id: string): Promise<DeadLetterRow> {
  const letter = await findDeadLetter(ctx, id)
  if (letter.redriven !== null) return letter
  const executionId =
    letter.executionId === null ? await ringAgain(ctx, letter) : await runAgain(ctx, letter.executionId, id)
  const redriven = { at: ctx.clock(), by: ctx.caller.actor, executionId }
  if (!(await ctx.stores.deadLetters.markRedriven(id, redriven))) return findDeadLetter(ctx, id)
  await recordAudit(ctx, 'dead_letter.redriven', id, { executionId })
  return { ...letter, redriven }
}

async function findDeadLetter(ctx: ServiceContext, id: string): Promise<DeadLetterRow> {
  const letter = await ctx.stores.deadLetters.find(id)
  if (letter === null) throw unknown('dead letter', id)
  requireWorkflow(ctx.caller, letter.workflowId, unknown('dead letter', id))
  requireEnvironment(ctx.caller, letter.environment)
  return letter
}

async function runAgain(ctx: ServiceContext, executionId: string, id: string): Promise<string> {
  const key = { hash: ctx.digest('redrive:', id), fingerprint: ctx.digest('redrive') }
  const { accepted } = await replayExecution(ctx, executionId, {}, key)
  return accepted.id
}

async function ringAgain(ctx: ServiceContext, { deploymentId, shard }: DeadLetterRow): Promise<null> {
  const ref = parseDeploymentId(deploymentId) ?? ''
  const config = await ctx.shards(ref, shard).config()
  if (config !== null) await ctx.doorbells.ring({ lane: config.lane, ref, shard }, 1)
  return null
}
