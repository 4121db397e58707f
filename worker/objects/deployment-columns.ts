import * as z from 'zod'
import type { Actor, DeploymentIdentity, ReleaseCause, ScheduleSpec } from '#core/release/wire'

export const ActorColumn: z.ZodType<Actor> = z.object({ id: z.string(), email: z.string().nullable() })

export const IdentityColumn: z.ZodType<DeploymentIdentity> = z.object({
  organizationId: z.string(),
  deploymentId: z.string(),
  ref: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  environment: z.string(),
  environmentId: z.string(),
  lane: z.int(),
  test: z.literal(true).exactOptional(),
})

export const ScheduleSpecColumn: z.ZodType<ScheduleSpec> = z.object({
  triggerId: z.string(),
  cron: z.string(),
  timezone: z.string(),
  enabled: z.boolean(),
  description: z.string().nullable(),
  payload: z.string(),
})

/** What a release is besides its three heavy columns. */
export const ReleaseFactsColumn = z.object({
  releaseId: z.string(),
  versionNumber: z.int(),
  version: z.string(),
  digest: z.string(),
  pure: z.boolean(),
  inline: z.boolean(),
  timeoutMs: z.int(),
  concurrency: z.int().exactOptional(),
  retentionDays: z.int().exactOptional(),
  quota: z.int(),
  schedules: z.array(ScheduleSpecColumn),
  webhooks: z.array(z.object({ triggerId: z.string(), slot: z.int(), method: z.array(z.string()) })),
  releaseNotes: z.string().nullable(),
  gitCommit: z.string().nullable(),
})

export const DeploymentStatusColumn = z.enum(['active', 'paused', 'undeployed', 'placed'])

export const ReleaseCauseColumn: z.ZodType<ReleaseCause> = z.enum([
  'deploy',
  'promote',
  'rollback',
  'activate',
  'config',
])
