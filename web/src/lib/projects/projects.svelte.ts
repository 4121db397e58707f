import type { AnswerOf } from '#core/contract/operation'
import type { Problem } from '#core/contract/problem'
import type { projectOperations } from '#core/contract/projects'
import { PagedList } from '../list/paged-list.svelte.ts'
import { session } from '../session/session.svelte.ts'

export type Project = AnswerOf<typeof projectOperations.listProjects>['body']['items'][number]

const PAGE_ROWS = 200

/** The project every organization has: it stays as it is, open to everybody. */
export const DEFAULT_PROJECT = 'default'

/** The projects one may look into. */
export class Projects extends PagedList<Project> {
  constructor() {
    super((cursor) => session.call((api) => api.listProjects({ query: { limit: PAGE_ROWS, ...cursor } })))
  }

  /** Makes a project. Answers what went wrong, or null. */
  async create(name: string, restricted: boolean): Promise<Problem | null> {
    const reply = await session.call((api) => api.createProject({ body: { name, restricted } }))
    if (reply.ok) await this.load()
    return reply.ok ? null : reply.problem
  }
}
