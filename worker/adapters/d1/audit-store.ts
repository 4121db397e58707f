import type { AuditStore } from '../../ports/audit-store'
import type { Database } from './database'
import { auditLog } from './schema/audit-log'

/** The audit log of one organization in D1. */
export function createAuditStore(db: Database, organizationId: string): AuditStore {
  return {
    async append({ actor, detail, ...entry }) {
      await db.insert(auditLog).values({
        ...entry,
        organizationId,
        actorId: actor.id,
        actorEmail: actor.email,
        detail: detail === undefined ? null : JSON.stringify(detail),
      })
    },
  }
}
