import * as z from 'zod'
import { DELIVERY_OUTCOMES } from '../model/delivery'
import { DELIVERY_REASON_CODES } from '../model/delivery-reasons'
import { EXECUTION_STATUSES } from '../model/execution-status'
import { InstantFilter } from './executions'
import { defineOperation } from './operation'
import { IdParam, Instant, pageOf, pageQuery } from './page'
import { START_REFUSALS } from './start-refusals'

const summary = {
  id: z.string(),
  receivedAt: Instant,
  outcome: z.enum(DELIVERY_OUTCOMES),
  reason: z
    .enum(DELIVERY_REASON_CODES)
    .nullable()
    .describe('Why it was refused; `handshake`: let in, and nothing to start; null for what has an execution'),
  detail: z.string().nullable().describe('The reason in words'),
  method: z.string(),
  triggerId: z.string().nullable().describe('Null where the address belonged to no webhook, or none was looked for'),
  slot: z.int().describe('Number of the address in its deployment; it stays with its trigger'),
  status: z.int().describe('What the sender was answered'),
  duration: z.int().describe('Milliseconds until it was answered'),
  size: z.int().nullable().describe('Bytes of the body as it came; null when it was not read to its end'),
  executionId: z.string().nullable(),
  duplicate: z.boolean().describe('A repeat: an earlier call had started the execution'),
  more: z.int().describe('Calls like this one that came right after it and are not listed one by one'),
  lastReceivedAt: Instant.describe('When the last of them came; without any, when this one did'),
}

export const DeliverySummaryShape = z.object(summary).meta({ id: 'DeliverySummary' })
export const DeliveryShape = z
  .object({
    ...summary,
    headers: z
      .record(z.string(), z.string())
      .describe('By lower-case name; what may prove who called stands as [redacted], long values are cut'),
    query: z.array(z.string()).describe('Names in the query, without their values'),
  })
  .meta({ id: 'Delivery' })
export type DeliveryAnswer = z.output<typeof DeliveryShape>

const DeliveryParams = z.object({ id: z.string(), deliveryId: z.string() })
const reading = { method: 'GET', tag: 'Deployments', scope: 'executions:read' } as const

/** The calls about what came in at a deployment's webhooks. */
export const deliveryOperations = {
  listDeliveries: defineOperation({
    ...reading,
    path: '/v1/deployments/{id}/deliveries',
    summary: 'Lists the last 1,000 calls of the webhooks of a deployment, accepted or refused and why, newest first',
    params: IdParam,
    query: z.strictObject({
      ...pageQuery('dlv'),
      outcome: z.enum(DELIVERY_OUTCOMES).optional(),
      reason: z.enum(DELIVERY_REASON_CODES).optional(),
      triggerId: z.string().optional(),
      from: InstantFilter.optional(),
      to: InstantFilter.optional(),
    }),
    responses: { 200: pageOf(DeliverySummaryShape) },
  }),
  getDelivery: defineOperation({
    ...reading,
    path: '/v1/deployments/{id}/deliveries/{deliveryId}',
    summary: 'Reads one call of a webhook, with its headers; what may prove who called is left out',
    params: DeliveryParams,
    responses: { 200: DeliveryShape },
  }),
  redeliver: defineOperation({
    method: 'POST',
    path: '/v1/deployments/{id}/deliveries/{deliveryId}/redeliver',
    tag: 'Deployments',
    summary: 'Starts an execution of the live version with the input of an accepted call',
    scope: 'executions:run',
    params: DeliveryParams,
    body: z.strictObject({}),
    bodyOptional: true,
    refusals: ['nothing_to_redeliver', 'delivery_input_gone', ...START_REFUSALS],
    responses: {
      202: z.object({
        deliveryId: z.string(),
        executionId: z.string(),
        replayOf: z.string().describe('The execution the call had started'),
        status: z.enum(EXECUTION_STATUSES),
      }),
    },
  }),
}
