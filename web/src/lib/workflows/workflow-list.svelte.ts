import type * as z from 'zod'
import type { DeploymentAnswer } from '#core/contract/deployments'
import type { Problem } from '#core/contract/problem'
import type { WorkflowSummaryShape } from '#core/contract/workflows'
import { session } from '../session/session.svelte.ts'

export type WorkflowRow = z.output<typeof WorkflowSummaryShape> & { readonly deployments: readonly DeploymentAnswer[] }

const PAGE_ROWS = 200

/** The workflows and where each is live. */
export class WorkflowList {
  rows = $state.raw<readonly WorkflowRow[] | null>(null)
  nextCursor = $state<string | null>(null)
  problem = $state<Problem | null>(null)

  async load(): Promise<void> {
    this.rows = null
    await this.#append(undefined)
  }

  async loadOlder(): Promise<void> {
    if (this.nextCursor !== null) await this.#append(this.nextCursor)
  }

  async #append(cursor: string | undefined): Promise<void> {
    this.problem = null
    const query = { limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) }
    const [workflows, deployments] = await Promise.all([
      session.call((api) => api.listWorkflows({ query })),
      session.call((api) => api.listDeployments({ query: { limit: PAGE_ROWS } })),
    ])
    if (!workflows.ok || !deployments.ok) {
      this.problem = workflows.ok ? (deployments.ok ? null : deployments.problem) : workflows.problem
      return
    }
    const more = workflows.body.items.map((workflow) => ({
      ...workflow,
      deployments: deployments.body.items.filter(({ workflowId }) => workflowId === workflow.id),
    }))
    this.rows = [...(this.rows ?? []), ...more]
    this.nextCursor = workflows.body.nextCursor
  }
}
