import { toIso } from '#core/kernel/time'
import type { AuditRow } from '../../ports/audit-store'
import { exportAudit, listAudit } from '../../services/audit'
import type { SomeHandlers } from '../handler'

export const auditHandlers: SomeHandlers<'listAudit' | 'exportAudit'> = {
  async listAudit({ ctx, query: { actor, ...query } }) {
    const page = await listAudit(ctx, { ...query, actorId: actor })
    return { status: 200, body: { items: page.items.map(entryBody), nextCursor: page.nextCursor } }
  },
  async exportAudit({ ctx, query: { after, limit } }) {
    const { from, entries, head } = await exportAudit(ctx, after, limit)
    const { organizationId } = ctx.stores
    return {
      status: 200,
      body: { organizationId, algorithm: 'millrace-audit-v1', from, entries: [...entries], head },
    }
  },
}

function entryBody({ at, detail, ...entry }: AuditRow) {
  return {
    ...entry,
    at: toIso(at),
    detail: detail === null ? null : (JSON.parse(detail) as Record<string, unknown>),
  }
}
