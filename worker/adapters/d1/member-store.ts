import { and, asc, count, eq, gt, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import type { MemberStore } from '../../ports/member-store'
import type { Database } from './database'
import { isOneOf } from './is-one-of'
import { readJson, TextList } from './json-column'
import { keysMadeBy } from './keys-made-by'
import { apiKeys } from './schema/api-keys'
import { invitations } from './schema/invitations'
import { members } from './schema/members'
import { projectMembers } from './schema/project-members'
import { sessions } from './schema/sessions'
import { users } from './schema/users'
import { isSentBy } from './sent-by'
import { toPage } from './to-page'

const COLUMNS = {
  id: users.id,
  email: users.email,
  emailVerifiedAt: users.emailVerifiedAt,
  role: members.role,
  joinedAt: members.createdAt,
}

/** The members of one organization in D1. */
export function createMemberStore(db: Database, organizationId: string): MemberStore {
  const own = eq(members.organizationId, organizationId)
  const read = () => db.select(COLUMNS).from(members).innerJoin(users, eq(users.id, members.userId))
  const owners = db
    .select({ n: count() })
    .from(members)
    .where(and(own, eq(members.role, 'owner')))
  /** The row as it was read; the last owner stays what they are. */
  const changeable = (userId: string, from: typeof members.$inferSelect.role) =>
    and(own, eq(members.userId, userId), eq(members.role, from), or(ne(members.role, 'owner'), sql`(${owners}) > 1`))
  const sessionsOf = (userId: string) => and(eq(sessions.organizationId, organizationId), eq(sessions.userId, userId))
  return {
    async list({ limit, cursor }) {
      const rows = await read()
        .where(and(own, cursor === undefined ? undefined : gt(members.userId, cursor)))
        .orderBy(asc(members.userId))
        .limit(limit + 1)
      return toPage(
        rows,
        limit,
        (row) => row,
        (row) => row.id,
      )
    },
    async find(userId) {
      return (
        (await read()
          .where(and(own, eq(members.userId, userId)))
          .get()) ?? null
      )
    },
    async isMember(email) {
      return (
        (await read()
          .where(and(own, eq(users.email, email)))
          .get()) !== undefined
      )
    },
    async hasVerifiedOwner() {
      return (
        (await read()
          .where(and(own, eq(members.role, 'owner'), isNotNull(users.emailVerifiedAt)))
          .get()) !== undefined
      )
    },
    async changeRole(userId, from, to) {
      const changed = { role: members.role }
      const change =
        to === 'owner' ? and(own, eq(members.userId, userId), eq(members.role, from)) : changeable(userId, from)
      const done = sql`EXISTS (SELECT 1 FROM members WHERE organization_id = ${organizationId} AND user_id = ${userId} AND role = ${to})`
      const [rows] = await db.batch([
        db.update(members).set({ role: to }).where(change).returning(changed),
        db.delete(sessions).where(and(sessionsOf(userId), done)),
      ])
      return rows.length > 0
    },
    async remove(userId, from) {
      const gone = sql`NOT EXISTS (SELECT 1 FROM members WHERE organization_id = ${organizationId} AND user_id = ${userId})`
      const [rows] = await db.batch([
        db.delete(members).where(changeable(userId, from)).returning({ role: members.role }),
        db.delete(sessions).where(and(sessionsOf(userId), gone)),
        db
          .delete(projectMembers)
          .where(and(eq(projectMembers.organizationId, organizationId), eq(projectMembers.userId, userId), gone)),
        db.delete(invitations).where(and(isSentBy(organizationId, userId), gone)),
      ])
      return rows.length > 0
    },
    async revokeKeys(userId, at, isKept) {
      const made = and(isNull(apiKeys.revokedAt), sql`${apiKeys.id} IN ${keysMadeBy(organizationId, userId)}`)
      const keys = await db.select({ id: apiKeys.id, scopes: apiKeys.scopes }).from(apiKeys).where(made)
      const keyIds = keys.filter((key) => !isKept(readJson(TextList, key.scopes))).map((key) => key.id)
      await db.update(apiKeys).set({ revokedAt: at }).where(isOneOf(apiKeys.id, keyIds))
      return { keyIds }
    },
  }
}
