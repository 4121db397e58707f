import type { DeploymentAnswer } from '#core/contract/deployments'
import type { Problem } from '#core/contract/problem'
import type { WorkflowAnswer } from '#core/contract/workflows'
import { session } from '../session/session.svelte.ts'

const DEVELOPMENT = 'development'

/** One workflow with its draft, and where it is live. */
export class WorkflowView {
  readonly id: string
  workflow = $state.raw<WorkflowAnswer | null>(null)
  deployments = $state.raw<readonly DeploymentAnswer[]>([])
  /** Where who is signed in may try the draft out. */
  environments = $state.raw<readonly string[]>([DEVELOPMENT])
  problem = $state<Problem | null>(null)

  constructor(id: string) {
    this.id = id
  }

  async load(): Promise<void> {
    this.problem = null
    const [workflow, deployments, environments] = await Promise.all([
      session.call((api) => api.getWorkflow({ params: { id: this.id } })),
      session.call((api) => api.listDeployments({ query: { workflowId: this.id, limit: 200 } })),
      session.call((api) => api.listEnvironments({})),
    ])
    if (!workflow.ok) {
      this.problem = workflow.problem
      return
    }
    if (deployments.ok) this.deployments = deployments.body.items
    if (environments.ok) {
      const names = environments.body.items.map(({ name }) => name)
      this.environments = names.filter(
        (name) => name === DEVELOPMENT || session.canIn(workflow.body.projectId, `deploy:${name}`),
      )
    }
    this.workflow = workflow.body
  }
}
