import * as z from 'zod'
import { defineOperation } from './operation'
import { Instant, ReferenceShape } from './page'
import { IssueShape } from './problem'
import { DocumentChangeShape, GitCommitShape, ReleaseNotesShape } from './versions'

export const WebhookShape = z
  .object({ triggerId: z.string(), url: z.string(), method: z.array(z.string()) })
  .meta({ id: 'Webhook' })

export const ScheduleShape = z
  .object({
    scheduleId: z.string(),
    triggerId: z.string(),
    cron: z.string(),
    timezone: z.string(),
    enabled: z.boolean(),
    nextFireAt: Instant.nullable(),
    lastFireAt: Instant.nullable(),
  })
  .meta({ id: 'Schedule' })

export const VersionReferenceShape = z.union([z.int().min(1), z.string().min(1).max(128)])

const StrategyShape = z.strictObject({
  type: z.enum(['all_at_once', 'blue_green', 'canary']),
  steps: z.array(z.strictObject({ weight: z.number(), minutes: z.number().optional() })).optional(),
  stickyBy: z.string().optional(),
  abort: z
    .strictObject({
      failureRate: z.number().optional(),
      durationFactor: z.number().optional(),
      minimumExecutions: z.int().optional(),
    })
    .optional(),
})

export const DeployBody = z.strictObject({
  workflowId: ReferenceShape,
  environment: ReferenceShape,
  version: VersionReferenceShape.optional(),
  releaseNotes: ReleaseNotesShape.nullable().optional(),
  autoActivate: z.boolean().default(true),
  gitCommit: GitCommitShape.nullable().optional(),
  dryRun: z.boolean().default(false),
  strategy: StrategyShape.optional(),
  smokeTest: z.strictObject({ input: z.record(z.string(), z.unknown()) }).optional(),
  at: z.string().optional(),
})
export type DeployBody = z.output<typeof DeployBody>

const deployed = {
  deploymentId: z.string(),
  workflowId: z.string(),
  environment: z.string(),
  version: z.string(),
  deployedAt: Instant,
  webhookUrl: z.string().nullable(),
  releaseId: z.string(),
  versionNumber: z.int(),
  digest: z.string(),
  workflowStatus: z.string(),
  message: z.string(),
  webhooks: z.array(WebhookShape),
  schedules: z.array(ScheduleShape),
  issues: z.array(IssueShape).describe('What the document was warned of.'),
}

export const DeployedShape = z.object({ ...deployed, status: z.enum(['deployed', 'placed']) }).meta({ id: 'Deployed' })
export const SwitchingShape = z
  .object({ ...deployed, status: z.literal('switching'), shardsPending: z.array(z.int()) })
  .meta({ id: 'Switching' })
export const DryRunShape = z
  .object({
    dryRun: z.literal(true),
    plan: z.array(z.object({ text: z.string() })),
    diff: z.array(DocumentChangeShape),
    checks: z.array(z.object({ id: z.string(), status: z.enum(['passed', 'failed', 'manual']), message: z.string() })),
  })
  .meta({ id: 'DeployPlan' })

export const deployOperations = {
  deployWorkflow: defineOperation({
    method: 'POST',
    path: '/v1/workflows/deploy',
    tag: 'Deployments',
    summary: 'Publishes a workflow (or names a version of it) and makes it live in an environment',
    scope: 'deploy:{environment}',
    body: DeployBody,
    responses: { 200: z.union([DeployedShape, DryRunShape]), 202: SwitchingShape },
  }),
}
