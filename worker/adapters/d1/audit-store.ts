import { and, asc, desc, eq, gt, gte, isNotNull, isNull, like, lt, or, sql } from 'drizzle-orm'
import { chainStart, type ChainHead, entryHash } from '#core/model/audit-chain'
import type { AuditRow, AuditStore } from '../../ports/audit-store'
import { sealBehind } from './audit-sealing'
import type { Database } from './database'
import { auditLog } from './schema/audit-log'
import { toPage } from './to-page'

/** Entries whose hashes are written at a time. */
const PENDING_MAX = 100

type Stored = typeof auditLog.$inferSelect

/**
 * The audit log of one organization in D1. The database gives an entry its number as it is written; its hash follows from all
 * before it, so that however many writers fill in what is missing, they fill in the same.
 */
export function createAuditStore(db: Database, organizationId: string): AuditStore {
  const own = eq(auditLog.organizationId, organizationId)
  const lastSealed = sql`(SELECT max(seq) FROM audit_log WHERE organization_id = ${organizationId} AND hash IS NOT NULL)`
  const nextSeq = sql`(SELECT coalesce(max(seq), 0) + 1 FROM audit_log WHERE organization_id = ${organizationId})`

  /** The last entry with a hash, and those after it. */
  const pendingQuery = () =>
    db
      .select()
      .from(auditLog)
      .where(and(own, gte(auditLog.seq, sql`coalesce(${lastSealed}, 1)`)))
      .orderBy(asc(auditLog.seq))
      .limit(PENDING_MAX)

  /** Fills in what is missing, and answers where the chain stands then. */
  async function head(): Promise<ChainHead> {
    for (;;) {
      const pending = await pendingQuery()
      const end = await seal(pending)
      if (pending.length < PENDING_MAX) return end
    }
  }

  /** Fills in the hashes of these, which begin with the last that has one. One that is there is never written over. */
  async function seal(rows: readonly Stored[]): Promise<ChainHead> {
    let end = chainStart(organizationId)
    const missing: ChainHead[] = []
    for (const row of rows) {
      const seq = row.seq ?? 0
      end = { seq, hash: row.hash ?? entryHash(end.hash, { ...toRow(row), seq }) }
      if (row.hash === null) missing.push(end)
    }
    if (missing.length > 0) await fillIn(missing)
    return end
  }

  function fillIn(links: readonly ChainHead[]) {
    const given = sql`(SELECT value ->> 'seq' AS seq, value ->> 'hash' AS hash FROM json_each(${JSON.stringify(links)})) AS given`
    return db
      .update(auditLog)
      .set({ hash: sql`given.hash` })
      .from(given)
      .where(and(own, eq(auditLog.seq, sql`given.seq`), isNull(auditLog.hash)))
  }

  return {
    async append({ actor, detail, ...entry }) {
      const row = {
        ...entry,
        organizationId,
        actorId: actor.id,
        actorEmail: actor.email,
        detail: detail === undefined ? null : JSON.stringify(detail),
        seq: nextSeq,
      }
      await db.insert(auditLog).values(row)
      sealBehind(organizationId, head)
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
        .where(and(own, gt(auditLog.seq, after), isNotNull(auditLog.hash)))
        .orderBy(asc(auditLog.seq))
        .limit(limit)
      return rows.map((row) => ({ ...toRow(row), seq: row.seq ?? 0, hash: row.hash ?? '' }))
    },
    head,
  }
}

/** Entries about secrets with a name or an id in their detail, which is JSON: in quotes, so that no longer one is meant. */
function namesInDetail(name: string) {
  return and(like(auditLog.action, 'secret.%'), sql`instr(${auditLog.detail}, ${`"${name}"`}) > 0`)
}

function toRow(row: Stored): AuditRow {
  const { organizationId: _own, actorId, actorEmail, ...rest } = row
  return { ...rest, actor: { id: actorId, email: actorEmail } }
}
