import type { TimeWindow } from './layout-bar'

type Timed = { readonly startedAt: string | null; readonly endedAt: string | null }
type Whole = Timed & { readonly acceptedAt: string }

/** From the moment an execution was accepted until its last sign of life; until `nowAt` while it is not over. */
export function timelineWindow(execution: Whole, stages: readonly Timed[], nowAt: number): TimeWindow {
  const startAt = Date.parse(execution.acceptedAt)
  const ends = stages.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).filter((at) => at !== null)
  const last = execution.endedAt === null ? nowAt : Date.parse(execution.endedAt)
  return { startAt, endAt: Math.max(startAt + 1, last, ...ends.map((at) => Date.parse(at))) }
}
