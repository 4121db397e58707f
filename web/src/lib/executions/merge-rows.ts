import { isTerminalStatus } from '#core/model/execution-status'

type Row = { readonly executionId: string; readonly status: string; readonly acceptedAt: string }

/** What a look at the newest page changes about the rows on screen. */
export type Merged<R extends Row> = {
  /** The rows on screen, in their places, with what is known about them now. */
  readonly rows: readonly R[]
  /** Rows that are not on screen yet, newest first. */
  readonly fresh: readonly R[]
  /** Nothing on screen is in the newest page: there may be more between the two. */
  readonly hasGap: boolean
  /** Live rows that the newest page should hold and does not: they no longer match the filters. */
  readonly left: readonly R[]
}

/** Compares what is on screen with the newest page. Nothing on screen moves. */
export function mergeRows<R extends Row>(shown: readonly R[], newest: readonly R[]): Merged<R> {
  const known = new Map(newest.map((row) => [row.executionId, row]))
  const onScreen = new Set(shown.map((row) => row.executionId))
  const oldestAt = newest.at(-1)?.acceptedAt ?? ''
  return {
    rows: shown.map((row) => known.get(row.executionId) ?? row),
    fresh: newest.filter((row) => !onScreen.has(row.executionId)),
    hasGap: shown.length > 0 && newest.length > 0 && !newest.some((row) => onScreen.has(row.executionId)),
    left: shown.filter(
      (row) => !isTerminalStatus(row.status) && !known.has(row.executionId) && row.acceptedAt >= oldestAt,
    ),
  }
}

/** The rows once the fresh ones are let in: the newest page, then what is older. With a gap only the newest page. */
export function admitFresh<R extends Row>(shown: readonly R[], newest: readonly R[]): readonly R[] {
  if (mergeRows(shown, newest).hasGap) return newest
  const inNewest = new Set(newest.map((row) => row.executionId))
  return [...newest, ...shown.filter((row) => !inNewest.has(row.executionId))]
}
