import * as z from 'zod'
import type { DeploymentConfig, ReleaseSummary } from '#core/model/deployment-config'
import type { Cause } from '#core/shard/wire'
import { TERMINAL_STATUSES } from '#core/model/execution-status'

/** JSON columns are parsed on the way out, like everything that crosses a door. */
export const ReleaseSummaryColumn: z.ZodType<ReleaseSummary> = z.object({
  pin: z.int(),
  releaseId: z.string(),
  versionId: z.string(),
  versionNumber: z.int(),
  version: z.string(),
  pure: z.boolean(),
  inline: z.boolean(),
  timeoutMs: z.int(),
  concurrency: z.int().exactOptional(),
  retentionDays: z.int().exactOptional(),
  endpoint: z.string(),
})

export const DeploymentConfigColumn: z.ZodType<DeploymentConfig> = z.object({
  v: z.literal(1),
  epoch: z.int(),
  organizationId: z.string(),
  deploymentId: z.string(),
  ref: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  environment: z.string(),
  environmentId: z.string(),
  lane: z.int(),
  status: z.enum(['active', 'paused', 'undeployed', 'placed']),
  active: z.int().nullable(),
  shards: z.int(),
  split: z.object({ from: z.int(), to: z.int(), at: z.int() }).exactOptional(),
  quota: z.int(),
  releases: z.array(ReleaseSummaryColumn),
})

export const CauseColumn = z.object({
  type: z.enum(['manual', 'webhook', 'schedule', 'workflow']),
  triggerId: z.string().nullable(),
  actor: z.object({ id: z.string(), email: z.string().nullable() }).nullable(),
  replayOf: z.string().optional(),
  kept: z.int().optional(),
  nominalAt: z.int().optional(),
  test: z.boolean().optional(),
  mocks: z.record(z.string(), z.json()).optional(),
  tags: z.array(z.string()).optional(),
  concurrencyKey: z.string().optional(),
  startsAt: z.int().optional(),
  startBy: z.int().optional(),
  answers: z.literal(true).optional(),
  parent: z.object({ executionId: z.string(), stage: z.string(), depth: z.int(), waits: z.boolean() }).optional(),
  traceparent: z.string().optional(),
  hops: z.int().optional(),
  request: z
    .object({
      method: z.string(),
      headers: z.record(z.string(), z.json()),
      query: z.record(z.string(), z.json()),
    })
    .optional(),
}) as unknown as z.ZodType<Cause>

export const RowStateColumn = z.enum(['live', 'parked', 'delayed', ...TERMINAL_STATUSES])
