import { and, asc, count, eq, gt, isNull, not, sql } from 'drizzle-orm'
import type { ProjectStore } from '../../ports/project-store'
import type { Database } from './database'
import { isOneOf } from './is-one-of'
import { projectMembers } from './schema/project-members'
import { projects } from './schema/projects'
import { users } from './schema/users'
import { workflows } from './schema/workflows'
import { toPage } from './to-page'

/** The projects of one organization in D1. */
export function createProjectStore(db: Database, organizationId: string): ProjectStore {
  const own = eq(projects.organizationId, organizationId)
  const { id: projectId, name, isRestricted, createdAt } = projects
  const columns = { id: projectId, name, isRestricted, createdAt }
  const one = (id: string) => and(own, eq(projectId, id))
  const ofProject = (id: string) =>
    and(eq(projectMembers.organizationId, organizationId), eq(projectMembers.projectId, id))
  return {
    async insert(row) {
      const rows = await db
        .insert(projects)
        .values({ ...row, organizationId })
        .onConflictDoNothing()
        .returning({ id: projectId })
      return rows.length > 0
    },
    async find(id) {
      return (await db.select(columns).from(projects).where(one(id)).get()) ?? null
    },
    async findByName(wanted) {
      const isWanted = and(own, eq(name, wanted))
      return (await db.select(columns).from(projects).where(isWanted).get()) ?? null
    },
    async list({ limit, cursor, without }) {
      const after = cursor === undefined ? undefined : gt(projectId, cursor)
      const rows = await db
        .select(columns)
        .from(projects)
        .where(and(own, after, not(isOneOf(projectId, without))))
        .orderBy(asc(projectId))
        .limit(limit + 1)
      return toPage(
        rows,
        limit,
        (row) => row,
        (row) => row.id,
      )
    },
    async counts(ids, workflowIds) {
      const { projectId: inProject, organizationId: ofOrganization, deletedAt, id } = workflows
      const seen = workflowIds === null ? undefined : isOneOf(id, workflowIds)
      const [inIt, listed] = await db.batch([
        db
          .select({ id: inProject, n: count() })
          .from(workflows)
          .where(and(eq(ofOrganization, organizationId), isNull(deletedAt), isOneOf(inProject, ids), seen))
          .groupBy(inProject),
        db
          .select({ id: projectMembers.projectId, n: count() })
          .from(projectMembers)
          .where(and(eq(projectMembers.organizationId, organizationId), isOneOf(projectMembers.projectId, ids)))
          .groupBy(projectMembers.projectId),
      ])
      const workflowsIn = new Map(inIt.map((row) => [row.id, row.n]))
      const membersOf = new Map(listed.map((row) => [row.id, row.n]))
      return new Map(
        ids.map((one) => [one, { workflows: workflowsIn.get(one) ?? 0, members: membersOf.get(one) ?? 0 }]),
      )
    },
    async change(id, change) {
      const isFree = sql`NOT EXISTS (SELECT 1 FROM projects other WHERE other.organization_id = ${organizationId}
        AND other.name = ${change.name ?? null} AND other.id <> ${id})`
      const rows = await db
        .update(projects)
        .set({
          name: sql`coalesce(${change.name ?? null}, name)`,
          isRestricted: sql`coalesce(${bit(change.isRestricted)}, is_restricted)`,
        })
        .where(and(one(id), isFree))
        .returning({ id: projectId })
      return rows.length > 0
    },
    async remove(id) {
      const isEmpty = sql`NOT EXISTS (SELECT 1 FROM workflows WHERE project_id = ${id})`
      const [, rows] = await db.batch([
        db.delete(projectMembers).where(and(ofProject(id), isEmpty)),
        db
          .delete(projects)
          .where(and(one(id), isEmpty))
          .returning({ id: projectId }),
      ])
      return rows.length > 0
    },
    members(id) {
      return db
        .select({ id: users.id, email: users.email, role: projectMembers.role })
        .from(projectMembers)
        .innerJoin(users, eq(users.id, projectMembers.userId))
        .where(ofProject(id))
        .orderBy(asc(users.email))
    },
    async addMember(id, { userId, role, at }) {
      const row = { projectId: id, userId, organizationId, role, createdAt: at }
      const { projectId: inProject, userId: who } = projectMembers
      await db
        .insert(projectMembers)
        .values(row)
        .onConflictDoUpdate({ target: [inProject, who], set: { role } })
    },
    async removeMember(id, userId) {
      const isTheirs = and(ofProject(id), eq(projectMembers.userId, userId))
      const rows = await db.delete(projectMembers).where(isTheirs).returning({ id: projectMembers.userId })
      return rows.length > 0
    },
  }
}

const bit = (value: boolean | undefined) => (value === undefined ? null : Number(value))
