import * as z from 'zod'

const Actor = z.object({ id: z.string(), email: z.string().nullable() })

const Release = z.object({
  releaseId: z.string(),
  pin: z.int(),
  versionId: z.string(),
  versionNumber: z.int(),
  version: z.string(),
  digest: z.string(),
  environmentRevision: z.int(),
  createdAt: z.number(),
})

/** The snapshot column: a DeploymentSnapshot as its object projected it. */
export const SnapshotColumn = z.object({
  identity: z.object({
    organizationId: z.string(),
    deploymentId: z.string(),
    ref: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    environment: z.string(),
    environmentId: z.string(),
    lane: z.int(),
  }),
  epoch: z.int(),
  status: z.enum(['active', 'paused', 'undeployed', 'placed']),
  pauseNote: z.string().nullable(),
  active: Release.extend({ activatedAt: z.number(), activatedBy: Actor }).nullable(),
  previous: Release.nullable(),
  webhooks: z.array(z.object({ triggerId: z.string(), slot: z.int(), method: z.array(z.string()) })),
  schedules: z.array(
    z.object({
      triggerId: z.string(),
      cron: z.string(),
      timezone: z.string(),
      enabled: z.boolean(),
      nextFireAt: z.number().nullable(),
      lastFireAt: z.number().nullable(),
    }),
  ),
  activeExecutions: z.int(),
  /** Absent in projections older than the field. */
  shards: z.int().default(1),
  shardsPending: z.array(z.int()),
})
