import type { Page, PageQuery } from '#core/contract/page'
import { coversScope, type ProjectRole } from '#core/contract/scopes'
import { newId } from '#core/kernel/id'
import type { ProjectChange, ProjectRow } from '../ports/project-store'
import { AppError } from './app-error'
import { requireProject, requireUnlimited, unknown } from './caller'
import { requireMayGive } from './member-rights'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'

const DEFAULT = 'default'

/** A project, and how much is in it as far as who asks may know; `memberCount` is null where that is not theirs to know. */
export type ProjectView = ProjectRow & { readonly workflowCount: number; readonly memberCount: number | null }

/** The projects that are open to who asks. */
export async function listProjects(ctx: ServiceContext, query: PageQuery): Promise<Page<ProjectView>> {
  const { items, nextCursor } = await ctx.stores.projects.list({ ...query, without: ctx.caller.closedProjectIds })
  return { items: items.map(await viewsOf(ctx, items)), nextCursor }
}

/** One of them. */
export async function getProject(ctx: ServiceContext, id: string): Promise<ProjectView> {
  const row = await findProject(ctx, id)
  return (await viewsOf(ctx, [row]))(row)
}

/** Makes a project. Restricted, it is open to its members and to admins and owners. */
export async function createProject(
  ctx: ServiceContext,
  wish: { readonly name: string; readonly isRestricted: boolean },
): Promise<ProjectView> {
  requireUnlimited(ctx.caller)
  const at = ctx.clock()
  const row = { id: newId('proj', at, ctx.randomBytes), ...wish, createdAt: at }
  if (!(await ctx.stores.projects.insert(row))) throw nameTaken(wish.name)
  await recordAudit(ctx, 'project.created', row.id, wish)
  return { ...row, workflowCount: 0, memberCount: 0 }
}

/** Renames, restricts or opens a project. `default` stays as it is. */
export async function changeProject(ctx: ServiceContext, id: string, change: ProjectChange): Promise<ProjectView> {
  const project = await findChangeable(ctx, id)
  if (!(await ctx.stores.projects.change(id, change))) throw nameTaken(change.name ?? project.name)
  await recordAudit(ctx, 'project.changed', id, change)
  return getProject(ctx, id)
}

/** Removes a project without workflows; also deleted ones count, their executions stay behind the same door. */
export async function removeProject(ctx: ServiceContext, id: string): Promise<void> {
  const { name } = await findChangeable(ctx, id)
  if (!(await ctx.stores.projects.remove(id))) {
    throw new AppError('project_kept', { detail: `There are, or were, workflows in '${name}'.` })
  }
  await recordAudit(ctx, 'project.removed', id, { name })
}

export async function listProjectMembers(ctx: ServiceContext, id: string) {
  await findProject(ctx, id)
  return ctx.stores.projects.members(id)
}

/** Lets a member of the organization into a project, with what they may do there; again, it is changed. Nobody gives more than they may. */
export async function addProjectMember(
  ctx: ServiceContext,
  id: string,
  { userId, role }: { readonly userId: string; readonly role: ProjectRole | null },
): Promise<void> {
  requireMayGive(ctx.caller, role)
  await findProject(ctx, id)
  if ((await ctx.stores.members.find(userId)) === null) throw unknown('member', userId)
  await ctx.stores.projects.addMember(id, { userId, role, at: ctx.clock() })
  await recordAudit(ctx, 'project.member_added', id, { userId, role })
}

/** Shuts somebody out of a project, from their next request on. */
export async function removeProjectMember(ctx: ServiceContext, id: string, userId: string): Promise<void> {
  requireUnlimited(ctx.caller)
  await findProject(ctx, id)
  if (!(await ctx.stores.projects.removeMember(id, userId))) throw unknown('member', userId)
  await recordAudit(ctx, 'project.member_removed', id, { userId })
}

/** The project a workflow is put into: the one that is named, else `default`. */
export async function chooseProject(ctx: ServiceContext, id: string | undefined): Promise<ProjectRow> {
  if (id !== undefined) return findProject(ctx, id)
  const found = await ctx.stores.projects.findByName(DEFAULT)
  if (found === null) throw unknown('project', DEFAULT)
  requireProject(ctx.caller, found.id)
  return found
}

/** To who is shut out of a project, it does not exist. */
async function findProject(ctx: ServiceContext, id: string): Promise<ProjectRow> {
  const project = ctx.caller.closedProjectIds.includes(id) ? null : await ctx.stores.projects.find(id)
  if (project === null) throw unknown('project', id)
  requireProject(ctx.caller, id)
  return project
}

/** Counts what is in some projects, and answers how each of them is shown to who asks. */
async function viewsOf({ caller, stores }: ServiceContext, rows: readonly ProjectRow[]) {
  const ids = rows.map(({ id }) => id)
  const counts = await stores.projects.counts(ids, caller.workflowIds)
  const mayKnow = coversScope(caller.scopes, 'members:write')
  return (row: ProjectRow): ProjectView => {
    const { workflows, members } = counts.get(row.id) ?? { workflows: 0, members: 0 }
    return { ...row, workflowCount: workflows, memberCount: mayKnow ? members : null }
  }
}

async function findChangeable(ctx: ServiceContext, id: string): Promise<ProjectRow> {
  requireUnlimited(ctx.caller)
  const project = await findProject(ctx, id)
  if (project.name === DEFAULT) throw new AppError('project_kept', { detail: "'default' stays as it is." })
  return project
}

function nameTaken(name: string): AppError {
  return new AppError('project_name_taken', { detail: `There is a project named '${name}' already.` })
}
