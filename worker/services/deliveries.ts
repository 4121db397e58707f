import type { Page, PageQuery } from '#core/contract/page'
import { fromIso } from '#core/kernel/time'
import type { Delivery, DeliveryOutcome } from '#core/model/delivery'
import type { DeliveryReason } from '#core/model/delivery-reasons'
import { AppError } from './app-error'
import { unknown } from './caller'
import { findDeployment } from './deployments'
import { documentText } from './draft-bundle'
import { isSensitive } from './is-sensitive'
import { findExecution, type StoredExecution } from './read-execution'
import { recordAudit } from './record-audit'
import { recordRead } from './record-read'
import type { ServiceContext } from './service-context'
import { startExecution } from './start-execution'

export type DeliveryFilter = PageQuery & {
  readonly outcome?: DeliveryOutcome | undefined
  readonly reason?: DeliveryReason | undefined
  readonly triggerId?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** The latest calls of a deployment's webhooks, newest first. */
export async function listDeliveries(
  ctx: ServiceContext,
  deploymentId: string,
  { from, to, ...filter }: DeliveryFilter,
): Promise<Page<Delivery>> {
  const { ref } = await findDeployment(ctx, deploymentId)
  const query = {
    ...filter,
    fromAt: from === undefined ? undefined : fromIso(from),
    toAt: to === undefined ? undefined : fromIso(to),
  }
  const page = await ctx.deployments(ref).deliveries({ organizationId: ctx.stores.organizationId, query })
  return page ?? { items: [], nextCursor: null }
}

/** One call for somebody to look at; of a sensitive workflow that is written down. */
export async function readDelivery(ctx: ServiceContext, deploymentId: string, id: string): Promise<Delivery> {
  const { delivery, deployment } = await findDelivery(ctx, deploymentId, id)
  const { workflowId, snapshot } = deployment
  const { versionId } = snapshot.active ?? snapshot.previous ?? {}
  const text = versionId === undefined ? null : await documentText(ctx, workflowId, versionId)
  if (text !== null && isSensitive(text)) await recordRead(ctx, 'delivery.read', id, { deploymentId, workflowId })
  return delivery
}

async function findDelivery(ctx: ServiceContext, deploymentId: string, id: string) {
  const deployment = await findDeployment(ctx, deploymentId)
  const { organizationId } = ctx.stores
  const delivery = await ctx.deployments(deployment.ref).delivery({ organizationId, id })
  if (delivery === null) throw unknown('delivery', id)
  return { delivery, deployment }
}

export type Redelivered = { readonly executionId: string; readonly replayOf: string }

/**
 * Starts an execution of the live version with what an accepted call brought. Under one Idempotency-Key it starts one, also
 * when an earlier try broke half-way.
 */
export async function redeliver(
  ctx: ServiceContext,
  deploymentId: string,
  id: string,
  idempotencyKey: string | null,
): Promise<Redelivered> {
  const { executionId: replayOf, reason } = (await findDelivery(ctx, deploymentId, id)).delivery
  if (replayOf === null) throw new AppError('nothing_to_redeliver', reason === null ? {} : { extra: { reason } })
  const { record, ref } = await findInput(ctx, replayOf)
  const key =
    idempotencyKey === null
      ? null
      : { hash: ctx.digest('redeliver:', id, ':', idempotencyKey), fingerprint: ctx.digest('redeliver') }
  const { accepted } = await startExecution(ctx, {
    ref,
    version: undefined,
    input: {},
    again: record,
    webhookId: record.cause.triggerId,
    cause: { replayOf },
    key,
    claim: false,
  })
  await recordAudit(ctx, 'delivery.redelivered', id, { deploymentId, replayOf, executionId: accepted.id })
  return { executionId: accepted.id, replayOf }
}

async function findInput(ctx: ServiceContext, executionId: string): Promise<StoredExecution> {
  try {
    return await findExecution(ctx, executionId)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') throw new AppError('delivery_input_gone')
    throw error
  }
}
