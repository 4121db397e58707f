import { isTerminalStage, type StageStatus } from '#core/model/stage-status'
import { layoutSpan, type Span, type TimeWindow } from './layout-bar'

type Attempt = { readonly startedAt: string | null; readonly duration: number | null; readonly error: unknown }

type Stage = {
  readonly status: StageStatus
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly attempts: readonly Attempt[]
}

/** One coloured piece of a stage's row, and the whole it lies on. */
export type Bar = Span & { readonly status: StageStatus }
export type StageBars = { readonly whole: Span | null; readonly bars: readonly Bar[] }

/**
 * The bars of one stage: one per attempt, failed ones in their own colour, over the whole time from first start to end.
 * `whole` is null for a stage that never started. What is not over reaches to the end of the window.
 */
export function stageBars(stage: Stage, window: TimeWindow): StageBars {
  if (stage.startedAt === null) return { whole: null, bars: [] }
  const startAt = Date.parse(stage.startedAt)
  const endAt = endOf(stage, window)
  const whole = layoutSpan(window, startAt, endAt)
  const attempts = stage.attempts.filter(({ startedAt }) => startedAt !== null)
  if (attempts.length < 2) return { whole, bars: [{ ...whole, status: stage.status }] }
  const bars = attempts.map((attempt, index) => {
    const from = Date.parse(attempt.startedAt ?? '')
    const isLast = index === attempts.length - 1
    const to = attempt.duration === null ? endAt : from + attempt.duration
    const status: StageStatus = isLast ? stage.status : attempt.error === null ? 'cancelled' : 'failed'
    return { ...layoutSpan(window, from, to), status }
  })
  return { whole, bars }
}

function endOf({ status, endedAt }: Stage, window: TimeWindow): number {
  if (endedAt !== null) return Date.parse(endedAt)
  // A stage that ended without a moment of its own is shown where it started.
  return isTerminalStage(status) ? window.startAt : window.endAt
}
