import { and, asc, desc, eq, gt, gte, isNotNull, like, lt, or, sql } from 'drizzle-orm'
import { chainStart, type ChainHead, entryHash } from '#core/model/audit-chain'
import type { AuditEntry, AuditRow, AuditStore } from '../../ports/audit-store'
import type { Database } from './database'
import { auditLog } from './schema/audit-log'
import { toPage } from './to-page'

/** Each lost race means that somebody else was written: more than this many means that something else is wrong. */
const TRIES_MAX = 200

/**
 * The audit log of one organization in D1. An entry is written behind the head it was made for, or not at all: two writers
 * cannot follow the same entry, and whoever came second tries again behind the first.
 */
export function createAuditStore(db: Database, organizationId: string): AuditStore {
  const own = eq(auditLog.organizationId, organizationId)
  const headQuery = () =>
    db
      .select({ seq: auditLog.seq, hash: auditLog.hash })
      .from(auditLog)
      .where(and(own, isNotNull(auditLog.seq)))
      .orderBy(desc(auditLog.seq))
      .limit(1)

  const headOf = ([row]: readonly { seq: number | null; hash: string | null }[]): ChainHead =>
    row === undefined || row.seq === null || row.hash === null
      ? chainStart(organizationId)
      : { seq: row.seq, hash: row.hash }

  return {
    async append(entry) {
      let head = headOf(await headQuery())
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const [written, now] = await db.batch([
          db
            .insert(auditLog)
            .values(behind(head, organizationId, entry))
            .onConflictDoNothing()
            .returning({ id: auditLog.id }),
          headQuery(),
        ])
        if (written.length > 0) return
        head = headOf(now)
      }
      throw new Error('The audit could not be written')
    },
    async list({ actorId, action, target, secret, execution, fromAt, toAt, cursor, limit }) {
      const rows = await db
        .select()
        .from(auditLog)
        .where(
          and(
            own,
            actorId === undefined ? undefined : eq(auditLog.actorId, actorId),
            action === undefined ? undefined : or(eq(auditLog.action, action), like(auditLog.action, `${action}.%`)),
            target === undefined ? undefined : eq(auditLog.target, target),
            secret === undefined ? undefined : namesInDetail(secret),
            execution === undefined ? undefined : namesInDetail(execution),
            fromAt === undefined ? undefined : gte(auditLog.at, fromAt),
            toAt === undefined ? undefined : lt(auditLog.at, toAt),
            cursor === undefined ? undefined : lt(auditLog.id, cursor),
          ),
        )
        .orderBy(desc(auditLog.id))
        .limit(limit + 1)
      return toPage(rows, limit, toRow, (row) => row.id)
    },
    async links(after, limit) {
      const rows = await db
        .select()
        .from(auditLog)
        .where(and(own, gt(auditLog.seq, after)))
        .orderBy(asc(auditLog.seq))
        .limit(limit)
      return rows.map((row) => ({ ...toRow(row), seq: row.seq ?? 0, hash: row.hash ?? '' }))
    },
    head: async () => headOf(await headQuery()),
  }
}

/** Entries about secrets with a name or an id in their detail, which is JSON: in quotes, so that no longer one is meant. */
function namesInDetail(name: string) {
  return and(like(auditLog.action, 'secret.%'), sql`instr(${auditLog.detail}, ${`"${name}"`}) > 0`)
}

function behind(head: ChainHead, organizationId: string, { actor, detail, ...entry }: AuditEntry) {
  const text = detail === undefined ? null : JSON.stringify(detail)
  const seq = head.seq + 1
  return {
    ...entry,
    organizationId,
    actorId: actor.id,
    actorEmail: actor.email,
    detail: text,
    seq,
    hash: entryHash(head.hash, { ...entry, seq, actor: { id: actor.id, email: actor.email }, detail: text }),
  }
}

function toRow(row: typeof auditLog.$inferSelect): AuditRow {
  const { organizationId: _own, actorId, actorEmail, ...rest } = row
  return { ...rest, actor: { id: actorId, email: actorEmail } }
}
