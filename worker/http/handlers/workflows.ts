import type { DefinitionShape, WorkflowAnswer } from '#core/contract/workflows'
import { toIso } from '#core/kernel/time'
import type * as z from 'zod'
import type { WorkflowSummaryRow } from '../../ports/workflow-store'
import { deleteWorkflow } from '../../services/deployments'
import { validateDocument } from '../../services/validate-document'
import {
  createWorkflow,
  getWorkflow,
  listWorkflows,
  moveWorkflow,
  saveWorkflow,
  type WorkflowView,
} from '../../services/workflows'
import type { SomeHandlers } from '../handler'
import { issueBody } from '../issue-body'

type Names =
  | 'validateWorkflow'
  | 'createWorkflow'
  | 'listWorkflows'
  | 'getWorkflow'
  | 'saveWorkflow'
  | 'moveWorkflow'
  | 'deleteWorkflow'

export const workflowHandlers: SomeHandlers<Names> = {
  async validateWorkflow({ ctx, body }) {
    const { valid, issues } = await validateDocument(ctx, body)
    return { status: 200, body: { valid, issues: issues.map(issueBody) } }
  },
  async createWorkflow({ ctx, body }) {
    const created = await createWorkflow(ctx, body)
    return { status: 201, body: workflowBody(created), headers: { location: `/v1/workflows/${created.row.id}` } }
  },
  async listWorkflows({ ctx, query }) {
    const page = await listWorkflows(ctx, query)
    return { status: 200, body: { items: page.items.map(summaryBody), nextCursor: page.nextCursor } }
  },
  async getWorkflow({ ctx, params }) {
    return { status: 200, body: workflowBody(await getWorkflow(ctx, params.id)) }
  },
  async saveWorkflow({ ctx, params, body }) {
    return { status: 200, body: workflowBody(await saveWorkflow(ctx, params.id, body)) }
  },
  async moveWorkflow({ ctx, params, body }) {
    return { status: 200, body: summaryBody(await moveWorkflow(ctx, params.id, body.projectId)) }
  },
  async deleteWorkflow({ ctx, params, query }) {
    await deleteWorkflow(ctx, params.id, query.undeploy)
    return { status: 204, body: null }
  },
}

function summaryBody(row: WorkflowSummaryRow) {
  const { id, name, description, status, revision, visibility, projectId, createdBy } = row
  return {
    id,
    name,
    description,
    status,
    revision,
    tags: [...row.tags],
    visibility,
    projectId,
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
    createdBy,
  }
}

function workflowBody({ row, definition, issues }: WorkflowView): WorkflowAnswer {
  const document = definition as z.output<typeof DefinitionShape>
  return { ...summaryBody(row), definition: document, issues: issues.map(issueBody) }
}
