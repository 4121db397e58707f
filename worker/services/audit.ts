import type { Page } from '#core/contract/page'
import { fromIso } from '#core/kernel/time'
import { chainStart, type ChainHead } from '#core/model/audit-chain'
import type { AuditLink, AuditQuery, AuditRow } from '../ports/audit-store'
import { AppError } from './app-error'
import { requireUnlimited } from './caller'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'

export type AuditFilter = Omit<AuditQuery, 'fromAt' | 'toAt'> & {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** A stretch of the chain that can be verified without this service. */
export type AuditExport = {
  /** What its first entry follows. */
  readonly from: ChainHead
  readonly entries: readonly AuditLink[]
  /** Where the whole chain stood. */
  readonly head: ChainHead
}

/** Who did what, newest first. */
export async function listAudit(ctx: ServiceContext, { from, to, ...query }: AuditFilter): Promise<Page<AuditRow>> {
  requireUnlimited(ctx.caller)
  return ctx.stores.audit.list({
    ...query,
    ...(from !== undefined && { fromAt: fromIso(from) }),
    ...(to !== undefined && { toAt: fromIso(to) }),
  })
}

/** The chain after entry `after`; taking it from its start is written down. */
export async function exportAudit(ctx: ServiceContext, after: number, limit: number): Promise<AuditExport> {
  requireUnlimited(ctx.caller)
  const { audit, organizationId } = ctx.stores
  if (after === 0) await recordAudit(ctx, 'audit.exported', organizationId)
  const head = await audit.head()
  if (after > head.seq) throw beyondTheEnd(head)
  const [before] = after === 0 ? [chainStart(organizationId)] : await audit.links(after - 1, 1)
  const entries = await audit.links(after, limit)
  const from = before === undefined ? chainStart(organizationId) : { seq: before.seq, hash: before.hash }
  return { from, entries: entries.filter(({ seq }) => seq <= head.seq), head }
}

/** Whoever has more than there is keeps it: either it is another organization's, or entries were lost. */
function beyondTheEnd({ seq }: ChainHead): AppError {
  const message = `The chain ends with entry ${seq}.`
  const hint = 'Is it the same organization? If so, what you exported earlier shows entries that are gone.'
  const issue = { code: 'out_of_range', severity: 'error', path: '/query/after', message, hint } as const
  return new AppError('request_invalid', { detail: message, issues: [issue] })
}
