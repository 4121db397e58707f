import { and, eq, exists, isNotNull, isNull, lt, not, or, type SQL, sql } from 'drizzle-orm'
import type { IdentityStore, NewAccount, NewSession, SessionGround } from '../../ports/identity-store'
import { type Database, openDatabase } from './database'
import { isKept } from './is-kept'
import { isOneOf } from './is-one-of'
import { toKey } from './key-row'
import { apiKeys } from './schema/api-keys'
import { environments } from './schema/environments'
import { identities } from './schema/identities'
import { members } from './schema/members'
import { organizations } from './schema/organizations'
import { projectMembers } from './schema/project-members'
import { projects } from './schema/projects'
import { sessions } from './schema/sessions'
import { users } from './schema/users'
import { workflows } from './schema/workflows'

/** The lookups made before an organization is known, in D1. */
export function createIdentityStore(binding: D1Database): IdentityStore {
  const db = openDatabase(binding)
  const findUser: IdentityStore['findUser'] = async (email) =>
    (await db.select().from(users).where(eq(users.email, email)).get()) ?? null
  return {
    findUser,
    async createAccount(account) {
      if ((await findUser(account.user.email)) !== null) return false
      try {
        await insertAccount(db, account)
        return true
      } catch (error) {
        if ((await findUser(account.user.email)) !== null) return false
        throw error
      }
    },
    async memberships(userId) {
      return db
        .select({ organizationId: members.organizationId, name: organizations.name, role: members.role })
        .from(members)
        .innerJoin(organizations, eq(organizations.id, members.organizationId))
        .where(and(eq(members.userId, userId), isKept(members.organizationId)))
        .orderBy(members.createdAt)
    },
    async createSession(session, ground) {
      const isOver = and(eq(sessions.userId, session.userId), lt(sessions.expiresAt, session.at))
      const [, created] = await db.batch([db.delete(sessions).where(isOver), insertSession(db, session, ground)])
      return created.length > 0
    },
    async findSession(tokenHash) {
      const row = await db
        .select({
          user: { id: users.id, email: users.email },
          organizationId: sessions.organizationId,
          role: members.role,
          seenAt: sessions.seenAt,
          expiresAt: sessions.expiresAt,
        })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .innerJoin(
          members,
          and(eq(members.userId, sessions.userId), eq(members.organizationId, sessions.organizationId)),
        )
        .where(and(eq(sessions.tokenHash, tokenHash), isKept(sessions.organizationId)))
        .get()
      return row ?? null
    },
    async projectsApart(organizationId, userId) {
      const isOurs = and(eq(projectMembers.projectId, projects.id), eq(projectMembers.userId, userId))
      const isClosed = and(projects.isRestricted, isNull(projectMembers.userId))
      const isApart = or(isClosed, isNotNull(projectMembers.role))
      const rows = await db
        .select({ id: projects.id, role: projectMembers.role, member: projectMembers.userId })
        .from(projects)
        .leftJoin(projectMembers, isOurs)
        .where(and(eq(projects.organizationId, organizationId), isApart))
      return rows.map(({ id, role, member }) => ({ id, role, isClosed: member === null }))
    },
    async workflowsOutside(organizationId, projectIds) {
      const isOutside = or(isNull(workflows.projectId), not(isOneOf(workflows.projectId, projectIds)))
      const own = eq(workflows.organizationId, organizationId)
      const rows = await db.select({ id: workflows.id }).from(workflows).where(and(own, isOutside))
      return rows.map(({ id }) => id)
    },
    async workflowsInside(organizationId, projectIds) {
      const isInside = and(eq(workflows.organizationId, organizationId), isOneOf(workflows.projectId, projectIds))
      const rows = await db.select({ id: workflows.id }).from(workflows).where(isInside)
      return rows.map(({ id }) => id)
    },
    async touchSession(tokenHash, at) {
      await db.update(sessions).set({ seenAt: at }).where(eq(sessions.tokenHash, tokenHash))
    },
    async deleteSession(tokenHash) {
      await db.delete(sessions).where(eq(sessions.tokenHash, tokenHash))
    },
    async findKey(prefix) {
      const row = await db
        .select()
        .from(apiKeys)
        .where(and(eq(apiKeys.prefix, prefix), isNull(apiKeys.revokedAt), isKept(apiKeys.organizationId)))
        .get()
      return row === undefined ? null : toKey(row)
    },
    async touchKey(id, at) {
      await db.update(apiKeys).set({ lastUsedAt: at }).where(eq(apiKeys.id, id))
    },
  }
}

/** Inserts nothing when what the session rests on is so no more. */
function insertSession(db: Database, { at, ...session }: NewSession, ground: SessionGround | undefined) {
  const values = db
    .select({
      tokenHash: sql<string>`${session.tokenHash}`.as('token_hash'),
      userId: users.id,
      organizationId: sql<string>`${session.organizationId}`.as('organization_id'),
      createdAt: sql<number>`${at}`.as('session_created_at'),
      seenAt: sql<number>`${at}`.as('seen_at'),
      expiresAt: sql<number>`${session.expiresAt}`.as('expires_at'),
      device: sql<string | null>`${session.device}`.as('device'),
    })
    .from(users)
    .where(and(eq(users.id, session.userId), ground === undefined ? undefined : holds(db, session.userId, ground)))
  return db.insert(sessions).select(values).returning({ tokenHash: sessions.tokenHash })
}

function holds(db: Database, userId: string, ground: SessionGround): SQL {
  if ('passwordHash' in ground) return eq(users.passwordHash, ground.passwordHash)
  const earlier = and(eq(sessions.tokenHash, ground.tokenHash), eq(sessions.userId, userId))
  return exists(db.select({ tokenHash: sessions.tokenHash }).from(sessions).where(earlier))
}

async function insertAccount(
  db: Database,
  { at, user, identity, organization, defaultProjectId, environments: places }: NewAccount,
): Promise<void> {
  const linked =
    identity === undefined
      ? []
      : [db.insert(identities).values({ ...identity, userId: user.id, createdAt: at, usedAt: at })]
  await db.batch([
    db.insert(users).values({ ...user, createdAt: at }),
    db.insert(organizations).values({ ...organization, createdAt: at }),
    db.insert(members).values({ organizationId: organization.id, userId: user.id, role: 'owner', createdAt: at }),
    db.insert(projects).values({
      id: defaultProjectId,
      organizationId: organization.id,
      name: 'default',
      isRestricted: false,
      createdAt: at,
    }),
    db.insert(environments).values(
      places.map((place, position) => ({
        ...place,
        organizationId: organization.id,
        position,
        revision: 1,
        createdAt: at,
      })),
    ),
    ...linked,
  ])
}
