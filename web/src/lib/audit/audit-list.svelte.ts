import type { auditOperations } from '#core/contract/audit'
import type { AnswerOf } from '#core/contract/operation'
import { PagedList } from '../list/paged-list.svelte.ts'
import { session } from '../session/session.svelte.ts'
import { type AuditFilters, NO_AUDIT_FILTERS, queryFromAuditFilters } from './audit-filters.ts'

export type AuditEntry = AnswerOf<typeof auditOperations.listAudit>['body']['items'][number]

const PAGE_ROWS = 50

/** Who did what, newest first, narrowed to what is asked for. */
export class AuditList extends PagedList<AuditEntry> {
  constructor() {
    super(pageOf(NO_AUDIT_FILTERS))
  }

  async show(filters: AuditFilters): Promise<void> {
    await this.load(pageOf(filters))
  }
}

/** A range is counted back from when its first page was asked for, or later pages would lose their place. */
function pageOf(filters: AuditFilters) {
  const query = { ...queryFromAuditFilters(filters, Date.now()), limit: PAGE_ROWS }
  return (cursor: { readonly cursor?: string }) =>
    session.call((api) => api.listAudit({ query: { ...query, ...cursor } }))
}
