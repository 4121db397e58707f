import type { QueryInputOf } from '#core/contract/operation'
import { DATE_RANGES, type executionOperations, STATUS_ALIASES } from '#core/contract/executions'
import { EXECUTION_STATUSES } from '#core/model/execution-status'

type DateRange = (typeof DATE_RANGES)[number]

/** What the list is narrowed to. Empty text: everything. `from` and `to` are instants, used while `dateRange` is custom. */
export type ExecutionFilters = {
  readonly workflowId: string
  readonly environment: string
  readonly status: string
  readonly trigger: string
  readonly tag: string
  /** `true`: tests of drafts in place of real executions. */
  readonly test: 'true' | ''
  readonly dateRange: DateRange | 'custom' | ''
  readonly from: string
  readonly to: string
}

export const NO_FILTERS: ExecutionFilters = {
  workflowId: '',
  environment: '',
  status: '',
  trigger: '',
  tag: '',
  test: '',
  dateRange: '',
  from: '',
  to: '',
}

/** Reads the filters of an address. What it does not understand is left out, so that an old link still opens. */
export function filtersFromSearch(search: URLSearchParams): ExecutionFilters {
  const text = (name: string) => search.get(name)?.trim() ?? ''
  const from = instant(text('from'))
  const to = instant(text('to'))
  return {
    workflowId: text('workflowId'),
    environment: text('environment'),
    status: status(text('status')),
    trigger: text('trigger'),
    tag: text('tag'),
    test: text('test') === 'true' ? 'true' : '',
    dateRange: from !== '' || to !== '' ? 'custom' : range(text('dateRange')),
    from,
    to,
  }
}

/** The query of an address that shows these filters: '' or `?status=failed&…`, always in the same order. */
export function searchFromFilters(filters: ExecutionFilters): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(queryFromFilters(filters))) search.set(name, String(value))
  if (filters.dateRange === 'custom' && !search.has('from') && !search.has('to')) search.set('dateRange', 'custom')
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

type ListQuery = NonNullable<QueryInputOf<typeof executionOperations.listExecutions>>
type FilterQuery = Omit<ListQuery, 'limit' | 'cursor' | 'version'>

/** The members of the API's query that say the same. */
export function queryFromFilters(filters: ExecutionFilters): FilterQuery {
  const { workflowId, environment, status: word, trigger, tag, test, dateRange, from, to } = filters
  const isCustom = dateRange === 'custom'
  return {
    ...(workflowId === '' ? {} : { workflowId }),
    ...(environment === '' ? {} : { environment }),
    ...(word === '' ? {} : { status: word }),
    ...(trigger === '' ? {} : { trigger }),
    ...(tag === '' ? {} : { tag }),
    ...(test === '' ? {} : { test }),
    ...(dateRange === '' || isCustom ? {} : { dateRange }),
    ...(isCustom && from !== '' ? { from } : {}),
    ...(isCustom && to !== '' ? { to } : {}),
  }
}

/** How many of the filters narrow the list. */
export function countFilters({ from: _from, to: _to, ...choices }: ExecutionFilters): number {
  return Object.values(choices).filter((choice) => choice !== '').length
}

function status(word: string): string {
  const known = STATUS_ALIASES[word] ?? word
  return (EXECUTION_STATUSES as readonly string[]).includes(known) ? known : ''
}

function range(word: string): ExecutionFilters['dateRange'] {
  return [...DATE_RANGES, 'custom' as const].find((known) => known === word) ?? ''
}

function instant(text: string): string {
  const at = Date.parse(text)
  return Number.isNaN(at) ? '' : new Date(at).toISOString()
}
