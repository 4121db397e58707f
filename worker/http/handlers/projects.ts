import { toIso } from '#core/kernel/time'
import {
  addProjectMember,
  changeProject,
  createProject,
  getProject,
  listProjectMembers,
  listProjects,
  type ProjectView,
  removeProject,
  removeProjectMember,
} from '../../services/projects'
import type { SomeHandlers } from '../handler'

type Names =
  | 'listProjects'
  | 'createProject'
  | 'getProject'
  | 'changeProject'
  | 'removeProject'
  | 'listProjectMembers'
  | 'addProjectMember'
  | 'removeProjectMember'

export const projectHandlers: SomeHandlers<Names> = {
  async listProjects({ ctx, query }) {
    const page = await listProjects(ctx, query)
    return { status: 200, body: { items: page.items.map(projectBody), nextCursor: page.nextCursor } }
  },
  async createProject({ ctx, body }) {
    const row = await createProject(ctx, { name: body.name, isRestricted: body.restricted })
    return { status: 201, body: projectBody(row), headers: { location: `/v1/projects/${row.id}` } }
  },
  async getProject({ ctx, params }) {
    return { status: 200, body: projectBody(await getProject(ctx, params.id)) }
  },
  async changeProject({ ctx, params, body }) {
    const change = { name: body.name, isRestricted: body.restricted }
    return { status: 200, body: projectBody(await changeProject(ctx, params.id, change)) }
  },
  async removeProject({ ctx, params }) {
    await removeProject(ctx, params.id)
    return { status: 204, body: null }
  },
  async listProjectMembers({ ctx, params }) {
    return { status: 200, body: { items: [...(await listProjectMembers(ctx, params.id))], nextCursor: null } }
  },
  async addProjectMember({ ctx, params, body }) {
    await addProjectMember(ctx, params.id, { userId: params.userId, role: body.role })
    return { status: 204, body: null }
  },
  async removeProjectMember({ ctx, params }) {
    await removeProjectMember(ctx, params.id, params.userId)
    return { status: 204, body: null }
  },
}

function projectBody({ isRestricted, createdAt, ...row }: ProjectView) {
  return { ...row, restricted: isRestricted, createdAt: toIso(createdAt) }
}
