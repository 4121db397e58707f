import type { AnswerOf } from '#core/contract/operation'
import type { Problem } from '#core/contract/problem'
import type { projectOperations } from '#core/contract/projects'
import { PagedList } from '../list/paged-list.svelte.ts'
import { session } from '../session/session.svelte.ts'

export type Project = AnswerOf<typeof projectOperations.listProjects>['body']['items'][number]

const PAGE_ROWS = 200

/** The project every organization has: it stays as it is, open to everybody. */
export const DEFAULT_PROJECT = 'default'

/** The projects one may look into, and how many workflows each holds. */
export class Projects extends PagedList<Project> {
  /** By project; null until they were counted, or when there are too many to count. */
  workflowCounts = $state.raw<Readonly<Record<string, number>> | null>(null)

  constructor() {
    super((cursor) => session.call((api) => api.listProjects({ query: { limit: PAGE_ROWS, ...cursor } })))
  }

  async countWorkflows(): Promise<void> {
    const reply = await session.call((api) => api.listWorkflows({ query: { limit: PAGE_ROWS } }))
    if (!reply.ok || reply.body.nextCursor !== null) return
    const counts: Record<string, number> = {}
    for (const { projectId } of reply.body.items) counts[projectId ?? ''] = (counts[projectId ?? ''] ?? 0) + 1
    this.workflowCounts = counts
  }

  /** Makes a project. Answers what went wrong, or null. */
  async create(name: string, restricted: boolean): Promise<Problem | null> {
    const reply = await session.call((api) => api.createProject({ body: { name, restricted } }))
    if (reply.ok) await this.load()
    return reply.ok ? null : reply.problem
  }
}
