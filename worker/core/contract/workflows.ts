import * as z from 'zod'
import { nameShape } from './name-shape'
import { defineOperation } from './operation'
import { ActorShape, IdParam, Instant, pageOf, pageQuery, ReferenceShape } from './page'
import { IssueShape } from './problem'

/** Any JSON object: drafts may be saved while they are not valid yet. */
export const DefinitionShape = z.record(z.string(), z.unknown()).meta({ id: 'Definition' })

export const WORKFLOW_STATUSES = ['draft', 'published', 'active', 'paused', 'archived'] as const

const summary = {
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  status: z.enum(WORKFLOW_STATUSES),
  revision: z.int(),
  tags: z.array(z.string()),
  visibility: z.enum(['private', 'organization']),
  projectId: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
  createdBy: ActorShape,
}

export const WorkflowSummaryShape = z.object(summary).meta({ id: 'WorkflowSummary' })
export const WorkflowShape = z
  .object({ ...summary, definition: DefinitionShape, issues: z.array(IssueShape) })
  .meta({ id: 'Workflow' })
export type WorkflowAnswer = z.output<typeof WorkflowShape>

const document = {
  definition: DefinitionShape.optional(),
  source: z.string().max(1_000_000).optional().describe('The document as JSON or YAML text, in place of definition'),
}
const meta = {
  name: nameShape(200).optional(),
  description: z.string().max(2000).nullable().optional(),
  tags: z.array(nameShape(64)).max(50).optional(),
}

/** The calls about drafts. */
export const workflowOperations = {
  validateWorkflow: defineOperation({
    method: 'POST',
    path: '/v1/workflows/validate',
    tag: 'Workflows',
    summary: 'Finds everything wrong with a document; answers 200 also when it is invalid',
    scope: 'workflows:read',
    body: z.strictObject({ ...document, environment: ReferenceShape.optional() }),
    responses: { 200: z.object({ valid: z.boolean(), issues: z.array(IssueShape) }) },
  }),
  createWorkflow: defineOperation({
    method: 'POST',
    path: '/v1/workflows',
    tag: 'Workflows',
    summary: 'Creates a workflow with its first draft',
    scope: 'workflows:write',
    body: z.strictObject({ ...document, ...meta, projectId: ReferenceShape.optional() }),
    responses: { 201: WorkflowShape },
  }),
  listWorkflows: defineOperation({
    method: 'GET',
    path: '/v1/workflows',
    tag: 'Workflows',
    summary: 'Lists the workflows of the organization',
    scope: 'workflows:read',
    query: z.strictObject({
      ...pageQuery('workflow'),
      status: z.enum(WORKFLOW_STATUSES).optional(),
      name: z.string().optional(),
      projectId: ReferenceShape.optional(),
    }),
    responses: { 200: pageOf(WorkflowSummaryShape) },
  }),
  getWorkflow: defineOperation({
    method: 'GET',
    path: '/v1/workflows/{id}',
    tag: 'Workflows',
    summary: 'Reads a workflow and its draft',
    scope: 'workflows:read',
    params: IdParam,
    responses: { 200: WorkflowShape },
  }),
  saveWorkflow: defineOperation({
    method: 'PUT',
    path: '/v1/workflows/{id}',
    tag: 'Workflows',
    summary: 'Saves the draft on top of the revision it was read at',
    scope: 'workflows:write',
    params: IdParam,
    body: z.strictObject({ ...document, ...meta, projectId: ReferenceShape.optional(), revision: z.int().min(1) }),
    responses: { 200: WorkflowShape },
  }),
  moveWorkflow: defineOperation({
    method: 'PATCH',
    path: '/v1/workflows/{id}',
    tag: 'Workflows',
    summary: 'Moves a workflow to another project; its draft stays as it is',
    scope: 'workflows:write',
    params: IdParam,
    body: z.strictObject({ projectId: ReferenceShape }),
    responses: { 200: WorkflowSummaryShape },
  }),
  deleteWorkflow: defineOperation({
    method: 'DELETE',
    path: '/v1/workflows/{id}',
    tag: 'Workflows',
    summary: 'Deletes a workflow that is not deployed, or undeploys it first',
    scope: 'workflows:write',
    params: IdParam,
    query: z.strictObject({ undeploy: z.stringbool().default(false) }),
    responses: { 204: null },
  }),
}
