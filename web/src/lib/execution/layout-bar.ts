/** The stretch of time a timeline shows, in epoch milliseconds. */
export type TimeWindow = { readonly startAt: number; readonly endAt: number }

/** Where something lies on the timeline, in percent of its width. */
export type Span = { readonly left: number; readonly width: number }

/** Places a stretch of time inside the window; what reaches beyond it is cut off. Rounded to a thousandth of a percent. */
export function layoutSpan(window: TimeWindow, startAt: number, endAt: number): Span {
  const totalMs = Math.max(1, window.endAt - window.startAt)
  const percent = (at: number) => Math.min(100, Math.max(0, ((at - window.startAt) / totalMs) * 100))
  const left = percent(startAt)
  return { left: round(left), width: round(Math.max(0, percent(Math.max(startAt, endAt)) - left)) }
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
