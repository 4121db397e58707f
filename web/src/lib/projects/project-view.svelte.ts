import type { AnswerOf } from '#core/contract/operation'
import type { Problem } from '#core/contract/problem'
import type { projectOperations } from '#core/contract/projects'
import type { ProjectRole } from '#core/contract/scopes'
import type { workflowOperations } from '#core/contract/workflows'
import { PagedList } from '../list/paged-list.svelte.ts'
import type { Refusal } from '../session/ask.ts'
import { session } from '../session/session.svelte.ts'
import { Projects, type Project } from './projects.svelte.ts'

export type ProjectMember = AnswerOf<typeof projectOperations.listProjectMembers>['body']['items'][number]
type WorkflowSummary = AnswerOf<typeof workflowOperations.listWorkflows>['body']['items'][number]

const PAGE_ROWS = 100

/** One project: who is let in, and what is in it. Every change answers what went wrong, or null. */
export class ProjectView {
  readonly id: string
  project = $state.raw<Project | null>(null)
  problem = $state<Problem | null>(null)
  /** Where a workflow may be moved; read when somebody wants to. */
  readonly targets = new Projects()
  readonly members: PagedList<ProjectMember>
  readonly workflows: PagedList<WorkflowSummary>

  constructor(id: string) {
    this.id = id
    this.members = new PagedList(() => session.call((api) => api.listProjectMembers({ params: { id } })))
    this.workflows = new PagedList((cursor) =>
      session.call((api) => api.listWorkflows({ query: { projectId: id, limit: PAGE_ROWS, ...cursor } })),
    )
  }

  async load(): Promise<void> {
    const mayDecide = session.can('members:write')
    await Promise.all([this.read(), this.workflows.load(), mayDecide ? this.members.load() : null])
  }

  /** Reads the project alone. */
  async read(): Promise<void> {
    const reply = await session.call((api) => api.getProject({ params: { id: this.id } }))
    this.problem = reply.ok ? null : reply.problem
    if (reply.ok) this.project = reply.body
    else if (reply.status === 404) this.project = null
  }

  /** After a workflow was moved away. */
  async moved(): Promise<void> {
    await Promise.all([this.read(), this.workflows.load()])
  }

  async change(change: { readonly name?: string; readonly restricted?: boolean }): Promise<Problem | null> {
    const reply = await session.call((api) => api.changeProject({ params: { id: this.id }, body: change }))
    return this.#after(reply)
  }

  async remove(): Promise<Problem | null> {
    const reply = await session.call((api) => api.removeProject({ params: { id: this.id } }))
    return reply.ok ? null : reply.problem
  }

  /** Lets somebody in, or says anew what they may do there; null: what they may do anyway. */
  async letIn(userId: string, role: ProjectRole | null): Promise<Problem | null> {
    const params = { id: this.id, userId }
    const reply = await session.call((api) => api.addProjectMember({ params, body: { role } }))
    return this.#after(reply, this.members)
  }

  async shutOut(userId: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.removeProjectMember({ params: { id: this.id, userId } }))
    return this.#after(reply, this.members)
  }

  async #after(reply: { readonly ok: true } | Refusal, list?: { load(): Promise<void> }): Promise<Problem | null> {
    if (reply.ok || reply.status === 404) await Promise.all([this.read(), list?.load()])
    return reply.ok ? null : reply.problem
  }
}
