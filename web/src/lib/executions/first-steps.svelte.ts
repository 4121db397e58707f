import type { Problem } from '#core/contract/problem'
import { session } from '../session/session.svelte.ts'
import { exampleInput } from './example-input.ts'
import { HELLO } from './hello-workflow.ts'

type Target = {
  readonly workflowId: string
  readonly workflowName: string
  readonly environment: string
  readonly input: Readonly<Record<string, unknown>>
}

/** What somebody without executions needs: something deployed, and a key to call it with. */
export class FirstSteps {
  state = $state<'loading' | 'nothing_deployed' | 'deployed' | 'failed'>('loading')
  target = $state<Target | null>(null)
  /** A key made here; the server tells it once and never again. */
  key = $state<string | null>(null)
  problem = $state<Problem | null>(null)
  isBusy = $state(false)

  /** Finds a deployment to call. */
  async load(): Promise<void> {
    const deployments = await session.call((api) => api.listDeployments({ query: { limit: 50 } }))
    if (!deployments.ok) return this.#fail(deployments.problem)
    const deployment = deployments.body.items.find(({ state }) => state === 'active')
    if (deployment === undefined) {
      this.state = 'nothing_deployed'
      return
    }
    const { workflowId, workflowName, environment } = deployment
    const workflow = await session.call((api) => api.getWorkflow({ params: { id: workflowId } }))
    if (!workflow.ok) return this.#fail(workflow.problem)
    this.target = { workflowId, workflowName, environment, input: exampleInput(workflow.body.definition) }
    this.problem = null
    this.state = 'deployed'
  }

  /** Deploys a small workflow to development. */
  async deployExample(): Promise<void> {
    await this.#busily(async () => {
      const id = await this.#exampleId()
      if (id === null) return
      const body = { workflowId: id, environment: 'development' }
      const deployed = await session.call((api) => api.deployWorkflow({ body }))
      if (deployed.ok) await this.load()
      else this.problem = deployed.problem
    })
  }

  /** Makes an API key that may do nothing but run executions. */
  async makeKey(): Promise<void> {
    await this.#busily(async () => {
      const body = { name: 'first call', scopes: ['executions:run'] }
      const made = await session.call((api) => api.createKey({ body }))
      if (made.ok) this.key = made.body.key
      else this.problem = made.problem
    })
  }

  async #exampleId(): Promise<string | null> {
    const created = await session.call((api) => api.createWorkflow({ body: { definition: HELLO } }))
    if (created.ok) return created.body.id
    if (created.problem.code === 'name_taken') {
      const taken = await session.call((api) => api.listWorkflows({ query: { name: HELLO.name } }))
      const found = taken.ok ? taken.body.items.find(({ name }) => name === HELLO.name) : undefined
      if (found !== undefined) return found.id
    }
    this.problem = created.problem
    return null
  }

  async #busily(work: () => Promise<void>): Promise<void> {
    this.isBusy = true
    this.problem = null
    await work()
    this.isBusy = false
  }

  #fail(problem: Problem): void {
    this.problem = problem
    this.state = 'failed'
  }
}
