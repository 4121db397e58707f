import type { QueryInputOf } from '#core/contract/operation'
import type { auditOperations } from '#core/contract/audit'

type Query = Omit<NonNullable<QueryInputOf<typeof auditOperations.listAudit>>, 'limit' | 'cursor'>

/** How far back a range reaches. */
const RANGE_MS = {
  last_hour: 3_600_000,
  last_24_hours: 86_400_000,
  last_7_days: 7 * 86_400_000,
  last_30_days: 30 * 86_400_000,
} as const
type Range = keyof typeof RANGE_MS

/** What the audit is narrowed to. Empty text: everything. `from` and `to` are instants, used while `dateRange` is custom. */
export type AuditFilters = {
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly secret: string
  readonly execution: string
  readonly dateRange: Range | 'custom' | ''
  readonly from: string
  readonly to: string
}

export const NO_AUDIT_FILTERS: AuditFilters = {
  actor: '',
  action: '',
  target: '',
  secret: '',
  execution: '',
  dateRange: '',
  from: '',
  to: '',
}

const TEXTS = ['actor', 'action', 'target', 'secret', 'execution'] as const

/** Reads the filters of an address. A range it does not know is left out, so that an old link still opens. */
export function auditFiltersFromSearch(search: URLSearchParams): AuditFilters {
  const text = (name: string) => search.get(name)?.trim() ?? ''
  const [from, to] = [instant(text('from')), instant(text('to'))]
  const range = Object.keys(RANGE_MS).find((known) => known === text('dateRange')) as Range | undefined
  const isCustom = from !== '' || to !== '' || text('dateRange') === 'custom'
  return {
    actor: text('actor'),
    action: text('action'),
    target: text('target'),
    secret: text('secret'),
    execution: text('execution'),
    dateRange: isCustom ? 'custom' : (range ?? ''),
    from,
    to,
  }
}

/** The query of an address that shows these filters, `?` included, or ''. */
export function searchFromAuditFilters(filters: AuditFilters): string {
  const isCustom = filters.dateRange === 'custom'
  const entries = Object.entries({
    ...filters,
    from: isCustom ? filters.from : '',
    to: isCustom ? filters.to : '',
  }).filter(([, value]) => value !== '')
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`
}

/** The members of the API's query that say the same; a range is counted back from `nowAt`. */
export function queryFromAuditFilters(filters: AuditFilters, nowAt: number): Query {
  const { dateRange, from, to } = filters
  const query: { -readonly [K in keyof Query]: Query[K] } = {}
  for (const name of TEXTS) if (filters[name] !== '') query[name] = filters[name]
  if (dateRange === 'custom') {
    if (from !== '') query.from = from
    if (to !== '') query.to = to
  } else if (dateRange !== '') query.from = new Date(nowAt - RANGE_MS[dateRange]).toISOString()
  return query
}

/** How many of the filters narrow the list. */
export function countAuditFilters({ from: _from, to: _to, ...choices }: AuditFilters): number {
  return Object.values(choices).filter((choice) => choice !== '').length
}

function instant(text: string): string {
  const at = Date.parse(text)
  return Number.isNaN(at) ? '' : new Date(at).toISOString()
}
