import * as z from 'zod'
import { SHARD_COUNTS } from '../model/home-shard'
import { ScheduleShape, WebhookShape } from './deploy'
import { defineOperation } from './operation'
import { ActorShape, IdParam, Instant, pageOf, pageQuery, ReferenceShape } from './page'

const LiveVersionShape = z
  .object({
    version: z.string(),
    number: z.int(),
    digest: z.string(),
    releaseId: z.string(),
    deployedAt: Instant,
    deployedBy: ActorShape.nullable(),
  })
  .meta({ id: 'LiveVersion' })

export const DeploymentShape = z
  .object({
    deploymentId: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    environment: z.string(),
    state: z.enum(['active', 'paused', 'undeployed', 'placed']),
    pauseNote: z.string().nullable(),
    activeVersion: LiveVersionShape.nullable(),
    previousVersion: LiveVersionShape.nullable(),
    epoch: z.int(),
    rollout: z.null(),
    webhookUrl: z.string().nullable(),
    webhooks: z.array(WebhookShape),
    schedules: z.array(ScheduleShape),
    health: z.enum(['ok', 'erroring']),
    activeExecutions: z.int(),
    shards: z.int(),
    configurationChangedSinceRelease: z.boolean(),
  })
  .meta({ id: 'Deployment' })
export type DeploymentAnswer = z.output<typeof DeploymentShape>

export const HistoryLineShape = z
  .object({
    releaseId: z.string(),
    kind: z.enum(['deploy', 'promote', 'rollback', 'activate', 'config']),
    version: z.string(),
    from: z.string().nullable(),
    at: Instant,
    by: ActorShape,
    releaseNotes: z.string().nullable(),
    gitCommit: z.string().nullable(),
    reason: z.string().nullable(),
    line: z.string(),
  })
  .meta({ id: 'HistoryLine' })

const reference = z.object({ version: z.string(), deployedAt: Instant })

const RollbackPreviewShape = z.object({
  workflowName: z.string(),
  environment: z.string(),
  current: reference,
  target: reference,
  activeExecutions: z.int(),
  warnings: z.array(z.string()),
})

const rolledBack = {
  deploymentId: z.string(),
  releaseId: z.string(),
  environment: z.string(),
  from: z.string(),
  version: z.string(),
  epoch: z.int(),
  rolledBackAt: Instant,
  rolledBackBy: ActorShape,
  activeExecutions: z.int(),
  reason: z.string(),
}

const versionReference = z.string().min(1).max(128)
const entry = { method: 'POST', tag: 'Deployments', scope: 'deploy:{environment}', params: IdParam } as const
const reading = { method: 'GET', tag: 'Deployments', scope: 'workflows:read' } as const

/** The calls about what is live. */
export const deploymentOperations = {
  listDeployments: defineOperation({
    ...reading,
    path: '/v1/deployments',
    summary: 'Lists the deployments of the organization',
    query: z.strictObject({
      ...pageQuery('deploy'),
      workflowId: z.string().optional(),
      environment: z.string().optional(),
    }),
    responses: { 200: pageOf(DeploymentShape) },
  }),
  getDeployment: defineOperation({
    ...reading,
    path: '/v1/deployments/{id}',
    summary: 'Reads what is live in one place',
    params: IdParam,
    responses: { 200: DeploymentShape },
  }),
  getDeploymentHistory: defineOperation({
    ...reading,
    path: '/v1/deployments/{id}/history',
    summary: 'Lists every switch of a deployment, newest first',
    params: IdParam,
    query: z.strictObject(pageQuery('number')),
    responses: { 200: pageOf(HistoryLineShape) },
  }),
  previewRollback: defineOperation({
    ...reading,
    path: '/v1/deployments/{id}/rollback',
    summary: 'Says what a rollback would do',
    params: IdParam,
    query: z.strictObject({ version: versionReference.optional() }),
    responses: { 200: RollbackPreviewShape },
  }),
  rollbackDeployment: defineOperation({
    ...entry,
    path: '/v1/deployments/{id}/rollback',
    summary: 'Makes an earlier version live again, at once',
    body: z.strictObject({
      version: versionReference.optional(),
      reason: z.string().trim().min(1).max(2000),
      restoreConfiguration: z.boolean().default(false),
    }),
    responses: {
      200: z.object({ ...rolledBack, status: z.literal('rolled_back') }),
      202: z.object({ ...rolledBack, status: z.literal('switching'), shardsPending: z.array(z.int()) }),
    },
  }),
  pauseDeployment: defineOperation({
    ...entry,
    path: '/v1/deployments/{id}/pause',
    summary: 'Stops new executions; the configuration stays',
    body: z.strictObject({ note: z.string().max(2000).nullable().optional() }),
    bodyOptional: true,
    responses: { 200: DeploymentShape },
  }),
  resumeDeployment: defineOperation({
    ...entry,
    path: '/v1/deployments/{id}/resume',
    summary: 'Takes new executions again',
    body: z.strictObject({}),
    bodyOptional: true,
    responses: { 200: DeploymentShape },
  }),
  undeployWorkflow: defineOperation({
    ...entry,
    path: '/v1/deployments/{id}/undeploy',
    summary: 'Takes a workflow out of an environment; definition and history stay',
    body: z.strictObject({}),
    bodyOptional: true,
    responses: { 200: DeploymentShape },
  }),
  scaleDeployment: defineOperation({
    ...entry,
    path: '/v1/deployments/{id}/scale',
    summary: 'Spreads a deployment over more shards ahead of a rush; under load it grows by itself',
    body: z.strictObject({ shards: z.literal(SHARD_COUNTS) }),
    responses: { 200: DeploymentShape },
  }),
  activateDeployment: defineOperation({
    ...entry,
    path: '/v1/deployments/{id}/activate',
    summary: 'Switches to the release that was placed last, or to the one named',
    body: z.strictObject({ releaseId: ReferenceShape.optional() }),
    bodyOptional: true,
    responses: { 200: DeploymentShape },
  }),
}
